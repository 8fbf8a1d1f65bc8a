"""Exercises that check themselves: `check_…(answer)` says how far it is, and what is wrong with a hint.

A module for each lesson (lesson 2 has two, lesson 4 three). Importing this needs no torch; checks that use it
import it when they run.
"""

from __future__ import annotations

from course_utils.exercises.checking import Verdict as Verdict
from course_utils.exercises.lesson_01 import check_accuracy_by_fifth as check_accuracy_by_fifth
from course_utils.exercises.lesson_01 import check_cheats as check_cheats
from course_utils.exercises.lesson_01 import check_decode as check_decode
from course_utils.exercises.lesson_01 import check_encoder_shapes as check_encoder_shapes
from course_utils.exercises.lesson_01 import check_shift as check_shift
from course_utils.exercises.lesson_02 import check_corrected_attention as check_corrected_attention
from course_utils.exercises.lesson_02 import check_general_matrix as check_general_matrix
from course_utils.exercises.lesson_02 import check_masked_softmax as check_masked_softmax
from course_utils.exercises.lesson_02 import check_predicted_weights as check_predicted_weights
from course_utils.exercises.lesson_02 import check_temperature as check_temperature
from course_utils.exercises.lesson_02_backward import check_attention_backward as check_attention_backward
from course_utils.exercises.lesson_03 import check_batch_first as check_batch_first
from course_utils.exercises.lesson_03 import check_local_weights as check_local_weights
from course_utils.exercises.lesson_03 import check_luong_step as check_luong_step
from course_utils.exercises.lesson_03 import check_moves_along as check_moves_along
from course_utils.exercises.lesson_03 import check_score_parameters as check_score_parameters
from course_utils.exercises.lesson_04 import check_last_states as check_last_states
from course_utils.exercises.lesson_04 import check_length_mask as check_length_mask
from course_utils.exercises.lesson_04 import check_padding_fractions as check_padding_fractions
from course_utils.exercises.lesson_04 import check_word_loss as check_word_loss
from course_utils.exercises.lesson_04_gradient import check_masked_gradient as check_masked_gradient
from course_utils.exercises.lesson_04_update import check_update as check_update
from course_utils.exercises.lesson_05 import check_beam_step as check_beam_step
from course_utils.exercises.lesson_05 import check_fixed_search as check_fixed_search
from course_utils.exercises.lesson_05 import check_longest_gap as check_longest_gap
from course_utils.exercises.lesson_05 import check_ngram_precision as check_ngram_precision
from course_utils.exercises.lesson_05 import check_same_chance as check_same_chance
from course_utils.exercises.lesson_05 import check_widths as check_widths
from course_utils.exercises.lesson_06 import check_coverage as check_coverage
from course_utils.exercises.lesson_06 import check_links_above as check_links_above
from course_utils.exercises.lesson_06 import check_one_to_the_left as check_one_to_the_left
from course_utils.exercises.lesson_06 import check_votes as check_votes
from course_utils.exercises.lesson_06 import check_words_looked_at as check_words_looked_at
from course_utils.exercises.lesson_07 import check_copied_names as check_copied_names
from course_utils.exercises.lesson_07 import check_evidence_shares as check_evidence_shares
from course_utils.exercises.lesson_07 import check_rouge_1 as check_rouge_1
from course_utils.exercises.lesson_07 import check_rouge_l as check_rouge_l
from course_utils.exercises.lesson_07 import check_sentence_looked_at as check_sentence_looked_at
from course_utils.exercises.lesson_08 import check_causal_and_real as check_causal_and_real
from course_utils.exercises.lesson_08 import check_for_torch as check_for_torch
from course_utils.exercises.lesson_08 import check_looks_back as check_looks_back
from course_utils.exercises.lesson_08 import check_step_with_cache as check_step_with_cache
from course_utils.exercises.lesson_08 import check_transformer_counts as check_transformer_counts
from course_utils.exercises.lesson_08 import check_with_distance as check_with_distance
from course_utils.exercises.lesson_09 import check_fill_batches as check_fill_batches
from course_utils.exercises.lesson_09 import check_pieces_of_words as check_pieces_of_words
from course_utils.exercises.lesson_09 import check_smoothed_loss as check_smoothed_loss
from course_utils.exercises.lesson_09 import check_stop_early as check_stop_early
from course_utils.exercises.lesson_09 import check_train_and_test as check_train_and_test

"""From text to numbers: tokens, vocabularies, corpora, batches."""

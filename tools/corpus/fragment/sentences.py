"""Sentences: a clause of any kind alone, and clauses put together."""

from __future__ import annotations

from fragment.around import time
from fragment.being import SAYABLE, adjective_of
from fragment.nouns import noun_phrase
from fragment.parts import TONIC, fixed, place, predicate, somebody, verbs_of
from fragment.phrases import LIVING, MASS, OBJECTIVE, Clause, Context, Entity, comma, pair
from fragment.questions import clear_question, order, question, vocative
from fragment.statements import action, statement
from fragment.subjects import actor, subject
from fragment.text import EMPTY, Phrase, Word
from fragment.verbs import Predicate, question_mark, told
from fragment.words import ADJECTIVES, FUTURE, KINDS, PAST, PRESENT, SOON, TENSES, WAS, Dice

# French, English, and whether a comma comes before it.
Link = tuple[str, str, bool]
COORDINATED: tuple[tuple[float, Link], ...] = (
    (40, ("et", "and", False)), (18, ("mais", "but", True)), (10, ("donc", "so", True)),
    (8, ("puis", "then", True)), (4, ("ou", "or", False)), (12, (",", ",", False)), (9, ("et", "and", True)),
)  # fmt: skip
AFTER_AN_ORDER: tuple[Link, ...] = (
    (",", ",", False), (",", ",", False), ("parce que", "because", False), ("mais", "but", True),
    ("!", "!", False),
)  # fmt: skip
BEFORE_AN_ORDER: tuple[Link, ...] = ((",", ",", False), (",", ",", False), ("donc", "so", True))
BEFORE_A_QUESTION: tuple[Link, ...] = ((",", ",", False), ("mais", "but", True), ("et", "and", False))
SUBORDINATE = (
    (5, ("quand", "when")), (2, ("pendant que", "while")), (3, ("parce que", "because")), (2, ("si", "if")),
)  # fmt: skip
OPENINGS = (
    ("oui", "yes"), ("non", "no"), ("d' abord", "first"), ("enfin", "finally"), ("bien sûr", "of course"),
    ("bonjour", "hello"), ("merci", "thank you"), ("pardon", "sorry"), ("d' accord", "okay"),
)  # fmt: skip
ENDINGS = (("bien sûr", "of course"), ("non ?", "no ?"), ("d' accord ?", "okay ?"))
# What one says as it is.
SAYINGS = (
    ("bonjour", "hello"), ("bonsoir", "good evening"), ("bonne nuit", "good night"), ("au revoir", "goodbye"),
    ("merci", "thank you"), ("merci beaucoup", "thank you very much"), ("non merci", "no thank you"),
    ("oui merci", "yes thank you"), ("pardon", "sorry"), ("d' accord", "okay"),
    ("à demain", "see you tomorrow"),
    ("à ce soir", "see you tonight"), ("bien sûr", "of course"), ("ça va", "i am fine"),
    ("ça va ?", "how are you ?"), ("ça va bien", "i am well"), ("et toi ?", "and you ?"),
    ("et vous ?", "and you ?"),
    ("pourquoi ?", "why ?"), ("pourquoi pas ?", "why not ?"), ("où ?", "where ?"), ("quand ?", "when ?"),
    ("qui ?", "who ?"), ("moi aussi", "me too"), ("pas moi", "not me"), ("jamais", "never"),
    ("plus jamais", "never again"), ("qu' est -ce que c' est ?", "what is it ?"),
    ("qui est -ce ?", "who is it ?"),
    ("quelle heure est -il ?", "what time is it ?"), ("comment t' appelles -tu ?", "what is your name ?"),
    ("quel âge as -tu ?", "how old are you ?"), ("pourquoi ? parce que", "why ? because"),
    ("tant mieux", "good"), ("à bientôt", "see you soon"), ("tout le monde", "everybody"),
)  # fmt: skip


def linked(dice: Dice, link: Link) -> Phrase:
    """Return a conjunction, with its comma."""
    fr, en, after_comma = link
    return (comma(dice) if after_comma else EMPTY) + pair(dice, fr, en)


def sentence(dice: Dice, clauses: int) -> Phrase:
    """Return a sentence of so many clauses."""
    context = Context(listener=dice.pick(("tu", "vous")))
    if clauses == 1:
        kind = dice.weighted(((57, "told"), (28, "asked"), (12, "ordered"), (3, "said")))
        if kind == "asked":
            called = vocative(dice) + comma(dice) if dice.chance(0.06) else EMPTY
            return called + question(dice, context)
        if kind != "told":
            return said(dice, context) if kind == "said" else order(dice, context, alone=True)
    tense = dice.weighted([(32, PRESENT), (24, PAST), (17, WAS), (16, FUTURE), (11, SOON)])
    made, depends = EMPTY, 0.3  # how likely it is that the next clause is under another
    if clauses > 1 and dice.chance(0.1):
        made = order(dice, context) + linked(dice, dice.pick(AFTER_AN_ORDER))
        clauses -= 1
    elif clauses > 1 and dice.chance(0.05):
        return topic(dice, context, tense)
    elif clauses > 1 and dice.chance(0.14):
        made = subordinate(dice, context, tense) + comma(dice)
        clauses -= 1
        depends = 0.0
    elif dice.chance(0.03):
        made = fixed(dice, *dice.pick(OPENINGS)) + comma(dice)
    elif dice.chance(0.015):
        made = vocative(dice, dice.pick("sp")) + comma(dice)
    first = not made.fr
    made = made + statement(dice, context, tense)
    for left in reversed(range(clauses - 1)):
        if not left and dice.chance(0.07):
            return made + afterthought(dice, context, any(word.text == "ne" for word in made.fr))
        if not left and dice.chance(0.18):
            if dice.chance(0.65):
                return made + linked(dice, dice.pick(BEFORE_A_QUESTION)) + clear_question(dice, context)
            return made + linked(dice, dice.pick(BEFORE_AN_ORDER)) + order(dice, context)
        if dice.chance(depends):
            made = made + subordinate(dice, context, tense)
            depends = 0.0
        elif dice.chance(0.35) and context.carried == tense:
            if dice.chance(0.25):  # runs, swims and sleeps
                made = made + same_subject(dice, context, tense, (",", ","))
            made = made + same_subject(dice, context, tense)
        else:
            joined = dice.weighted(COORDINATED)
            successive = joined[0] == "puis" and context.carried == tense and tense != WAS
            if joined[0] == "puis" and not successive:
                joined = COORDINATED[0][1]
            link = linked(dice, joined)
            if first and left == clauses - 2 and dice.chance(0.04):
                link = pair(dice, "!", "!")
            if successive:
                made = made + link + context.knows(action(dice, context, tense))
                continue
            if dice.chance(0.15) and tense != SOON:
                tense = dice.weighted([(4, PRESENT), (3, PAST), (1, WAS), (2, FUTURE)])
            made = made + link + statement(dice, context, tense)
    return made


def topic(dice: Dice, context: Context, tense: str) -> Phrase:
    """Return "les clés ? je les ai perdues", "le parc ? nous y jouons souvent"."""
    who = subject(dice, context, 0.8)
    answer = (comma(dice) if dice.chance(0.5) else EMPTY) if dice.chance(0.3) else None
    yes = (
        EMPTY
        if answer is None
        else pair(dice, *dice.pick((("non", "no"), ("oui", "yes"), ("bien sûr", "of course")))) + answer
    )
    verbs = [verb for verb in verbs_of(who) if set(verb.objects) - {"-", "cake"} and "G" not in verb.flags]
    verb = dice.pick(verbs)
    k = dice.id()
    if dice.chance(0.3):
        found = noun_phrase(dice, context, dice.pick(KINDS["place"]), dice.pick(("le", "own")), None, 1)
        verb = dice.pick([v for v in verbs_of(who) if "P" in v.flags or v.fr == "aller"])
        clitic, agrees = (Word("y", k), Word("there", k)), None
    else:
        noun = dice.pick(
            [noun for kind in verb.objects if kind not in ("-", "nature") for noun in KINDS[kind]]
        )
        found = noun_phrase(dice, context, noun, dice.pick(("le", "le", "own", "ce")), None, 1)
        agrees = Entity(EMPTY, 3, found.number, found.g, found.kind)
        text = "les" if found.number == "p" else ("le" if found.g == "m" else "la")
        clitic = (Word(text, k), Word(OBJECTIVE[agrees.english], k))
    p = Predicate.of(verb, agrees=agrees)
    if verb.fr == "mettre":
        p.en, p.particle = "put", ("on",)
    p.clitics = (clitic,)
    return (
        found.phrase
        + question_mark(dice)
        + yes
        + told(dice, who, p, tense, dice.weighted(((7, ""), (2, "pas"))))
    )


def said(dice: Dice, context: Context) -> Phrase:
    """Return what is no clause: a saying, a thing, a place, a time."""
    kind = dice.weighted(((4, "saying"), (3, "thing"), (2, "place"), (2, "time"), (2, "too")))
    if kind in ("saying", "too"):
        if kind == "saying":
            one = fixed(dice, *dice.pick(SAYINGS))
        else:
            who = fixed(dice, *dice.pick(TONIC)) if dice.chance(0.5) else somebody(dice, context).phrase
            one = who + pair(dice, "aussi", "too")
        if not dice.chance(0.6):
            return one
        called = vocative(dice, dice.pick("sp"))
        last = one.fr[-1].text != "?" and dice.chance(0.5)
        return one + comma(dice) + called if last else called + comma(dice) + one
    if kind == "thing" and dice.chance(0.3):
        return what_a(dice, context)
    if kind == "thing":
        found = actor(dice, context) if dice.chance(0.4) else noun_phrase(dice, context, dice.pick(SAYABLE))
        return found.phrase + (question_mark(dice) if dice.chance(0.3) else EMPTY)
    if kind == "place":
        return place(dice, context)
    return time(dice, dice.pick(TENSES))


def what_a(dice: Dice, context: Context) -> Phrase:
    """Return "quel beau cheval" ~ "what a beautiful horse"."""
    adjective = ADJECTIVES[dice.pick(("beau", "petit", "grand", "joli", "gros", "bon", "vieux", "mauvais"))]
    noun = dice.pick([noun for noun in SAYABLE if adjective.fr in noun.adjectives])
    found = noun_phrase(dice, context, noun, "which", dice.pick("ssp"), 0, of=False)
    (which, *rest_fr), (_, *rest_en) = found.phrase.fr, found.phrase.en
    a = () if found.number == "p" or noun.kind in MASS else (Word("a", which.ids),)
    of = adjective_of(adjective, found, dice.id())
    bare = Word(of.fr[0].text, of.fr[0].ids, "m" if noun.g + found.number == "ms" else "")
    return Phrase((which, bare, *rest_fr), (Word("what", which.ids), *a, *of.en, *rest_en))


def afterthought(dice: Dice, context: Context, denied: bool) -> Phrase:
    """Return ", et julie aussi", "mais pas julie", "mais pas demain", ", bien sûr"."""
    kind = dice.weighted(((4, "too"), (3, "not"), (3, "ending")))
    if kind == "ending" or denied:
        return comma(dice) + fixed(
            dice, *dice.pick([end for end in ENDINGS if not (denied and "non ?" in end)])
        )
    who = context.last.kind in LIVING if context.last is not None else False
    them = actor(dice, context).phrase if who else noun_phrase(dice, context, dice.pick(SAYABLE)).phrase
    if kind == "too":
        link = pair(dice, "et", "and") if dice.chance(0.7) else EMPTY
        return (
            (comma(dice) if not link.fr or dice.chance(0.6) else EMPTY)
            + link
            + them
            + pair(dice, "aussi", "too")
        )
    link = comma(dice) + pair(dice, "mais", "but") if dice.chance(0.7) else pair(dice, "et", "and")
    late = fixed(dice, *dice.pick((("demain", "tomorrow"), ("ce soir", "tonight"), ("aujourd'hui", "today"))))
    return link + pair(dice, "pas", "not") + (them if dice.chance(0.6) else late)


def subordinate(dice: Dice, context: Context, tense: str) -> Phrase:
    """Return "quand …", "si …", "parce que …", in a tense that goes with that of its main clause."""
    fr, en = dice.weighted(SUBORDINATE)
    if fr == "si" and tense in (PAST, WAS):
        fr, en = "parce que", "because"
    link = pair(dice, fr, en)
    if tense in (FUTURE, SOON):
        if fr in ("quand", "pendant que"):  # in French it is to come; in English it is present
            return link + _to_come(dice, context)
        tense = PRESENT if fr == "si" else FUTURE
    elif tense == PAST:
        tense = WAS if fr == "pendant que" else dice.pick((PAST, WAS))
    context.under = fr
    made = link + statement(dice, context, tense)
    context.under = ""
    return made


def _to_come(dice: Dice, context: Context) -> Phrase:
    """Return "julie viendra" ~ "julie comes"."""
    who = subject(dice, context, 0.6)
    p = predicate(dice, context.of(who), dice.pick(verbs_of(who)))
    return context.knows(Clause(told(dice, who, p, FUTURE, english=PRESENT), who, tuple(p.others)))


def same_subject(dice: Dice, context: Context, tense: str, link: tuple[str, str] | None = None) -> Phrase:
    """Return "et mange une pomme": a second verb of the last subject, after a link or one of a few."""
    who = context.last
    assert who is not None
    p = predicate(dice, context.of(who), dice.pick(verbs_of(who)))
    links = [("et", "and"), ("et", "and"), ("ou", "or")]
    if not who.pronoun and tense != WAS:
        links += [("puis", "then"), ("mais", "but")]
    joined = pair(dice, *(link or dice.pick(links)))
    context.others.extend(p.others)
    return joined + told(dice, who, p, tense, subject=EMPTY, again=tense in (WAS, FUTURE))

"""Noun phrases: determiners, adjectives, whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fragment.phrases import MASS, NUMBERS, POSSESSIVE, UNSEEN, Context, Entity, pair
from fragment.text import Phrase, Word
from fragment.words import (
    ADJECTIVES,
    KINDS,
    NAMES,
    NOUNS,
    Adjective,
    Dice,
    Noun,
    compare,
    en_adjective,
    en_noun,
    fr_adjective,
    fr_noun,
)

OWNERS = {
    ("mon", "ma", "mes"): "my",
    ("ton", "ta", "tes"): "your",
    ("son", "sa", "ses"): "",  # his, her or its, as the owner says
    ("notre", "notre", "nos"): "our",
    ("votre", "votre", "vos"): "your",
    ("leur", "leur", "leurs"): "their",
}
UNCOMPARED = "gros fermé cassé ouvert bon mauvais nouveau vide malade long prêt".split()
_NEXT_TO_NOUN = ("vieux", "jeune", "nouveau", "joli")
_HIS = ("son", "sa", "ses")
PARTED = ("gâteau", "tarte", "poisson")  # counted, and not: un gâteau, du gâteau
COLOURS = "rouge bleu vert jaune noir blanc gris brun fermé ouvert cassé vide délicieux prêt".split()

_PARENTS = ("mère", "père", "grand-mère", "grand-père", "frère", "sœur")
_BARRED = {  # what would mean something else: un petit ami, une vieille fille, un grand homme, un beau-père
    *((a, n) for a in ("petit", "grand") for n in ("ami", "amie")),
    ("vieux", "fille"), ("grand", "homme"), ("grand", "mère"), ("grand", "père"), ("petit", "fille"),
    *((a, n) for a in ("beau", "nouveau") for n in (*_PARENTS, "fille")),
}  # fmt: skip


def adjectives(dice: Dice, noun: Noun, most: int) -> list[Adjective]:
    """Choose up to `most` adjectives that suit a noun, at most one before it and one after it."""
    chosen: list[Adjective] = []
    for _ in range(most):
        if noun.adjectives and dice.chance(0.35):
            adjective = ADJECTIVES[dice.pick([fr for fr in noun.adjectives if fr != "prêt"])]
            if (adjective.fr, noun.fr) not in _BARRED and all(
                adjective.before != other.before for other in chosen
            ):
                chosen.append(adjective)
    return chosen


def determiner(
    dice: Dice, noun: Noun, number: str, style: str, context: Context, before: bool
) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """Return an article or what stands in its place. `before`: an adjective follows it."""
    k, g = dice.id(), noun.g
    plural = number == "p"
    if style == "le":
        text = "les" if plural else ("le" if g == "m" else "la")
        return (Word(text, k, "article"),), (Word("the", k),)
    if style == "un":
        if noun.kind in MASS and not plural:
            return (Word("de", k), Word("le" if g == "m" else "la", k, "article")), ()
        if plural:
            return (Word("de" if before else "des", k),), ()
        return (Word("un" if g == "m" else "une", k),), (Word("a", k),)
    if style == "ce":
        text = "ces" if plural else ("ce" if g == "m" else "cette")
        return (Word(text, k, "det"),), (Word("these" if plural else "this", k),)
    if style == "own":
        owner = context.owner or (context.subjects[-1] if context.subjects else None)
        known = owner is not None and owner.person == 3 and owner.number == "s" and owner.pronoun != "on"
        forms = dice.pick([forms for forms in OWNERS if context.fits(forms[0])])
        if known and dice.chance(0.4):
            forms = _HIS
        elif not known and forms == _HIS and dice.chance(0.75):  # whose would be anybody's guess
            forms = dice.pick([other for other in OWNERS if other != _HIS and context.fits(other[0])])
        english = OWNERS[forms] or (POSSESSIVE[owner.english] if known and owner is not None else "his")
        text = forms[2] if plural else forms[0 if g == "m" else 1]
        return (Word(text, k, "det"),), (Word(english, k),)
    if style == "number":
        fr, en = dice.pick(tuple(NUMBERS.items()))
        return (Word(fr, k),), (Word(en, k),)
    if style == "many":
        return _quantity(dice, plural)
    if style == "all":
        text = {"ms": "tout", "fs": "toute", "mp": "tous", "fp": "toutes"}[g + number]
        the, t = ("les" if plural else ("le" if g == "m" else "la")), dice.id()
        return (Word(text, k), Word(the, t, "article")), (Word("all", k), Word("the", t))
    if style == "some":
        fr, en = dice.pick((("quelques", "a few"), ("plusieurs", "several")))
        return (Word(fr, k),), tuple(Word(word, k) for word in en.split())
    if style == "de":  # after a negation
        bare = plural or noun.kind in MASS or noun.fr in PARTED
        return (Word("de", k),), (() if bare else (Word("a", k),))
    if style == "part":
        return (Word("de", k), Word("le" if g == "m" else "la", k, "article")), ()
    if style == "which":
        text = {"ms": "quel", "fs": "quelle", "mp": "quels", "fp": "quelles"}[g + number]
        return (Word(text, k),), (Word("which", k),)
    if style == "each":
        return (Word("chaque", k),), (Word("each", k),)
    raise AssertionError(style)


def _quantity(dice: Dice, plural: bool) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """Return "beaucoup de" ~ "a lot of", "trop de" ~ "too many", or what is like them."""
    some = ("assez", "enough") if plural else ("un peu", "a little")
    fr, en = dice.weighted(
        ((4, ("beaucoup", "a lot of")), (2, ("trop", "too many" if plural else "too much")), (1, some))
    )
    k, of = dice.id(), dice.id()
    return (
        (*(Word(word, k) for word in fr.split()), Word("de", of)),
        tuple(
            Word(word, of if word == "of" else k | (of if en[-1] != "f" else frozenset()))
            for word in en.split()
        ),
    )


STYLES = (
    (46, "le"), (20, "un"), (7, "ce"), (17, "own"), (7, "number"), (3, "many"), (2, "each"), (3, "all"),
    (2, "some"),
)  # fmt: skip


def noun_phrase(
    dice: Dice,
    context: Context,
    noun: Noun,
    style: str | None = None,
    number: str | None = None,
    most: int = 2,
    of: bool = True,
) -> Entity:
    """Return a phrase about a noun: determiner, adjectives, perhaps whose it is."""
    mass = noun.kind in MASS
    if number is None:
        number = "s" if mass or noun.kind in UNSEEN or not dice.chance(0.3) else "p"
        if style == "de" and fr_noun(noun, "p") == noun.fr:  # "pas de souris": one, since none would show
            number = "s"
    if style is None:
        style = dice.weighted(STYLES)
    if style == "un" and noun.fr in _PARENTS:
        style = "own"
    if style == "own" and noun.fr in _PARENTS[:2]:
        number = "s"
    if noun.kind in UNSEEN or style == "own" and noun.fr in ("homme", "garçon"):
        style = "le"
    if style in ("number", "some"):
        number = "s" if mass else "p"
        style = "un" if mass else style
    if style == "each":
        style, number = ("le", "s") if mass else ("each", "s")
    if style in ("many", "all") and not mass:
        number = "p"
    if mass or noun.kind in UNSEEN or style == "part":
        number = "s"
    chosen = adjectives(dice, noun, most)
    very = [dice.chance(0.1) and a.fr not in (*COLOURS, "nouveau") for a in chosen]
    most_of_all = (
        style == "le"
        and len(chosen) == 1
        and dice.chance(0.2)
        and chosen[0].fr not in (*UNCOMPARED, *COLOURS)
    )
    uncompared = not chosen or chosen[0].fr in (*UNCOMPARED, *COLOURS) or len(chosen) > 1
    more = (
        dice.pick(("plus", "plus", "moins")) if style == "un" and not uncompared and dice.chance(0.1) else ""
    )
    after = bool(more) and (more == "moins" or dice.chance(0.6))  # une maison plus grande
    before = any(a.before for a in chosen) and not after
    det_fr, det_en = determiner(dice, noun, number, style, context, before)
    if of and number == "p" and style in ("le", "own", "ce") and dice.chance(0.15):  # ses trois chats
        counted = pair(dice, *dice.pick(tuple(NUMBERS.items())))
        det_fr, det_en = (*det_fr, *counted.fr), (*det_en, *counted.en)
    k = dice.id()
    fr_before: list[Word] = []
    fr_after: list[Word] = []
    en: list[Word] = []
    for adjective, much in sorted(zip(chosen, very), key=lambda a: not a[0].before):
        a = dice.id()
        spelt = Word(fr_adjective(adjective, noun.g, number), a, "m" if noun.g + number == "ms" else "")
        said = en_adjective(adjective, noun.kind, noun.g)
        words, english = [spelt], (Word(said, a),)
        if most_of_all:
            words, english = superlative(dice, said, spelt, det_fr[0], adjective.before)
        elif more:
            v = dice.id()
            words = [Word(more, v), spelt._replace(kind="" if after else spelt.kind)]
            english = tuple(Word(word, a | v) for word in compare(said))
            if more == "moins":
                english = (Word("less", v), Word(said, a))
        elif much:
            v = dice.id()
            words, english = [Word("très", v), spelt], (Word("very", v), Word(said, a))
        (fr_before if adjective.before and not after else fr_after).extend(words)
        # "a sad old man", "very dirty small knives", but "a small black cat".
        first = not adjective.before and en and adjective.fr not in COLOURS
        if first and (much or chosen[0].fr in _NEXT_TO_NOUN or chosen[-1].fr in _NEXT_TO_NOUN):
            en = [*english, *en]
        else:
            en.extend(english)
    spelt = tuple(Word(w, k) for w in fr_noun(noun, number).split())  # "pomme de terre"
    phrase = Phrase(
        (*det_fr, *fr_before, *spelt, *fr_after), (*det_en, *en, Word(english_of(noun, number, style), k))
    )
    entity = Entity(phrase, 3, number, noun.g, noun.kind)
    if noun.fr in ("gâteau", "tarte", "soupe") and not fr_after and dice.chance(0.15):
        return flavoured(dice, entity, k, noun)
    if noun.kind in ("text", "tale") and noun.fr != "leçon" and dice.chance(0.06):
        return about(dice, entity)
    if of and style in ("le", "which") and not most_of_all and dice.chance(0.2):
        return owned(dice, context, noun, number, chosen, entity)
    return entity


def superlative(
    dice: Dice, en: str, spelt: Word, the: Word, before: bool
) -> tuple[list[Word], tuple[Word, ...]]:
    """Return "plus grand" or, after its noun, "le plus rapide", and "biggest", "fastest"."""
    most = dice.id()
    words = [Word("plus", most), spelt]
    if not before:
        words.insert(0, Word(the.text, the.ids | most))  # no article: it does not contract
    return words, tuple(Word(word, spelt.ids | most) for word in compare(en, "su"))


FLAVOURS = {
    "chocolat": "s", "fromage": "s", "pomme": "p", "fraise": "p", "poire": "p", "orange": "p", "carotte": "p",
}  # fmt: skip


def flavoured(dice: Dice, entity: Entity, k: frozenset[int], noun: Noun) -> Entity:
    """Return "un gâteau au chocolat" ~ "a chocolate cake"."""
    fr, number = dice.pick(tuple(FLAVOURS.items()))
    what, f = NOUNS[fr], dice.id()
    article = Word("les" if number == "p" else ("le" if what.g == "m" else "la"), f, "article")
    french = (Word("à", f), article, Word(fr_noun(what, number), f))
    *first, last = entity.phrase.en
    return replace(entity, phrase=Phrase(entity.phrase.fr + french, (*first, Word(what.en, f), last)))


def about(dice: Dice, entity: Entity) -> Entity:
    """Return "un livre sur les oiseaux" ~ "a book about birds"."""
    noun = dice.pick([*KINDS["animal"], *KINDS["vehicle"], *(NOUNS[n] for n in ("arbre", "fleur", "enfant"))])
    what = noun_phrase(dice, Context(), noun, "le", "p", 0, of=False).phrase
    return replace(entity, phrase=entity.phrase + pair(dice, "sur", "about") + Phrase(what.fr, what.en[1:]))


_RELATED = {"fille": ("daughter", "daughters"), "femme": ("wife", "wives")}


def english_of(noun: Noun, number: str, style: str) -> str:
    """Return the English noun; whose "fille" and "femme" it is makes her a daughter and a wife."""
    if style == "own" and noun.fr in _RELATED:
        return _RELATED[noun.fr][number == "p"]
    return en_noun(noun, number)


def owned(
    dice: Dice, context: Context, noun: Noun, number: str, chosen: Sequence[Adjective], entity: Entity
) -> Entity:
    """Return "le chat de julie" ~ "julie's cat", or "la porte de la maison" ~ "the door of the house"."""
    if noun.kind in ("door", "landmark") and dice.chance(0.7):
        whole = noun_phrase(dice, context, dice.pick(KINDS["place"]), "le", "s", 1, of=False)
        of_ = pair(dice, "de", "of")
        return Entity(entity.phrase + of_ + whole.phrase, 3, number, noun.g, noun.kind)
    if noun.fr in ("église", "école", "gare", "marché", "rue", "parc"):
        k, (fr, the) = dice.id(), dice.pick((("village", "le"), ("ville", "la")))
        *first, last = entity.phrase.en
        en = (*first, Word(NOUNS[fr].en, k), last)
        return replace(
            entity,
            phrase=Phrase((*entity.phrase.fr, Word("de", k), Word(the, k, "article"), Word(fr, k)), en),
        )
    if noun.fr in _OF_PLACES and dice.chance(0.6):
        whole = noun_phrase(dice, context, NOUNS[dice.pick(_OF_PLACES[noun.fr])], "le", "s", 0, of=False)
        return replace(entity, phrase=entity.phrase + pair(dice, "de", "of") + whole.phrase)
    if noun.kind in ("nature", "job") or entity.phrase.en[0].text != "the":
        return entity
    if noun.kind == "place" and noun.fr not in ("maison", "jardin", "chambre", "cuisine", "ferme", "magasin"):
        return entity
    if noun.fr in ("homme", "garçon", "fille", "femme", "pomme de terre"):
        return entity
    k = dice.id()
    if dice.chance(0.5):
        name = dice.pick(tuple(NAMES))
        fr, en = (Word("de", k), Word(name, n := dice.id())), (Word(f"{name}'s", n | k),)
    else:
        person = dice.pick([*KINDS["human"], *KINDS["job"]])
        owner = noun_phrase(
            dice,
            context,
            person,
            dice.pick(("le", "own")) if person.kind == "human" else "le",
            "s",
            0,
            of=False,
        )
        *first, last = owner.phrase.en
        fr = (Word("de", k), *owner.phrase.fr)
        en = (*first, Word(f"{last.text}'s", last.ids | k))
    article = entity.phrase.fr[0]
    rest = entity.phrase.en[1:]  # without "the": the owner stands in its place
    phrase = Phrase(entity.phrase.fr + fr, (Word(en[0].text, en[0].ids | article.ids), *en[1:], *rest))
    return Entity(phrase, 3, number, noun.g, noun.kind)


_OF_PLACES = {"eau": ("rivière", "lac"), "fleur": ("jardin", "parc"), "arbre": ("jardin", "parc", "forêt")}

_MINE = (
    ("mien mienne miens miennes", "mine"), ("tien tienne tiens tiennes", "yours"),
    ("sien sienne siens siennes", ""), ("nôtre nôtre nôtres nôtres", "ours"),
    ("vôtre vôtre vôtres vôtres", "yours"), ("leur leur leurs leurs", "theirs"),
)  # fmt: skip


def mine(dice: Dice, context: Context, g: str, number: str) -> Phrase:
    """Return "le mien" ~ "mine", of a thing of this gender and number."""
    forms, en = dice.pick(_MINE)
    owner = context.owner
    if not en:
        en = "hers" if owner is not None and owner.english == "she" else "his"
    the = "les" if number == "p" else ("le" if g == "m" else "la")
    k = dice.id()
    word = forms.split()[("ms", "fs", "mp", "fp").index(g + number)]
    return Phrase((Word(the, k, "article"), Word(word, k)), (Word(en, k),))

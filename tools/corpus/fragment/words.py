"""The words: who and what there is, what can be said of it, and what can be done with it; and their forms."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, TypeVar

import pyrealb

from dice import Dice as _Dice

T = TypeVar("T")


class Dice(_Dice):
    """Dice whose ids are ready to stand on a word, and that may know the common words only."""

    common = False  # whether they know the common words only
    failed = False  # whether they then had to take another

    def pick(self, options: Sequence[T]) -> T:
        if self.common:
            known = [x for x in options for _ in range(_how_common(x))]
            self.failed |= not known
            options = known or options
        return super().pick(options)

    def id(self) -> frozenset[int]:
        return frozenset([self.new_id()])


# The common words, and how often each is drawn beside others of its kind.
_COMMON = """garçon fille homme femme enfant ami mère père fermier chat chien oiseau cheval pomme pain eau
    lait livre lettre table chaise tapis porte chapeau voiture balle fleur arbre maison jardin école village
    petit grand vieux bon noir blanc rouge vert content triste fatigué
    manger boire voir regarder aimer donner chercher trouver dormir jouer marcher chanter parler aller venir
    prendre lire travailler attendre vouloir faire gâteau""".split()
COMMON = {word: {"chat": 4, "tapis": 4, "noir": 3}.get(word, 1) for word in _COMMON}


class Noun(NamedTuple):
    fr: str
    en: str
    g: str  # "m" or "f"
    kind: str
    adjectives: tuple[str, ...]


class Adjective(NamedTuple):
    fr: str
    en: str
    before: bool


class Verb(NamedTuple):
    fr: str
    en: str
    subjects: str  # "h" humans, "a" animals, "t" things
    objects: tuple[str, ...]  # kinds; with "-" among them it may do without
    flags: (
        str  # E être, R reflexive, S stative, G a gift to somebody, P a place belongs to it, M it moves there
    )

    @property
    def head(self) -> str:
        return self.en.split("_")[0]

    @property
    def particle(self) -> tuple[str, ...]:
        return tuple(self.en.split("_")[1:])

    @property
    def alone(self) -> tuple[str, ...]:
        """The particle that it keeps without an object: "go in", but "wait" and no "for"."""
        return () if self.particle in (("for",), ("to",), ("at",)) else self.particle


ADJECTIVES = {
    fr: Adjective(fr, en, before)
    for before, entries in (
        (True, """petit small | grand big | vieux old | jeune young | beau beautiful | joli pretty | bon good
            | nouveau new | long long | gentil kind | gros fat | mauvais bad"""),
        (False, """noir black | blanc white | rouge red | bleu blue | vert green | jaune yellow | gris grey
            | brun brown | froid cold | chaud hot | triste sad | content happy | fatigué tired | malade sick
            | rapide fast | lourd heavy | fermé closed | ouvert open | vide empty | propre clean | sale dirty
            | cassé broken | délicieux delicious | tranquille quiet | drôle funny | intelligent clever
            | timide shy | célèbre famous | prêt ready"""),
    )
    for fr, en in (entry.split() for entry in entries.split("|"))
}  # fmt: skip

_PEOPLE = (
    "petit grand jeune vieux gentil beau intelligent timide drôle célèbre fatigué content triste malade "
    "prêt nouveau"
)
_BEASTS = "petit gros vieux jeune beau nouveau noir blanc gris brun fatigué malade drôle tranquille"
_FOOD = "bon gros petit délicieux beau mauvais froid chaud"
_COLOURS = "rouge bleu vert jaune noir blanc gris brun"
_THINGS = f"petit grand vieux nouveau beau joli {_COLOURS}"
_PLACES = "petit grand vieux nouveau joli beau tranquille"

# kind, adjectives: noun translation gender, …
_NOUNS = {
    ("human", _PEOPLE): """garçon boy m | fille girl f | homme man m | femme woman f | enfant child m
        | étudiant student m | voisin neighbour m | voisine neighbour f | ami friend m | amie friend f
        | frère brother m | sœur sister f | mère mother f | père father m | grand-père grandfather m
        | grand-mère grandmother f""",
    ("job", _PEOPLE): """fermier farmer m | professeur teacher m | médecin doctor m | boulanger baker m
        | cuisinier cook m | facteur postman m | étudiante student f""",
    ("animal", _BEASTS): """chat cat m | chien dog m | lapin rabbit m | cheval horse m | oiseau bird m
        | vache cow f | poule hen f | souris mouse f | mouton sheep m | canard duck m | poisson fish m
        | renard fox m | loup wolf m""",
    (
        "food",
        f"{_FOOD} rouge vert jaune",
    ): """pomme apple f | poire pear f | banane banana f
        | tomate tomato f | pomme_de_terre potato f""",
    (
        "food",
        _FOOD,
    ): """orange orange f | carotte carrot f | fraise strawberry f | gâteau cake m | tarte tart f
        | œuf egg m""",
    (
        "mass",
        "bon froid chaud délicieux mauvais",
    ): """soupe soup f | poulet chicken m | riz rice m
        | pain bread m | fromage cheese m | chocolat chocolate m | salade salad f""",
    ("drink", "bon froid chaud mauvais délicieux"): "lait milk m | thé tea m | café coffee m | eau water f",
    ("text", f"{_THINGS} long drôle triste"): "livre book m | lettre letter f",
    ("tale", "beau joli long drôle triste vieux nouveau"): """histoire story f | chanson song f
        | leçon lesson f""",
    ("furniture", f"{_THINGS} propre sale cassé"): "table table f | chaise chair f | lit bed m | tapis mat m",
    (
        "dish",
        f"{_THINGS} propre sale cassé vide froid chaud",
    ): """assiette plate f | tasse cup f | bouteille bottle f
        | couteau knife m""",
    ("door", f"{_THINGS} ouvert fermé lourd"): "porte door f | fenêtre window f | boîte box f",
    ("bag", f"{_THINGS} lourd vide ouvert fermé"): "sac bag m | panier basket m",
    ("clothes", f"{_THINGS} propre sale"): "chapeau hat m | manteau coat m | robe dress f",
    ("vehicle", f"{_THINGS} rapide"): """vélo bicycle m | voiture car f | bateau boat m | train train m
        | bus bus m""",
    ("thing", _THINGS): """balle ball f | stylo pen m | cahier notebook m | parapluie umbrella m | clé key f
        | lampe lamp f | radio radio f | cadeau present m | photo photo f | dessin drawing m
        | fleur flower f""",
    ("landmark", "petit grand vieux beau nouveau"): "arbre tree m | mur wall m | pont bridge m | toit roof m",
    ("place", f"{_PLACES} ouvert fermé"): """église church f | école school f | gare station f
        | magasin shop m | marché market m""",
    ("place", _PLACES): """maison house f | jardin garden m | village village m | ville town f | ferme farm f
        | cuisine kitchen f | chambre bedroom f | rue street f | parc park m | champ field m | forêt forest f
        | plage beach f | rivière river f | lac lake m""",
    ("grass", ""): "herbe grass f",
    ("music", ""): "musique music f",
    ("nature", ""): "mer sea f | neige snow f | pluie rain f | soleil sun m",
}
NOUNS = {
    fr.replace("_", " "): Noun(fr.replace("_", " "), en, g, kind, tuple(adjectives.split()))
    for (kind, adjectives), entries in _NOUNS.items()
    for fr, en, g in (entry.split() for entry in entries.split("|"))
}
NAMES = {
    "marie": "f", "julie": "f", "anna": "f", "emma": "f", "paul": "m", "luc": "m", "thomas": "m", "hugo": "m",
}  # fmt: skip
KINDS: dict[str, list[Noun]] = {}
for _noun in NOUNS.values():
    KINDS.setdefault(_noun.kind, []).append(_noun)

# verb translation subjects objects [flags]
_VERBS = """
manger eat ha food,mass,grass,- | boire drink ha drink,- | préparer prepare h food,mass,drink | couper cut h
food,mass,flower | acheter buy h food,mass,thing,clothes,text,vehicle,furniture,bag,dish | vendre sell h
food,vehicle,text,furniture,animal | laver wash h dish,clothes,vehicle,food | ouvrir open h door,bag |
fermer close h door | chercher look_for h human,animal,thing,text,clothes,bag,dish | trouver find ha
thing,text,clothes,bag,animal,dish S | perdre lose h thing,text,clothes,bag | voir see ha
human,animal,vehicle,place,landmark,thing,nature | regarder look_at ha
human,animal,vehicle,landmark,thing,text,nature,- | écouter listen_to h human,tale,music,- | attendre
wait_for ha human,vehicle,- | lire read h text,tale,- | écrire write h letter,tale,- G | dessiner draw h
animal,place,landmark,- | casser break h
dish,door,furniture,thing | réparer repair h
vehicle,furniture,door | prendre take h
thing,text,clothes,bag,food,vehicle | donner give h thing,text,food,clothes,bag G | montrer show h
thing,text,clothes,place,animal G | apporter bring h thing,text,food,mass,drink,bag G | raconter tell h
tale G | suivre follow ha human,animal,vehicle | chasser chase ha animal | visiter visit h place | aider
help h human | apprendre learn h tale,- | nettoyer clean h place,furniture,dish,vehicle | aimer like ha
human,animal,food,mass,drink,place,tale S | habiter live h - SP | dormir sleep ha - P | jouer play
ha - P | courir run ha - P | marcher walk ha - P | chanter sing ha -,song P | danser dance h - P |
pleurer cry h - P | rire laugh h - | travailler work h - P | nager swim ha - P | rester stay ha - EP |
arriver arrive ha - E | entrer go_in ha - E | rentrer go_home h - E | reposer rest h - ER P | cacher
hide ha - ERP | rencontrer meet h human | porter wear h clothes | aller go h - EM | venir come h - EM |
partir leave h - E | tomber fall ha - EP | parler talk h - P | faire make h cake | mettre put_on h
clothes | finir finish h text,tale,- | comprendre understand h human,tale,- S | sortir go_out ha - E |
vouloir want ha food,mass,drink,thing,clothes S
"""
EXTRA = {
    "flower": ["fleur"],
    "letter": ["lettre"],
    "song": ["chanson"],
    "cake": ["gâteau", "tarte", "soupe", "dessin", "salade"],
}
for _kind, _members in EXTRA.items():
    KINDS[_kind] = [NOUNS[name] for name in _members]


def _verbs() -> dict[str, Verb]:
    table = {}
    for entry in " ".join(_VERBS.split()).split(" | "):
        fr, en, subjects, objects, *flags = entry.split()
        table[fr] = Verb(fr, en, subjects, tuple(objects.split(",")), "".join(flags))
    return table


VERBS = _verbs()


_WORDS = {*NOUNS, *VERBS, *ADJECTIVES}


def _how_common(option: object) -> int:
    """Return how often a common sentence may draw something: what is no word of these lists, once."""
    word = option[0] if type(option) is tuple else getattr(option, "fr", option)
    return COMMON.get(word, 0) if word in _WORDS else 1


PRESENT, PAST, WAS, FUTURE, SOON = "present", "past", "was", "future", "soon"
TENSES = (PRESENT, PAST, WAS, FUTURE, SOON)
_PLUVIAL = {"pleuvoir": {"p": "pleut", "i": "pleuvait", "f": "pleuvra", "pp": "plu", "b": "pleuvoir"}}


@cache
def _inflect(language: str, kind: str, lemma: str, features: tuple[tuple[str, object], ...]) -> str:
    (pyrealb.loadFr if language == "fr" else pyrealb.loadEn)()
    made = getattr(pyrealb, kind)(lemma)
    for name, value in features:
        made = getattr(made, name)(value)
    text = str(made.realize()).lower().replace("oeu", "œu")  # pyrealb's lexicon has no ligature
    if "[[" in text:
        raise AssertionError(f"pyrealb has no {kind} {lemma} {features}")
    return text


def fr_verb(verb: str, form: str, person: int = 3, number: str = "s") -> str:
    """Return a French verb's form: "p", "i", "f", "ip", "b" or "pp"."""
    if verb in _PLUVIAL:
        return _PLUVIAL[verb][form]
    if form in ("b", "pp"):
        return _inflect("fr", "V", verb, (("t", form),))
    return _inflect("fr", "V", verb, (("t", form), ("pe", person), ("n", number)))


def participle(verb: str, g: str, n: str) -> str:
    """Return the past participle, in agreement."""
    text = fr_verb(verb, "pp")
    if text == "dû" and (g, n) != ("m", "s"):
        text = "du"
    text += "e" * (g == "f")
    return text + "s" * (n == "p" and not text.endswith("s"))


def fr_noun(noun: Noun, n: str) -> str:
    """Return a French noun, singular or plural."""
    if noun.fr == "pomme de terre":
        return "pommes de terre" if n == "p" else noun.fr
    if noun.fr in ("voisine", "amie", "étudiante") or noun.fr.startswith("grand-"):
        plural = {"grand-père": "grands-pères", "grand-mère": "grands-mères"}.get(noun.fr, noun.fr + "s")
        return plural if n == "p" else noun.fr
    return _inflect("fr", "N", noun.fr, (("n", n),))


def en_noun(noun: Noun, n: str) -> str:
    """Return an English noun, singular or plural."""
    if noun.en in ("fish", "sheep"):
        return noun.en
    return _inflect("en", "N", noun.en, (("n", n),))


def fr_adjective(adjective: Adjective, g: str, n: str) -> str:
    """Return a French adjective, in agreement."""
    return _inflect("fr", "A", adjective.fr, (("g", g), ("n", n), ("pos", "post")))


def en_adjective(adjective: Adjective, kind: str, g: str) -> str:
    """Return an English adjective, as it is said of this kind of noun."""
    people = kind in ("human", "job")
    if adjective.fr == "gros" and kind not in ("human", "job", "animal"):
        return "big"
    if adjective.fr == "grand" and people:
        return "tall"
    return "handsome" if adjective.fr == "beau" and people and g == "m" else adjective.en


def compare(en: str, form: str = "co") -> tuple[str, ...]:
    """Return the words of an English comparative, or ("su") superlative: "bigger", "most beautiful"."""
    if en in ("sick", "handsome"):
        return ("more" if form == "co" else "most", en)
    return tuple(_inflect("en", "A", en, (("f", form),)).split())


def en_verb(verb: str, form: str, person: int = 3, number: str = "s") -> str:
    """Return an English verb's form: "p", "ps", "pp", "pr" or "b"."""
    if verb == "be" and form in ("p", "ps"):
        if form == "p":
            return "are" if number == "p" or person == 2 else ("am" if person == 1 else "is")
        return "were" if number == "p" or person == 2 else "was"
    if form == "b":
        return verb
    return _inflect("en", "V", verb, (("t", form), ("pe", person), ("n", number)))

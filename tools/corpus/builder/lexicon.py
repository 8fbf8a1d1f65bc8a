"""The words: who and what there is, what can be said of it, and what can be done with it."""

from __future__ import annotations

from typing import NamedTuple


class Noun(NamedTuple):
    fr: str  # pyrealb's lemma
    en: str
    g: str  # "m" or "f"
    kind: str  # "human", "name", "animal", "food", "mass", "thing", "place"
    adjectives: tuple[str, ...]
    plural: bool


class Adjective(NamedTuple):
    fr: str
    en: str
    before: bool  # stands before the noun in French


class Verb(NamedTuple):
    fr: str
    en: str
    particle: tuple[str, ...] = ()  # "look for": ("for",)
    aux: str = "avoir"
    reflexive: bool = False
    stative: bool = False  # no "was …ing"


_ADJECTIVES = """
before: petit small | grand big | vieux old | jeune young | beau beautiful | joli pretty | bon good
        | nouveau new | long long | gentil kind | gros fat
after:  noir black | blanc white | rouge red | bleu blue | vert green | jaune yellow | gris grey
        | brun brown | froid cold | chaud hot | triste sad | content happy | fatigué tired
        | malade sick | rapide fast | lourd heavy | fermé closed | ouvert open | vide empty
        | propre clean | sale dirty | cassé broken | délicieux delicious | tranquille quiet
        | drôle funny | intelligent clever | timide shy | célèbre famous
"""


def _parse_adjectives() -> dict[str, Adjective]:
    table, before = {}, True
    for line in _ADJECTIVES.replace("\n        |", " |").strip().splitlines():
        place, words = line.split(":")
        before = place == "before"
        for entry in words.split("|"):
            fr, en = entry.split()
            table[fr] = Adjective(fr, en, before)
    return table


ADJECTIVES = _parse_adjectives()

# kind [adjectives]: noun translation gender [+: has a plural here], …
_COLOURS = "rouge bleu vert jaune noir blanc gris"
_NOUNS = f"""
human petit jeune gentil intelligent timide drôle: garçon boy m + | fille girl f +
human petit jeune vieux intelligent timide célèbre: homme man m + | femme woman f + |
    étudiant student m +
human petit gentil timide drôle intelligent: enfant child m +
human vieux jeune gentil timide drôle: voisin neighbour m + | voisine neighbour f | fermier farmer m |
    professeur teacher m
human vieux jeune gentil célèbre intelligent: médecin doctor m | boulanger baker m | cuisinier cook m |
    facteur postman m
human vieux jeune gentil timide drôle: ami friend m + | amie friend f
human petit grand jeune gentil: frère brother m + | sœur sister f +
human : mère mother f | père father m | grand-père grandfather m | grand-mère grandmother f
name : marie marie f | julie julie f | anna anna f | emma emma f | paul paul m | luc luc m |
    thomas thomas m | hugo hugo m
animal petit gros vieux jeune beau noir noir blanc gris: chat cat m + | chien dog m + | lapin
    rabbit m +
animal petit vieux beau noir blanc gris brun: cheval horse m + | oiseau bird m +
animal petit vieux beau noir blanc brun gris: vache cow f + | poule hen f +
animal petit gris blanc brun: souris mouse f | mouton sheep m | canard duck m +
animal petit gros beau rouge gris: poisson fish m
animal petit vieux beau gris brun: renard fox m | loup wolf m
food petit beau bon rouge vert: pomme apple f +
food petit beau bon vert jaune: poire pear f + | banane banana f
food petit beau bon rouge vert: tomate tomato f +
food petit beau bon délicieux: orange orange f | carotte carrot f + | fraise strawberry f +
    | pomme_de_terre potato f +
food petit beau bon délicieux: gâteau cake m + | tarte tart f | œuf egg m +
mass bon délicieux froid chaud: soupe soup f | lait milk m | thé tea m | café coffee m | poulet
    chicken m | riz rice m
mass bon délicieux: pain bread m | fromage cheese m | chocolat chocolate m | salade salad f
mass froid chaud: eau water f
thing petit vieux nouveau beau joli bon drôle: livre book m +
thing vieux nouveau beau joli long drôle triste: histoire story f | chanson song f
thing petit vieux beau joli long: lettre letter f +
thing nouveau long: leçon lesson f +
thing petit vieux nouveau {_COLOURS} propre sale: table table f | chaise chair f + | lit bed m |
    tapis mat m
thing petit grand nouveau propre sale cassé {_COLOURS}: assiette plate f + | tasse cup f + |
    bouteille bottle f +
thing petit grand vieux lourd {_COLOURS} ouvert fermé: boîte box f + | porte door f | fenêtre
    window f
thing petit grand vieux nouveau joli lourd {_COLOURS} vide: sac bag m + | panier basket m
thing petit vieux nouveau joli beau {_COLOURS}: chapeau hat m + | manteau coat m | robe dress f
thing petit vieux nouveau beau rapide {_COLOURS}: vélo bicycle m | voiture car f | bateau boat m
thing petit vieux nouveau joli {_COLOURS}: balle ball f | stylo pen m + | cahier notebook m + |
    parapluie umbrella m
thing petit grand vieux propre sale: couteau knife m
thing petit grand vieux joli: clé key f +
thing petit vieux nouveau: lampe lamp f | radio radio f
thing petit vieux nouveau rapide: train train m | bus bus m
thing petit grand beau joli: cadeau present m
thing petit vieux beau joli drôle: photo photo f + | dessin drawing m
thing petit joli beau rouge bleu jaune blanc: fleur flower f +
thing petit grand vieux beau: arbre tree m + | mur wall m | pont bridge m | toit roof m
place petit grand vieux joli blanc vert gris tranquille: maison house f
place petit grand vieux joli beau tranquille: jardin garden m | église church f
place petit grand vieux joli tranquille: école school f | village village m | ville town f | ferme
    farm f | gare station f
place petit grand vieux joli: magasin shop m | marché market m
place petit grand blanc vert jaune bleu propre: cuisine kitchen f | chambre bedroom f
place petit grand long vieux tranquille: rue street f
place petit grand beau vert tranquille: parc park m | champ field m
place petit grand beau: forêt forest f | plage beach f | rivière river f | lac lake m
place : herbe grass f | musique music f | mer sea f
"""


def _parse_nouns() -> dict[str, Noun]:
    table = {}
    for line in _NOUNS.strip().replace("\n    ", " ").splitlines():
        head, entries = line.split(":")
        kind, *adjectives = head.split()
        for entry in entries.split("|"):
            fr, en, g, *plural = entry.split()
            table[fr] = Noun(fr, en, g, kind, tuple(adjectives), bool(plural))
    return table


NOUNS = _parse_nouns()
FEMININE_OF = {"voisine": "voisin", "amie": "ami"}  # pyrealb derives these from the masculine

# verb translation [particle …] [flags: E être, R reflexive, S stative]
_VERBS = """
manger eat | boire drink | préparer prepare | couper cut | acheter buy | vendre sell | laver wash
| ouvrir open | fermer close | chercher look for | trouver find | perdre lose | voir see |
regarder look at | écouter listen to | attendre wait for | lire read | écrire write | dessiner
draw | casser break | réparer repair | prendre take | donner give | montrer show | apporter bring
| raconter tell | suivre follow | chasser chase | visiter visit | aider help | apprendre learn |
nettoyer clean | aimer like S | habiter live S | dormir sleep | jouer play | courir run | marcher
walk | chanter sing | danser dance | pleurer cry | rire laugh | travailler work | nager swim |
rester stay E S | arriver arrive E | entrer go E | rentrer go E |
reposer rest E R | cacher hide E R | rencontrer meet | porter wear |
vouloir want S | pouvoir can S | devoir must S | aller go E | être be S | avoir have S | pleuvoir
rain
"""


def _parse_verbs() -> dict[str, Verb]:
    table = {}
    for entry in " ".join(_VERBS.split()).split("|"):
        fr, en, *rest = entry.split()
        flags = {word for word in rest if word.isupper()}
        table[fr] = Verb(
            fr,
            en,
            tuple(w for w in rest if not w.isupper()),
            "être" if "E" in flags else "avoir",
            "R" in flags,
            "S" in flags,
        )
    return table


VERBS = _parse_verbs()

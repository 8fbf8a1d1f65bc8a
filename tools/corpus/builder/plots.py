"""What follows from what: who does what next, why, and what things are like."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _table(text: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Parse lines like ``faim: manger pomme | boire eau``; an indented line goes on."""
    rows = (line.split(":") for line in text.strip().replace("\n    ", " ").splitlines())
    return {key: tuple(tuple(entry.split()) for entry in value.split("|")) for key, value in rows}


def _actions(text: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """Parse (verb, object) entries; a verb alone has the object ""."""
    return {
        key: tuple((verb, *(rest or [""])) for verb, *rest in entries)
        for key, entries in _table(text).items()
    }


def _places(text: str) -> dict[str, frozenset[tuple[str, str]]]:
    """Parse (preposition, noun) entries."""
    return {
        key: frozenset((preposition.replace("_", " "), noun) for preposition, noun in entries)
        for key, entries in _table(text).items()
    }


# Imparfait and plural future only of common verbs, so that no form is rare.
DURATIVE = _words("écouter attendre lire dormir jouer courir chanter")
# Verbs that are heard in the plural; of the others some form would be too rare to learn.
PLURAL = _words(
    "manger regarder chercher écouter lire dormir jouer courir chanter danser travailler boire porter "
    "aller être avoir aimer prendre voir trouver donner"
)
PLURAL_FUTURE = _words("manger regarder chercher jouer chanter dormir courir être")
PLURAL_IMPARFAIT = _words("jouer dormir courir être")
# Participles that may agree with an object pronoun: "l'a trouvée".
AGREEING = _words("trouver")
# What nobody does who is tired or sick.
ACTIVE = _words("jouer courir chanter danser nager marcher rire travailler")
# Adjectives that stay in the singular.
SINGULAR = _words(
    "ouvert fermé lourd vide cassé propre tranquille délicieux froid chaud rapide drôle "
    "intelligent long sale brun vert bleu jaune nouveau bon gentil malade fatigué timide célèbre"
)
# Verbs of some length without a progressive here: "pendant que" may follow them too.
LONG = _words(
    "laver couper réparer nettoyer dessiner boire marcher nager rire apprendre raconter visiter aider suivre"
)
# What is done with others, what is a duty, what one may want, and what takes no "in the kitchen".
TOGETHER = _words(
    "jouer marcher courir chanter danser travailler manger rire préparer regarder visiter écouter "
    "nager lire dessiner attendre laver boire nettoyer"
)
DUTIES = _words("travailler laver préparer lire écouter acheter chercher")
WISHES = _words(
    "jouer manger boire chanter danser dormir lire écouter regarder acheter dessiner nager travailler"
)
HERE = _words(
    "jouer marcher courir chanter danser travailler manger boire lire écrire dessiner dormir "
    "préparer couper chercher trouver rire laver attendre écouter réparer acheter rencontrer "
    "apprendre nager perdre"
)
# Things that are spoken of as "the": there is one in the scene.
UNIQUE = _words(
    "porte fenêtre radio toit mer musique cuisine train bus herbe rivière lac gare chambre rue "
    "magasin professeur médecin tapis lit leçon école marché"
)
# What may be done to several things in one breath, and what is not one of several.
LISTED = _words(
    "manger préparer couper acheter vendre laver ouvrir fermer chercher trouver perdre regarder lire "
    "écrire dessiner casser réparer prendre apporter visiter nettoyer porter montrer voir"
)
ALONE = _words("train bus photo rivière mer lac radio musique")
# Of which there is one, wherever the story plays.
SOLE = _words("mer herbe école gare marché plage cuisine ville lac rivière")
# Of these one buys or eats more than one.
MANY = _words("fraise carotte tomate")
OWNED = _words(
    "livre stylo cahier sac chapeau manteau robe vélo voiture balle clé parapluie photo chien chat "
    "lettre dessin panier"
)
# What is part of what: "la porte de la maison".
PART_OF = {
    part: wholes
    for part, (wholes,) in _table("""
porte: maison école église ferme magasin chambre cuisine
fenêtre: maison école chambre cuisine magasin
cuisine: maison ferme école
chambre: maison ferme
jardin: maison école église
toit: maison ferme église gare école
mur: jardin parc maison école
rue: village ville
gare: village ville
parc: ville village
magasin: village ville gare
église: village ville
école: village ville
arbre: jardin parc
herbe: parc jardin
pont: rivière village ville
champ: ferme village
lac: forêt parc
""").items()
}
KIN = _words("mère père grand-père grand-mère frère sœur ami amie voisin voisine")
# What is done next with the same thing: verb → (next verb, for these things only)
FRUIT = _words("pomme poire fraise tomate carotte banane orange")
FOOD = FRUIT | _words("pain fromage gâteau tarte poulet chocolat soupe salade riz poisson")
_SETS = {"FRUIT": FRUIT, "FOOD": FOOD, "OWNED": OWNED}
NEXT = {
    verb: tuple(
        (then, frozenset().union(*(_SETS.get(noun, {noun}) for noun in nouns))) for then, *nouns in entries
    )
    for verb, entries in _table("""
acheter: manger FRUIT fromage gâteau pain | lire livre | porter chapeau robe | montrer chapeau
    cheval fleur livre robe vache | donner chapeau fleur livre robe
couper: manger FOOD | donner fleur | préparer pomme_de_terre
laver: manger FRUIT | couper FRUIT pomme_de_terre | préparer pomme_de_terre
trouver: prendre OWNED fleur œuf | montrer OWNED fleur œuf | donner fleur
prendre: lire livre | ouvrir cahier livre sac | manger FOOD | donner balle fleur pomme | regarder
    photo | montrer fleur photo
écrire: lire histoire lettre | montrer histoire lettre
préparer: manger FOOD | boire café thé
dessiner: montrer arbre bateau chat cheval maison oiseau poisson renard
ouvrir: lire lettre livre | fermer boîte fenêtre porte sac
casser: réparer chaise lampe
réparer: vendre radio voiture vélo | laver voiture vélo
perdre: chercher OWNED
chercher: trouver OWNED couteau tasse
apporter: couper gâteau pain | laver carotte pomme_de_terre
""").items()
}
# A feeling, and what one does about it.
FEEL = _actions("""
faim: manger pomme | manger pain | manger fromage | manger pomme_de_terre | préparer soupe |
    manger banane | couper pain | manger gâteau | chercher pain | manger œuf
soif: boire eau | boire lait | boire thé | chercher eau
froid: fermer fenêtre | fermer porte | boire thé | boire café | prendre manteau | chercher manteau
chaud: ouvrir fenêtre | boire eau | ouvrir porte
peur: fermer porte | courir | cacher arbre | pleurer | cacher porte
sommeil: reposer | reposer | dormir lit
fatigué: reposer | reposer | dormir lit | rester
malade: rester | rester | dormir lit | reposer | boire thé
triste: pleurer | écouter musique | rester
content: chanter | danser | rire
""")
ADJECTIVE_FEELINGS = _words("fatigué malade triste content")
# What one does not do without it.
NOT_DONE = _actions("""
faim: manger soupe | manger pain | manger pomme
soif: boire eau | boire lait
peur: courir | pleurer
sommeil: dormir
fatigué: dormir | reposer
content: rire | danser | chanter
""")
# What animals do; what stands there twice is more frequent.
BEAST_ACTS = {
    animal: acts
    for animal, (acts,) in _table("""
chat: dormir être être être jouer attendre cacher
chien: dormir être être courir jouer attendre
souris: être courir cacher dormir
oiseau: chanter être chanter
lapin: courir être dormir cacher
poule: être courir dormir
vache: être dormir marcher
cheval: courir être dormir marcher
mouton: être dormir marcher
canard: nager être dormir
renard: courir cacher être dormir
loup: courir cacher être dormir
poisson: nager
""").items()
}
# Where an animal can do it.
HOLDS = _places("""
nager: dans lac | dans mer | dans rivière
courir: dans champ | dans cuisine | dans forêt | dans herbe | dans jardin | dans maison | dans
    parc | dans rue | derrière maison | derrière mur | sur plage
jouer: dans champ | dans cuisine | dans herbe | dans jardin | dans maison | dans parc | dans rue |
    derrière chaise | derrière maison | derrière porte | devant maison | devant porte | près_de
    mer | près_de mur | sous arbre | sous chaise | sous table | sur plage | sur tapis
marcher: dans champ | dans herbe | dans rue | près_de rivière | sur plage
cacher: derrière arbre | derrière bateau | derrière chaise | derrière maison | derrière mur |
    derrière porte | derrière voiture | sous chaise | sous lit | sous pont | sous table | sous
    voiture
""")
# Who chases whom.
CHASES = (
    ("chien", "chat"),
    ("chat", "souris"),
    ("chat", "oiseau"),
    ("renard", "poule"),
    ("loup", "mouton"),
    ("chien", "lapin"),
    ("renard", "lapin"),
    ("chien", "canard"),
    ("loup", "lapin"),
)
# What a thing may be like.
DESCRIBE = {
    thing: adjectives
    for thing, (adjectives,) in _table("""
maison: petit vieux grand beau tranquille
jardin: petit beau grand tranquille
livre: long vieux bon drôle
histoire: long triste drôle beau
soupe: chaud bon froid délicieux
gâteau: grand bon délicieux petit
sac: lourd vieux vide sale grand
robe: beau vieux sale propre joli long
voiture: rapide vieux sale propre
vélo: vieux rapide sale cassé
village: petit tranquille beau vieux
café: chaud bon froid
boîte: lourd vide ouvert fermé grand
panier: lourd vide petit
porte: ouvert fermé vieux lourd
fenêtre: ouvert fermé sale propre
tasse: sale vide cassé petit
assiette: sale propre vide cassé
chanson: triste beau long drôle
lampe: cassé vieux petit
radio: cassé vieux petit
bateau: petit rapide vieux beau
eau: froid propre
forêt: tranquille beau grand
chapeau: petit vieux beau sale
manteau: chaud lourd vieux long
tarte: bon délicieux petit grand
thé: chaud froid bon
école: petit vieux ouvert fermé
magasin: ouvert fermé petit vieux
""").items()
}
# Not said of one thing in one breath.
OPPOSITE = [
    set(pair.split())
    for pair in (
        "grand petit",
        "gros petit",
        "nouveau vieux",
        "chaud froid",
        "fermé ouvert",
        "propre sale",
        "bon délicieux",
        "beau joli",
        "drôle triste",
        "long petit",
        "beau sale",
        "lourd vide",
        "cassé nouveau",
    )
]
GOOD = _words("beau bon nouveau rapide propre délicieux joli drôle tranquille")
BAD = _words("vieux sale cassé lourd froid triste vide")

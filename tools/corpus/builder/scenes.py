"""Where the sentences play: each scene has its people, animals, things to do and places to be."""

from __future__ import annotations

from typing import NamedTuple


class Scene(NamedTuple):
    name: str
    at: tuple[tuple[str, str], ...]  # where it happens: (preposition, noun)
    people: tuple[str, ...]
    beasts: tuple[str, ...]
    acts: tuple[tuple[str, tuple[str, ...]], ...]  # (verb, objects); no objects: the verb alone
    spots: tuple[tuple[str, str], ...]  # where a thing or an animal may be
    objects: tuple[str, ...]  # what may lie there


_FAMILY = "garçon fille homme femme enfant mère père grand-père grand-mère frère sœur"
_SCENES = {
    "kitchen": f"""
        at: dans cuisine
        people: {_FAMILY} cuisinier cuisinier boulanger voisine
        beasts: chat chat chien souris
        acts: préparer soupe gâteau salade tarte poulet thé café riz | manger pomme poire pain
            fromage soupe gâteau tarte poulet salade chocolat riz banane orange œuf | boire lait
            eau thé café | couper pain fromage carotte tomate pomme gâteau pomme_de_terre poire |
            laver assiette tasse couteau pomme carotte tomate pomme_de_terre bouteille | ouvrir
            fenêtre porte boîte bouteille | fermer fenêtre porte boîte | chercher couteau tasse
            assiette bouteille clé panier | casser assiette tasse bouteille | nettoyer table
            cuisine chaise | travailler | chanter | écouter radio musique | préparer
            pomme_de_terre carotte | apporter pain panier gâteau pomme_de_terre
        spots: sur table | sur table | sur chaise | sur tapis | sur tapis | sous table | sous
            chaise | devant porte | devant fenêtre | derrière porte | à_côté_de fenêtre | près_de
            table
        objects: pomme poire pain fromage gâteau tarte assiette tasse bouteille couteau panier
            boîte pomme_de_terre carotte œuf chaise clé""",
    "parlour": f"""
        at: dans maison | dans chambre
        people: {_FAMILY} étudiant ami amie voisin
        beasts: chat chat chat chien souris
        acts: lire livre lettre histoire livre | écouter radio chanson musique | écrire lettre
            histoire | apprendre chanson leçon | regarder photo dessin | raconter histoire |
            chercher livre clé photo chapeau manteau stylo | ouvrir fenêtre porte lettre cadeau
            boîte | fermer fenêtre porte boîte | dessiner chat maison arbre fleur | prendre livre
            photo manteau chapeau tasse | réparer radio lampe chaise lit | nettoyer chambre tapis
            table lampe | dormir | reposer | jouer | chanter | danser | rire | travailler | boire thé café
            lait | porter chapeau robe manteau | casser lampe chaise
        spots: sur tapis | sur tapis | sur tapis | sur chaise | sur lit | sur table | sous lit |
            sous table | sous chaise | sur tapis | devant porte | devant fenêtre | derrière porte
            | à_côté_de lit | à_côté_de lampe | près_de fenêtre | derrière chaise
        objects: livre lettre photo lampe radio clé sac chapeau boîte cadeau stylo tapis manteau
            tasse""",
    "garden": f"""
        at: dans jardin
        people: {_FAMILY} voisin voisine ami amie
        beasts: chat chat chien chien oiseau lapin poule souris canard
        acts: couper fleur | regarder fleur arbre oiseau dessin | chercher balle chapeau chien
            chat lapin panier | trouver balle fleur œuf | prendre fleur pomme panier balle |
            manger pomme poire fraise tomate | dessiner fleur arbre oiseau maison | laver vélo
            voiture chien table | réparer vélo voiture mur toit | travailler | jouer | courir |
            dormir | reposer | chanter | danser | écouter oiseau musique | lire livre lettre | apporter
            fleur chaise panier
        spots: sous arbre | sous arbre | derrière arbre | derrière mur | devant maison | dans
            herbe | sur mur | sur toit | près_de mur | sur chaise | sous chaise | à_côté_de arbre
            | derrière maison | devant porte
        objects: balle fleur panier chaise vélo chapeau pomme livre table sac""",
    "school": """
        at: à école
        people: garçon fille enfant étudiant professeur professeur ami amie
        beasts: oiseau chien chat
        acts: lire livre histoire leçon | écrire lettre histoire leçon | dessiner cheval oiseau
            maison chat bateau | chercher stylo cahier livre sac manteau | écouter professeur
            histoire musique chanson | apprendre leçon chanson leçon | visiter ferme | ouvrir
            livre cahier fenêtre porte sac | fermer livre cahier fenêtre porte | perdre stylo
            cahier balle clé | trouver stylo cahier livre | prendre stylo cahier livre | regarder
            dessin photo | jouer | travailler | chanter | rire | porter chapeau robe manteau
        spots: sur table | sous chaise | sous table | devant école | devant porte | devant fenêtre
            | derrière école | derrière arbre | sous arbre | près_de porte
        objects: stylo cahier livre sac dessin balle lettre photo lampe""",
    "town": """
        at: dans rue | à marché | dans ville | dans magasin
        people: homme femme garçon fille voisin voisine professeur médecin boulanger facteur
            fermier ami amie étudiant
        beasts: chien chien chat oiseau cheval
        acts: acheter pomme poire pain fromage fleur chapeau livre carotte tomate banane poisson
            fraise poulet robe | vendre fleur pain fromage pomme livre fraise poisson œuf
            pomme_de_terre | attendre bus train ami professeur médecin | regarder fleur gâteau
            vélo voiture robe chapeau maison | visiter ville église maison | chercher magasin
            église médecin | rencontrer ami voisin professeur amie voisine médecin | perdre clé
            sac parapluie chapeau | trouver clé sac parapluie chapeau | marcher | courir |
            travailler | prendre bus photo | manger banane gâteau pomme | porter manteau chapeau
            robe | apporter lettre cadeau
        spots: devant église | devant magasin | derrière église | sous voiture | derrière voiture
            | sur pont | dans rue | dans parc | devant maison | à_côté_de gare | près_de église |
            devant gare | sur toit
        objects: voiture vélo bus sac fleur panier parapluie""",
    "farm": """
        at: à ferme | dans champ
        people: fermier fermier garçon fille homme femme grand-père grand-mère enfant
        beasts: vache cheval mouton poule canard chien chat souris cheval vache
        acts: travailler | laver cheval voiture pomme_de_terre carotte chien | chercher chien
            vache cheval mouton œuf | fermer porte | ouvrir porte | réparer mur toit porte voiture
            | vendre œuf lait pomme_de_terre fromage poule | regarder vache cheval mouton canard |
            suivre mouton cheval vache | acheter vache poule cheval mouton | couper herbe arbre |
            boire lait eau | manger pain œuf fromage | apporter eau pomme_de_terre carotte |
            dessiner vache poule cheval | trouver œuf
        spots: dans champ | dans champ | sous arbre | derrière mur | devant ferme | derrière ferme
            | dans herbe | près_de rivière | devant porte | derrière arbre | à_côté_de mur
        objects: panier voiture vélo œuf chaise chapeau""",
    "forest": """
        at: dans forêt | près_de lac | près_de rivière
        people: homme femme garçon fille enfant père mère frère sœur ami amie
        beasts: renard loup lapin oiseau canard chien oiseau poisson
        acts: marcher | courir | jouer | chanter | chercher fleur lapin chien chapeau | voir loup
            renard oiseau lapin canard | regarder rivière arbre lac oiseau canard bateau | nager |
            dessiner arbre lac oiseau renard | suivre chien renard lapin | trouver fleur chapeau |
            manger pomme fromage pain fraise | dormir | reposer | écouter oiseau | couper arbre fleur
        spots: sous arbre | derrière arbre | près_de rivière | sur pont | dans herbe | dans forêt
            | près_de lac | sous pont | à_côté_de arbre
        objects: bateau fleur chapeau sac panier""",
    "beach": """
        at: sur plage | à plage
        people: garçon fille enfant homme femme frère sœur père mère ami amie
        beasts: chien chien oiseau poisson chat cheval
        acts: nager | jouer | dormir | reposer | marcher | courir | lire livre lettre | regarder bateau mer
            oiseau | manger orange banane fraise poire chocolat | boire eau | chercher chapeau sac
            balle parapluie | perdre chapeau balle clé | trouver chapeau balle | dessiner bateau
            poisson mer | écouter mer musique radio | prendre photo balle sac parapluie | porter
            chapeau robe
        spots: sur plage | sous parapluie | sur bateau | dans bateau | à_côté_de
            bateau | près_de mer | sous chaise | derrière bateau
        objects: sac chapeau balle parapluie panier bateau livre""",
    "journey": """
        at: à gare | dans train | dans bus
        people: homme femme étudiant garçon fille grand-père grand-mère médecin amie ami voisine
        beasts: chien chat oiseau
        acts: attendre train bus ami amie | acheter livre pomme orange eau café | lire livre
            lettre | dormir | perdre sac chapeau clé parapluie | visiter ville église village
            ferme | prendre train bus | chercher sac clé parapluie | boire café thé eau | manger
            pain fromage banane chocolat | écouter musique | regarder mer rivière photo | écrire
            lettre | rire | porter manteau chapeau robe
        spots: à gare | dans train | devant gare | sur pont | sous chaise | derrière gare | dans
            bus | devant porte | près_de gare | à_côté_de sac
        objects: sac parapluie chapeau livre panier boîte""",
}


def _parse(name: str, text: str) -> Scene:
    fields = {}
    for line in text.strip().replace("\n            ", " ").splitlines():
        key, value = line.split(":")
        fields[key.strip()] = value

    def pairs(key: str) -> tuple[tuple[str, str], ...]:
        rows = (entry.split() for entry in fields[key].split("|"))
        return tuple((p.replace("_", " "), noun) for p, noun in rows)

    acts = tuple(
        (verb, tuple(objects)) for verb, *objects in (entry.split() for entry in fields["acts"].split("|"))
    )
    return Scene(
        name,
        pairs("at"),
        tuple(fields["people"].split()),
        tuple(fields["beasts"].split()),
        acts,
        pairs("spots"),
        tuple(fields["objects"].split()),
    )


SCENES = {name: _parse(name, text) for name, text in _SCENES.items()}

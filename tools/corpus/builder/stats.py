"""Count what is in the shipped files: `python tools/corpus/build.py --stats`."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pyrealb
from pyrealb import PyrealbException

from builder.lexicon import ADJECTIVES, VERBS
from course_utils.text.corpus import Pair, read_pairs
from shipping import table

SPLITS = ("train", "valid", "test", "test_long")
_PLACES = {"sur", "dans", "sous", "devant", "derrière", "près", "à"}


def _forms() -> tuple[set[str], set[str], dict[str, str]]:
    """Feminine adjectives; adjectives after the noun; participles with their auxiliary."""
    pyrealb.loadFr()
    feminine, after, participles = set(), set(), {}
    for fr, adjective in ADJECTIVES.items():
        forms = {g + n: pyrealb.A(fr).g(g).n(n).realize() for g in "mf" for n in "sp"}
        feminine |= {forms["fs"], forms["fp"]} - {forms["ms"], forms["mp"]}
        if not adjective.before:
            after |= set(forms.values())
    for fr, verb in VERBS.items():
        aux = "être" if verb.reflexive else verb.aux
        for g, n in ("ms", "fs", "mp", "fp"):
            try:
                participles[pyrealb.V(fr).t("pp").g(g).n(n).realize()] = aux
            except PyrealbException:  # an intransitive verb: its participle never agrees
                break
    return feminine, after, participles


def _translations(pair: Pair) -> set[tuple[str, str]]:
    return {(pair.source[i], pair.target[j]) for i, j in pair.alignment or ()}


def _follows(pair: Pair, first: Iterable[str], then: Iterable[str], within: int = 1) -> bool:
    first, then, s = set(first), set(then), pair.source
    return any(w in first and then & set(s[i + 1 : i + 1 + within]) for i, w in enumerate(s))


def _crosses(pair: Pair) -> bool:
    links = sorted(pair.alignment or ())
    return any(a[0] < b[0] and a[1] > b[1] for i, a in enumerate(links) for b in links[i + 1 : i + 9])


def _has(*words: str) -> Callable[[Pair], bool]:
    return lambda pair: any(word in pair.source for word in words)


def _says(*links: tuple[str, str]) -> Callable[[Pair], bool]:
    return lambda pair: any(link in _translations(pair) for link in links)


def phenomena() -> dict[str, Callable[[Pair], bool]]:
    """What to look for in a pair, by the name that the datasheet gives it."""
    feminine, after, participles = _forms()
    with_avoir = {form for form, aux in participles.items() if aux == "avoir"}
    with_etre = {form for form, aux in participles.items() if aux == "être"}
    before = {"".join(a.fr) for a in ADJECTIVES.values() if a.before} | {
        "petite",
        "petits",
        "petites",
        "grande",
        "vieil",
        "vieille",
        "belle",
        "bel",
        "jolie",
        "bonne",
        "nouvel",
        "nouvelle",
        "jeunes",
        "gentille",
        "grosse",
        "gros",
        "longue",
    }

    def unaligned_source(pair: Pair) -> bool:
        linked = {i for i, _ in pair.alignment or ()}
        return any(i not in linked for i in range(len(pair.source)))

    def compound_past(pair: Pair) -> bool:
        return _follows(pair, ("a", "ai", "ont"), with_avoir, 3) or _follows(
            pair, ("est", "sont", "suis"), with_etre, 2
        )

    def progressive(pair: Pair) -> bool:
        targets: dict[int, set[str]] = {}
        for i, j in pair.alignment or ():
            targets.setdefault(i, set()).add(pair.target[j])
        return any(
            words & {"was", "were"} and any(w.endswith("ing") for w in words) for words in targets.values()
        )

    return {
        "links that cross": _crosses,
        "adjective after the noun (chat noir)": _has(*sorted(after)),
        "adjective before the noun (petit chat)": _has(*sorted(before)),
        "feminine adjective (noire, petite)": _has(*sorted(feminine)),
        "plural article (les, des, ces, ses, deux …)": _has(
            "les", "des", "ces", "ses", "mes", "leurs", "deux", "trois", "quatre", "cinq", "aux"
        ),
        "ne … pas": _has("pas"),
        "ne … jamais": _has("jamais"),
        "parce que ~ because": _has("parce"),
        "pomme de terre ~ potato": lambda p: (
            _follows(p, ("pomme", "pommes"), ("de",)) and "terre" in p.source
        ),
        "passé composé ~ simple past (a mangé ~ ate)": compound_past,
        "imparfait ~ was …ing (dormait ~ was sleeping)": progressive,
        "future ~ will (mangera ~ will eat)": lambda p: "will" in p.target,
        "future after quand, pendant que ~ present": lambda p: (
            "will" in p.target and bool({"quand", "pendant"} & set(p.source))
        ),
        "va + infinitive ~ is going to": lambda p: (
            "going" in p.target and _follows(p, ("va", "vont"), p.source, 1)
        ),
        "pour + infinitive ~ to": _says(("pour", "to")),
        "object pronoun before the verb (le mange ~ eats it)": _says(
            *((w, e) for w in ("le", "la", "l'") for e in ("it",)), ("les", "them")
        ),
        "qui, que ~ that": _says(("qui", "that"), ("que", "that"), ("qu'", "that")),
        "il y a, il y avait ~ there is, there was": lambda p: _follows(p, ("y",), ("a", "avait")),
        "il, elle ~ it": _says(("il", "it"), ("elle", "it")),
        "il ~ he": _says(("il", "he")),
        "elle ~ she": _says(("elle", "she")),
        "son, sa, ses ~ his": _says(*((w, "his") for w in ("son", "sa", "ses"))),
        "son, sa, ses ~ her": _says(*((w, "her") for w in ("son", "sa", "ses"))),
        "reflexive verb (se repose ~ rests)": _has("se", "s'"),
        "plus … que ~ …er than": _has("plus"),
        "être + a place (est sur le tapis)": lambda p: _follows(
            p, ("est", "sont", "était", "étaient", "sera", "seront"), _PLACES
        ),
        "a French word without a link (du pain ~ bread)": unaligned_source,
        **{f"elision {word}": _has(word) for word in ("l'", "d'", "n'", "qu'", "j'", "s'")},
        **{f"the word {word}": _has(word) for word in ("chat", "noir", "est", "sur", "tapis")},
    }


def report(folder: Path) -> str:
    """Return the counts of the files in `folder`, as Markdown tables."""
    corpus = {name: read_pairs(folder / f"{name}.tsv") for name in SPLITS}
    sides = {
        name: [Counter(token for pair in pairs for token in pair[side]) for side in (0, 1)]
        for name, pairs in corpus.items()
    }
    lines = table(
        (
            "split",
            "pairs",
            "French tokens in a sentence",
            "French tokens",
            "English tokens",
            "French types",
            "English types",
        ),
        (
            (
                name,
                len(pairs),
                f"{min(lengths)}–{max(lengths)}",
                sum(lengths),
                sides[name][1].total(),
                len(sides[name][0]),
                len(sides[name][1]),
            )
            for name, pairs in corpus.items()
            for lengths in [[len(p.source) for p in pairs]]
        ),
    )
    found = phenomena()
    lines += table(
        ("sentences with …", *SPLITS),
        ((name, *(sum(map(test, corpus[split])) for split in SPLITS)) for name, test in found.items()),
    )
    lines += table(
        ("file", "SHA-256"),
        (
            (
                f"{name}.tsv",
                f"`{hashlib.sha256((folder / f'{name}.tsv').read_bytes()).hexdigest()}`",
            )
            for name in SPLITS
        ),
    )
    return "\n".join(lines)

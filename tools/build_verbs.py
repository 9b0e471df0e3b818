"""Build ``service/cues/fr/verbs.json.gz``: what the service knows of every French verb.

Run it after a change to the infinitives or to the conjugation rules:

    python -m tools.build_verbs            # write the table
    python -m tools.build_verbs --check    # say whether the committed table is current
    python -m tools.build_verbs --from-dictionary index.dic    # take infinitives and look-alikes from a hunspell-fr
    .dic

The table is made from our own rules (`service.conjugation`) over the infinitives of hunspell-fr (see ``tools/data``).
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from pathlib import Path

from service.conjugation import FUTURE, IMPERFECT, conjugate
from service.verbs import TABLE

DATA = Path(__file__).parent / "data"
INFINITIVES = DATA / "infinitives.txt"
LOOK_ALIKES = DATA / "look-alikes.txt"
# Participles of *plaire* and *luire*, but other words nearly always: "n'est plus", "a été lui".
_NO_PARTICIPLES = {"plus", "lui"}
_VERB_FLAG = re.compile(r"[a-z]")
_INFINITIVE = re.compile(r"[a-zà-ÿœæ]+(?:er|ir|ïr|re|oir)")
_HEADER = """# {what}
# From hunspell-fr 7.5 (dictionary-fr 3.0.0), (c) Olivier R. and contributors, https://grammalecte.net/, MPL 2.0.
"""


def build() -> bytes:
    """The table, byte for byte the same for the same data: gzip of sorted JSON."""
    look_alikes = set(_read(LOOK_ALIKES))
    futures: dict[str, str] = {}
    imperfects: set[str] = set()
    finite: set[str] = set()
    participles: set[str] = set()
    for infinitive in _read(INFINITIVES):
        paradigm = conjugate(infinitive)
        for form in paradigm["future"]:
            if form.endswith(FUTURE[0]):  # first person singular: stem + "ai"
                futures.setdefault(form[: -len(FUTURE[0])], infinitive)
        imperfects.update(form[: -len(IMPERFECT[0])] for form in paradigm["imperfect"][:1])
        if paradigm["imperfect"]:
            imperfects.add(paradigm["imperfect"][3][: -len("ions")])
        for mood in ("indicative-present", "simple-past", "subjunctive-present", "imperative"):
            finite.update(form for form in paradigm[mood] if form)
        participles.update(paradigm["past-participle"])
    table = {
        "futures": futures,
        "imperfects": sorted(imperfects),
        "finite": sorted(finite),
        "participles": sorted(participles - _NO_PARTICIPLES),
        "look_alikes": sorted(look_alikes & finite),
    }
    text = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return gzip.compress(text.encode(), mtime=0)


def refresh(dictionary: Path) -> None:
    """Take the infinitives, and the words that look like a finite form and are none, from a hunspell-fr .dic file."""
    infinitives: set[str] = set()
    others: set[str] = set()
    for line in dictionary.read_text(encoding="utf-8").split("\n")[1:]:
        word, _, flags = line.split("\t")[0].split(" ")[0].partition("/")
        if _VERB_FLAG.match(flags) and _INFINITIVE.fullmatch(word):
            infinitives.add(word)
        elif word and word == word.lower():
            others.add(word)
            if flags.startswith(("S", "F", "A", "I", "X", "W")):
                others.add(word + "s")
            if flags.startswith("F"):
                others.update((word + "e", word + "es"))
    finite: set[str] = set()
    known: list[str] = []
    for infinitive in sorted(infinitives):
        try:
            paradigm = conjugate(infinitive)
        except ValueError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        known.append(infinitive)
        finite.update(
            form for mood in ("indicative-present", "simple-past", "subjunctive-present") for form in paradigm[mood]
        )
    _write(INFINITIVES, "Infinitives of French, one a line.", known)
    _write(
        LOOK_ALIKES,
        "Nouns, adjectives and other words that are spelled like a finite verb form.",
        sorted(others & finite),
    )


def _read(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line and not line.startswith("#")]


def _write(path: Path, what: str, words: list[str]) -> None:
    path.write_text(_HEADER.format(what=what) + "\n".join(words) + "\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.build_verbs", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="exit 1 when the committed table is not current")
    parser.add_argument(
        "--from-dictionary", type=Path, metavar="DIC", help="a hunspell-fr .dic file to take the words from"
    )
    options = parser.parse_args(arguments)
    if options.from_dictionary:
        refresh(options.from_dictionary)
    content = build()
    if options.check:
        current = TABLE.exists() and gzip.decompress(TABLE.read_bytes()) == gzip.decompress(content)
        print(f"{TABLE}: {'current' if current else 'out of date; run python -m tools.build_verbs'}")
        return 0 if current else 1
    TABLE.write_bytes(content)
    print(f"{TABLE}: {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The challenge set: sentences of our own that the cue engine has to read right, whole sentence by whole sentence.

``tests/challenge/*.toml`` holds minimal pairs: cases whose ids differ in the last letter share their words and differ
in what decides. A third of the pairs, drawn at random (seed 20261125) and marked ``held_out`` in the files (mark every
third new pair), is only run: its failures are never printed, so that rules are not written for it.

    python -m tools.challenge              numbers of both parts
    python -m tools.challenge hedge        the failures of one category in the open part
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from service.article import CATEGORIES, KINDS, LINK_TYPES, SOURCE_KINDS, Article
from service.lexicon import Lexicon
from service.sources import analyse
from service.text import from_text

FOLDER = Path(__file__).parent.parent / "tests" / "challenge"
_WITHOUT_SUBJECTIVE = tuple(category for category in CATEGORIES if category != "subjective")
_CUE = re.compile(r"(?:(\d+) )?(\w+)(?: (\w+))? = (?:#([1-9]) )?(.+)$", re.DOTALL)
_LINK = re.compile(r"(\d+) (\w+) (\d+)$")


class ChallengeError(ValueError):
    """A case that cannot be read: file, id, what is wrong."""


class Expected(NamedTuple):
    """A span that the case wants: offsets in its text, and the kind of source if it is one."""

    category: str
    start: int
    end: int
    source_kind: str


class Case(NamedTuple):
    """One case: a text, the spans, kinds and links it should give."""

    id: str
    trap: str
    text: str
    cues: tuple[Expected, ...]
    kinds: tuple[str, ...]
    links: frozenset[tuple[int, str, int]]
    held_out: bool
    is_graded: bool  # its evaluative words are marked; the cases of most files do not say what is subjective

    @property
    def pair(self) -> str:
        """Members of one minimal pair share this."""
        return _pair(self.id)


class Tally:
    """Spans found and wanted of one category; a span counts when one of its category overlaps it."""

    def __init__(self) -> None:
        self.found = self.right = self.wanted = self.met = 0

    @property
    def precision(self) -> float:
        """Share of the spans found that were wanted; 1 when none was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the spans wanted that were found; 1 when none was wanted."""
        return self.met / self.wanted if self.wanted else 1.0


def read(folder: Path = FOLDER) -> list[Case]:
    """All cases, in file order; raises `ChallengeError` for words that are not in the text and for double ids."""
    tables: list[tuple[str, dict[str, Any]]] = []
    for path in sorted(folder.glob("*.toml")):
        tables += [(path.name, table) for table in tomllib.loads(path.read_text(encoding="utf-8"))["case"]]
    held_out: dict[str, bool] = {}
    seen: set[str] = set()
    cases = []
    for name, table in tables:
        where = f"{name}: case {table['id']!r}"
        if table["id"] in seen:
            raise ChallengeError(f"{where}: the id stands twice")
        seen.add(table["id"])
        case = _case(where, table)
        if held_out.setdefault(case.pair, case.held_out) != case.held_out:
            raise ChallengeError(f"{where}: held_out for one member of the pair and not for the other")
        cases.append(case)
    return cases


def _pair(case_id: str) -> str:
    return re.sub(r"[a-z]$", "", case_id)


def _case(where: str, table: dict[str, Any]) -> Case:
    text = table["text"]
    sentences = from_text(text).sentences
    cues = []
    allowed = CATEGORIES if table.get("subjective") else _WITHOUT_SUBJECTIVE
    for line in table["cues"]:
        match = _CUE.match(line)
        if not match or match[2] not in allowed or (match[2] == "source") != (match[3] in SOURCE_KINDS):
            raise ChallengeError(f"{where}: {line!r} is not '[sentence] category [kind] = words'")
        index, nth, words = int(match[1] or 0), int(match[4] or 1), match[5]
        if index >= len(sentences):
            raise ChallengeError(f"{where}: {line!r}: there are {len(sentences)} sentences")
        start = sentences[index].start - 1
        for _ in range(nth):
            start = text.find(words, start + 1, sentences[index].end)
            if start < 0:
                raise ChallengeError(f"{where}: {words!r} does not stand in sentence {index}")
        cues.append(Expected(match[2], start, start + len(words), match[3] or ""))
    links = set()
    for line in table.get("links", ()):
        match = _LINK.match(line)
        if not match or match[2] not in LINK_TYPES:
            raise ChallengeError(f"{where}: {line!r} is not 'sentence type sentence'")
        links.add((int(match[1]), match[2], int(match[3])))
    kinds = tuple(table["kinds"])
    if not set(kinds) <= set(KINDS) or len(kinds) > len(sentences):
        raise ChallengeError(f"{where}: kinds {kinds} are not one of {', '.join(KINDS)} for each sentence")
    held_out, is_graded = (bool(table.get(key, False)) for key in ("held_out", "subjective"))
    return Case(table["id"], table["trap"], text, tuple(cues), kinds, frozenset(links), held_out, is_graded)


def tallies(lexicon: Lexicon, cases: Iterable[Case]) -> dict[str, Tally]:
    """Counts by category, and for ``source kind``, ``kind`` and the types of link."""
    counts = {name: Tally() for name in (*CATEGORIES, "source kind", "kind", *LINK_TYPES)}
    for case in cases:
        article = analyse(from_text(case.text), lexicon)
        for category, found, wanted in _spans(case, article):
            tally = counts[category]
            tally.found += len(found)
            tally.wanted += len(wanted)
            tally.right += sum(any(_overlap(a, b) for b in wanted) for a in found)
            tally.met += sum(any(_overlap(a, b) for b in found) for a in wanted)
        for name, pairs in (("source kind", _source_kinds(case, article)), ("kind", _kinds(case, article))):
            _add_pairs(counts[name], pairs)
        links = {(link.sentence, link.type, link.target) for link in article.links}
        for link_type in LINK_TYPES:
            ours = {link for link in links if link[1] == link_type}
            theirs = {link for link in case.links if link[1] == link_type}
            tally = counts[link_type]
            tally.found, tally.wanted = tally.found + len(ours), tally.wanted + len(theirs)
            tally.right, tally.met = tally.right + len(ours & theirs), tally.met + len(ours & theirs)
    return counts


def failures(lexicon: Lexicon, cases: Iterable[Case], category: str) -> Iterator[str]:
    """What goes wrong in the open part, a line a case."""
    for case in cases:
        if case.held_out:
            continue
        article = analyse(from_text(case.text), lexicon)
        faults: list[str] = []
        for name, found, wanted in _spans(case, article):
            if name == category:
                extra = [case.text[a:b] for a, b in found if not any(_overlap((a, b), c) for c in wanted)]
                missed = [case.text[a:b] for a, b in wanted if not any(_overlap((a, b), c) for c in found)]
                faults += [f"+ {words!r}" for words in extra] + [f"- {words!r}" for words in missed]
        if category == "source kind":
            faults += [f"{ours}, not {theirs}" for ours, theirs in _source_kinds(case, article) if ours != theirs]
        if category == "kind":
            faults += [f"{ours}, not {theirs}" for ours, theirs in _kinds(case, article) if ours != theirs]
        if category in LINK_TYPES:
            links = {(x.sentence, x.type, x.target) for x in article.links if x.type == category}
            wanted_links = {link for link in case.links if link[1] == category}
            faults += [f"+ {link}" for link in links - wanted_links] + [f"- {link}" for link in wanted_links - links]
        if faults:
            yield f"{case.id}: {'; '.join(faults)} | {' '.join(case.text.split())}"


def _spans(case: Case, article: Article) -> Iterator[tuple[str, list[tuple[int, int]], list[tuple[int, int]]]]:
    for category in CATEGORIES if case.is_graded else _WITHOUT_SUBJECTIVE:
        found = [(cue.start, cue.end) for cue in article.cues if cue.category == category]
        wanted = [(cue.start, cue.end) for cue in case.cues if cue.category == category]
        yield category, found, wanted


def _source_kinds(case: Case, article: Article) -> list[tuple[str, str]]:
    """Ours and theirs, of the sources that both mark."""
    return [
        (ours.source_kind or "", theirs.source_kind)
        for ours in article.cues
        if ours.category == "source"
        for theirs in case.cues
        if theirs.category == "source" and _overlap((ours.start, ours.end), (theirs.start, theirs.end))
    ]


def _kinds(case: Case, article: Article) -> list[tuple[str, str]]:
    if len(article.kinds) != len(case.kinds):
        return [("split otherwise", f"{len(case.kinds)} sentences")]
    return list(zip(article.kinds, case.kinds, strict=True))


def _add_pairs(tally: Tally, pairs: list[tuple[str, str]]) -> None:
    right = sum(ours == theirs for ours, theirs in pairs)
    tally.found, tally.wanted = tally.found + len(pairs), tally.wanted + len(pairs)
    tally.right, tally.met = tally.right + right, tally.met + right


def _overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def main(category: str = "") -> None:
    """Print numbers, or the failures of one category."""
    lexicon, cases = Lexicon.load(), read()
    if category:
        print("\n".join(failures(lexicon, cases, category)))
        return
    parts = [[case for case in cases if case.held_out == held_out] for held_out in (False, True)]
    print(f"{len(cases)} cases: {len(parts[0])} open, {len(parts[1])} held out\n")
    print(f"{'':14} {'open':>24} {'held out':>24}\n{'':14} {'n':>6} {'P':>8} {'R':>8} {'n':>6} {'P':>8} {'R':>8}")
    both = [tallies(lexicon, part) for part in parts]
    for name in both[0]:
        cells = [f"{t.wanted:6} {t.precision:8.3f} {t.recall:8.3f}" for t in (counts[name] for counts in both)]
        print(f"{name:14} {' '.join(cells)}")


if __name__ == "__main__":
    main(*sys.argv[1:2])

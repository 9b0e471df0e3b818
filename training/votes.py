"""From texts and blind label files to one labelled article: sheets for labellers, their votes, and what they agree on.

A labeller sees a numbered sheet (`sheet`) and writes kind, level, spans (words quoted) and links of every sentence in a
file of its own (`read_labels`). `merge` keeps every vote and derives the labels:

- kind: what most say; level: the median of those who say that kind, the lower of two (annotation guideline, section 7);
- spans and links: what at least two mark, where two labelled, or three.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from service.article import CATEGORIES, KINDS, LINK_TYPES, SOURCE_KINDS
from training.dataset import read
from training.encode import ARTICLE, BLOCKS, CUE, LINK, EncodeError, lines_of, with_offsets

_ANSWER = re.compile(r"=== ([\w-]+)")
_SENTENCE = re.compile(r"--- (\d+) (\w+) ([0-4-])$")
SAME = str.maketrans({"’": "'", "\u00a0": " ", "\u202f": " "})  # what labellers may type otherwise


class Cue(NamedTuple):
    """A span that a labeller marked, offsets in the article; ``source_kind`` is "" unless the category is source."""

    category: str
    start: int
    end: int
    source_kind: str = ""


class Vote(NamedTuple):
    """One labeller's reading of one sentence.

    ``model`` and ``blind`` are a moderator's: the version whose score was there, and whether it was hidden until then.
    ``settles``: they were asked because two others disagreed, and theirs is the label.
    """

    kind: str
    level: int | None
    cues: tuple[Cue, ...]
    links: tuple[tuple[str, int], ...]
    model: str | None = None
    blind: bool | None = None
    settles: bool = False


def read_texts(lines: Iterable[str], name: str = "<input>") -> list[dict[str, Any]]:
    """Unlabelled articles: ``=== id | genre | region``, then a line a sentence that begins with its block word.

    Raises `EncodeError` with every fault of the file.
    """
    faults: list[str] = []
    articles: list[dict[str, Any]] = []
    for number, line in enumerate(lines, 1):
        line = line.rstrip("\n").strip(" ")
        if not line:
            continue
        block, _, text = line.partition(" ")
        if match := ARTICLE.match(line):
            article_id, genre, region = (part.strip() for part in match.groups())
            articles.append({"id": article_id, "genre": genre, "region": region, "sentences": []})
        elif not articles or block not in BLOCKS or not text.strip():
            faults.append(
                f"{name}:{number}: neither '=== id | genre | region' nor a block word and a sentence: {line!r}"
            )
        else:
            unlabelled: dict[str, Any] = {"kind": None, "level": None, "cues": [], "links": []}
            articles[-1]["sentences"].append({"block": block, "text": text.strip(" "), **unlabelled})
    twice = [article_id for article_id, count in Counter(article["id"] for article in articles).items() if count > 1]
    faults += [f"{name}: article id {article_id!r} stands twice" for article_id in twice]
    faults += [f"{name}: {article['id']}: no sentence" for article in articles if not article["sentences"]]
    if faults:
        raise EncodeError(faults)
    return [with_offsets(article) for article in articles]


def read_articles(path: Path) -> list[dict[str, Any]]:
    """Articles of a text file (`read_texts`) or of a corpus file (``.jsonl``)."""
    if path.suffix == ".jsonl":
        return read([path])
    return read_texts(lines_of(path), path.name)


def sheet(articles: Iterable[dict[str, Any]], *, disputed: bool = False) -> str:
    """What a labeller sees: numbered sentences, a blank line before each block, and nothing that anybody labelled.

    With ``disputed`` only articles whose votes need another one, their sentences in question starred: ``[*8]``.
    """
    lines = []
    for article in articles:
        starred = {sentence["index"] for sentence in article["sentences"] if disputed and is_disputed(_given(sentence))}
        if disputed and not starred:
            continue
        lines += ["", f"=== {article['id']}"]
        starts = {block["start"] for block in article["blocks"]}
        for sentence in article["sentences"]:
            if sentence["start"] in starts:
                lines.append("")
            star = "*" if sentence["index"] in starred else ""
            lines.append(f"[{star}{sentence['index']}] {' '.join(sentence['text'].split())}")
    return "\n".join(lines[1:]) + "\n"


def read_labels(
    lines: Iterable[str], articles: Sequence[dict[str, Any]], name: str = "<input>"
) -> dict[str, list[Vote | None]]:
    """Votes of one labeller by article id, one a sentence; raises `EncodeError` with every fault of the file.

    Only in an article that others have labelled may sentences be left out (None): the sheet may ask for some alone.
    """
    reader = _LabelReader(articles, name)
    for number, line in enumerate(lines, 1):
        reader.read(number, line.strip())
    return reader.votes()


class _LabelReader:
    """Reads a label file line by line; collects faults instead of stopping at the first one."""

    def __init__(self, articles: Sequence[dict[str, Any]], name: str) -> None:
        self.name = name
        self.articles = {article["id"]: article for article in articles}
        self.faults: list[str] = []
        self.found: dict[str, dict[int, dict[str, Any]]] = {}
        self._article: dict[str, Any] | None = None
        self._is_unknown = False
        self._sentence: dict[str, Any] | None = None
        self._vote: dict[str, Any] = {}

    def read(self, number: int, line: str) -> None:
        if not line or line.startswith("#"):
            return
        if match := _ANSWER.match(line):
            self._article, self._sentence = self.articles.get(match[1]), None
            self._is_unknown = self._article is None
            if self._is_unknown:
                self._fault(number, f"no article {match[1]!r}")
        elif self._is_unknown:
            return  # said once
        elif self._article is None:
            self._fault(number, "an answer starts with '=== id'")
        elif line.startswith("---"):
            self._open(number, line)
        elif self._sentence is None:
            self._fault(number, "a sentence starts with '--- number kind level'")
        elif match := LINK.match(line):
            if match[1] not in LINK_TYPES or not 0 <= int(match[2]) < len(self._article["sentences"]):
                self._fault(number, f"{line!r}: expected one of {', '.join(LINK_TYPES)} and a sentence of the article")
            elif int(match[2]) == self._sentence["index"]:
                self._fault(number, f"{line!r}: a sentence has no link to itself")
            self._vote["links"].append((match[1], int(match[2])))
        elif match := CUE.match(line):
            self._cue(number, match)
        else:
            self._fault(number, f"not a cue ('category = words') nor a link ('link type number'): {line!r}")

    def votes(self) -> dict[str, list[Vote | None]]:
        by_article: dict[str, list[Vote | None]] = {}
        for article_id, article in self.articles.items():
            answers, sentences = self.found.get(article_id, {}), article["sentences"]
            by_article[article_id] = [_vote(answers.get(sentence["index"])) for sentence in sentences]
            missing = [s["index"] for s in sentences if s["index"] not in answers and not s.get("votes")]
            if missing:
                self.faults.append(f"{self.name}: {article_id}: sentences {missing} are not labelled")
        if self.faults:
            raise EncodeError(self.faults)
        return by_article

    def _fault(self, number: int, message: str) -> None:
        self.faults.append(f"{self.name}:{number}: {message}")

    def _open(self, number: int, line: str) -> None:
        assert self._article is not None
        match = _SENTENCE.match(line)
        if not match or int(match[1]) >= len(self._article["sentences"]):
            self._fault(number, f"{line!r}: expected '--- number kind level' with a sentence of the article")
            self._sentence = None
            return
        index, kind, level = int(match[1]), match[2], match[3]
        if index in self.found.get(self._article["id"], ()):
            self._fault(number, f"sentence {index} is labelled a second time")
        if kind not in KINDS or (kind == "none") != (level == "-"):
            self._fault(number, f"{line!r}: expected a kind ({', '.join(KINDS)}), and level '-' for none alone")
        self._sentence = self._article["sentences"][index]
        self._vote = {"kind": kind, "level": None if level == "-" else int(level), "cues": [], "links": []}
        self.found.setdefault(self._article["id"], {})[index] = self._vote

    def _cue(self, number: int, match: re.Match[str]) -> None:
        assert self._sentence is not None
        category, kind, nth, words = match.groups()
        if category not in CATEGORIES or (category == "source") != (kind in SOURCE_KINDS):
            self._fault(number, f"{match[0]!r}: expected a category, and for source its kind")
            return
        pattern = r"\s+".join(map(re.escape, words.translate(SAME).split()))
        # Whole words: "un" does not stand in "aucun"; "d'" may stand before "un".
        pattern = (r"\b" if words[0].isalnum() else "") + pattern + (r"\b" if words[-1].isalnum() else "")
        places = list(re.finditer(pattern, self._sentence["text"].translate(SAME)))
        if len(places) < int(nth or 1):
            self._fault(number, f"these words do not stand in the sentence: {words!r}")
            return
        place, base = places[int(nth or 1) - 1], self._sentence["start"]
        self._vote["cues"].append(Cue(category, base + place.start(), base + place.end(), kind or ""))


def _vote(answer: dict[str, Any] | None) -> Vote | None:
    if answer is None:
        return None
    return Vote(
        answer["kind"], answer["level"], tuple(sorted(set(answer["cues"]))), tuple(sorted(set(answer["links"])))
    )


def _given(sentence: dict[str, Any]) -> dict[str, Vote]:
    """The votes that a corpus sentence holds already, by labeller."""
    return {
        vote["by"]: Vote(
            vote["kind"],
            vote["level"],
            tuple(Cue(*cue) for cue in vote["cues"]),
            tuple((kind, target) for kind, target in vote["links"]),
            vote.get("model"),
            vote.get("blind"),
            vote.get("settles", False),
        )
        for vote in sentence.get("votes", ())
    }


def is_disputed(votes: Mapping[str, Vote]) -> bool:
    """Whether the votes need another one: as many for two kinds, or two votes that are two levels apart."""
    kinds = Counter(vote.kind for vote in votes.values()).most_common(2)
    if len(kinds) > 1 and kinds[0][1] == kinds[1][1]:
        return True
    levels = [vote.level for vote in votes.values() if vote.level is not None]
    return len(votes) == len(levels) == 2 and abs(levels[0] - levels[1]) > 1


def merge(article: dict[str, Any], votes: Mapping[str, Sequence[Vote | None]]) -> dict[str, Any]:
    """The article with its labels, the votes that it holds and ``votes``: a labeller's, one a sentence (None: none)."""
    sentences = []
    for index, sentence in enumerate(article["sentences"]):
        further = {name: vote for name, given in votes.items() if (vote := given[index]) is not None}
        sentences.append(_merged(article["text"], sentence, {**_given(sentence), **further}))
    return {**article, "sentences": sentences}


def _merged(text: str, sentence: dict[str, Any], by_labeller: dict[str, Vote]) -> dict[str, Any]:
    given = list(by_labeller.values())
    place = {key: sentence[key] for key in ("index", "start", "end", "text")}
    if not given:
        return {**place, "kind": None, "level": None, "votes": [], "cues": [], "links": []}
    # Of kinds with as many votes the last labeller decides: the third, where there is one.
    counts = Counter(vote.kind for vote in given)
    kind = max(reversed(given), key=lambda vote: counts[vote.kind]).kind
    settling = [vote for vote in given if vote.settles][-1:]
    kind = settling[0].kind if settling else kind
    levels = sorted(vote.level for vote in settling or given if vote.kind == kind and vote.level is not None)
    needed = min(2, len(given))
    cues = [
        {"category": cue.category, "start": cue.start, "end": cue.end, "text": text[cue.start : cue.end]}
        | ({"source_kind": cue.source_kind} if cue.source_kind else {})
        for cue in _agreed([vote.cues for vote in given], needed)
    ]
    links = Counter(link for vote in given for link in set(vote.links))
    return {
        **place,
        "kind": kind,
        "level": levels[(len(levels) - 1) // 2] if levels else None,
        "votes": [
            {
                "by": name,
                "kind": vote.kind,
                "level": vote.level,
                "cues": [[*cue[:3], *filter(None, cue[3:])] for cue in vote.cues],
                "links": [list(link) for link in vote.links],
            }
            | ({} if vote.model is None else {"blind": vote.blind, "model": vote.model})
            | ({"settles": True} if vote.settles else {})
            for name, vote in by_labeller.items()
        ],
        "cues": cues,
        "links": [
            {"type": kind, "sentence": target} for (kind, target), count in sorted(links.items()) if count >= needed
        ],
    }


def _agreed(marked: Sequence[Sequence[Cue]], needed: int) -> list[Cue]:
    """Spans that enough labellers mark with one that overlaps; the first labeller's words, the most common kind."""
    kept: list[Cue] = []
    for number, cues in enumerate(marked):
        for cue in cues:
            if any(_overlap(cue, other) for other in kept):
                continue
            same = [[other for other in others if _overlap(cue, other)] for others in marked[number:]]
            if sum(map(bool, same)) >= needed:
                kinds = Counter(other.source_kind for others in same for other in others[:1])
                kept.append(cue._replace(source_kind=kinds.most_common(1)[0][0]))
    return sorted(kept, key=lambda cue: (cue.start, cue.end, cue.category))


def _overlap(cue: Cue, other: Cue) -> bool:
    return cue.category == other.category and cue.start < other.end and other.start < cue.end

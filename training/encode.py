"""Turn articles labelled by hand (words quoted, see ``training/corpus/README.md``) into JSON lines with exact offsets.

Labellers quote words; this script finds where they stand, and refuses the whole file, naming every faulty line, when
words are not there.  The output is the corpus format: one JSON object an article, offsets in code points.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from service.article import CATEGORIES, KINDS, LINK_TYPES, SOURCE_KINDS

BLOCKS = {"title": "title", "heading": "heading", "p": "paragraph", "+": "", "li": "list-item", "caption": "caption"}

ARTICLE = re.compile(r"=== ([\w-]+) \| ([\w -]+) \| ([\w ’'-]+)$")
_SENTENCE = re.compile(r"--- (\S+) (\S+) (\S+)$")
CUE = re.compile(r"(\w+)(?: (\w+))? = (?:#([1-9]) )?(.+)$")
LINK = re.compile(r"link (\w+) (\d+)$")


class EncodeError(ValueError):
    """Faults of a labelled file, one a line: ``file:line: what is wrong``."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def encode(lines: Iterable[str], name: str = "<input>") -> list[dict[str, Any]]:
    """Articles of a labelled file, with offsets.

    Raises `EncodeError` with every fault of the file at once: an unknown kind, level, category or link, and words
    that do not stand in their sentence.
    """
    reader = _Reader(name)
    for number, line in enumerate(lines, 1):
        reader.read(number, line.rstrip("\n"))
    reader.finish()
    if reader.faults:
        raise EncodeError(reader.faults)
    return [with_offsets(article) for article in reader.articles]


class _Reader:
    """Reads the format line by line; collects faults instead of stopping at the first one."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[str] = []
        self.articles: list[dict[str, Any]] = []
        self._expects_text = False

    def read(self, number: int, line: str) -> None:
        if self._expects_text:
            if not line.strip():
                self._fault(number, "a sentence is missing under its '---' line")
            self._sentence["text"] = line.strip(" ")
            self._expects_text = False
        elif not line.strip() or line.startswith("# "):
            return
        elif line.startswith("==="):
            self._start_article(number, line)
        elif not self.articles:
            self._fault(number, "an article starts with '=== id | genre | region'")
        elif line.startswith("---"):
            self._start_sentence(number, line)
        elif not self.articles[-1]["sentences"]:
            self._fault(number, "a sentence starts with '--- block kind level'")
        elif match := LINK.match(line):
            self._add_link(number, match)
        elif match := CUE.match(line.rstrip()):
            self._add_cue(number, match)
        else:
            self._fault(number, f"not a cue ('category = words') nor a link ('link type number'): {line!r}")

    def finish(self) -> None:
        seen: set[str] = set()
        for article in self.articles:
            if article["id"] in seen:
                self.faults.append(f"{self.name}: article id {article['id']!r} stands twice")
            seen.add(article["id"])
            count = len(article["sentences"])
            for index, sentence in enumerate(article["sentences"]):
                for link in sentence["links"]:
                    if link["sentence"] >= count or link["sentence"] == index:
                        self.faults.append(
                            f"{self.name}: {article['id']} sentence {index}: link to sentence {link['sentence']}, "
                            f"which is not another sentence of the article (0 to {count - 1})"
                        )

    @property
    def _sentence(self) -> dict[str, Any]:
        sentence: dict[str, Any] = self.articles[-1]["sentences"][-1]
        return sentence

    def _fault(self, number: int, message: str) -> None:
        self.faults.append(f"{self.name}:{number}: {message}")

    def _start_article(self, number: int, line: str) -> None:
        match = ARTICLE.match(line.rstrip())
        if not match:
            self._fault(number, "an article starts with '=== id | genre | region'")
        article, genre, region = match.groups() if match else ("?", "?", "?")
        self.articles.append({"id": article, "genre": genre.strip(), "region": region.strip(), "sentences": []})

    def _start_sentence(self, number: int, line: str) -> None:
        match = _SENTENCE.match(line.rstrip())
        block, kind, level = match.groups() if match else ("p", "?", "?")
        if block not in BLOCKS:
            self._fault(number, f"unknown block {block!r}, expected one of {', '.join(BLOCKS)}")
        if kind not in KINDS:
            self._fault(number, f"unknown kind {kind!r}, expected one of {', '.join(KINDS)}")
        if (level != "-") if kind == "none" else (level not in "01234" or len(level) != 1):
            self._fault(number, f"level {level!r}: expected 0 to 4, and '-' for kind none")
        value = int(level) if level.isdecimal() else None
        self.articles[-1]["sentences"].append(
            {"block": block, "kind": kind, "level": value, "text": "", "cues": [], "links": []}
        )
        self._expects_text = True

    def _add_cue(self, number: int, match: re.Match[str]) -> None:
        category, kind, nth, words = match.groups()
        text = self._sentence["text"]
        if category not in CATEGORIES:
            self._fault(number, f"unknown category {category!r}, expected one of {', '.join(CATEGORIES)}")
        if (category == "source") != (kind in SOURCE_KINDS):
            self._fault(number, f"{category}: only source takes a kind, one of {', '.join(SOURCE_KINDS)}")
        start = -1
        for _ in range(int(nth or 1)):
            start = text.find(words, start + 1)
            if start < 0:
                self._fault(number, f"these words do not stand in the sentence: {words!r}")
                return
        cue = {"category": category, "start": start, "end": start + len(words), "text": words}
        if kind:
            cue["source_kind"] = kind
        self._sentence["cues"].append(cue)

    def _add_link(self, number: int, match: re.Match[str]) -> None:
        if match[1] not in LINK_TYPES:
            self._fault(number, f"unknown link {match[1]!r}, expected one of {', '.join(LINK_TYPES)}")
        self._sentence["links"].append({"type": match[1], "sentence": int(match[2])})


def lines_of(path: Path) -> list[str]:
    """Lines of a text file; `EncodeError` if it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise EncodeError([f"{path.name}: not UTF-8 ({error}); save it as UTF-8"]) from error


def with_offsets(article: dict[str, Any]) -> dict[str, Any]:
    """Join the sentences into the article's text and move cue offsets from their sentence to the article.

    A sentence that is not labelled yet has kind None, and no vote.
    """
    text = ""
    sentences: list[dict[str, Any]] = []
    blocks: list[dict[str, Any]] = []
    for index, sentence in enumerate(article["sentences"]):
        if text:
            text += " " if sentence["block"] == "+" else "\n\n"
        start = len(text)
        text += sentence["text"]
        if sentence["block"] != "+" or not blocks:
            blocks.append({"kind": BLOCKS[sentence["block"]] or "paragraph", "start": start, "end": len(text)})
        blocks[-1]["end"] = len(text)
        cues = [{**cue, "start": cue["start"] + start, "end": cue["end"] + start} for cue in sentence["cues"]]
        sentences.append(
            {
                "index": index,
                "start": start,
                "end": len(text),
                "text": sentence["text"],
                "kind": sentence["kind"],
                "level": sentence["level"],
                "votes": [_vote(sentence, cues)] if sentence["kind"] else [],
                "cues": sorted(cues, key=lambda cue: (cue["start"], cue["end"])),
                "links": sentence["links"],
            }
        )
    head = {key: article[key] for key in ("id", "genre", "region")}
    return {**head, "text": text, "blocks": blocks, "sentences": sentences}


def _vote(sentence: dict[str, Any], cues: list[dict[str, Any]]) -> dict[str, Any]:
    """The author's own reading, in the form of a vote."""
    return {
        "by": "author",
        "kind": sentence["kind"],
        "level": sentence["level"],
        "cues": [[cue["category"], cue["start"], cue["end"], *filter(None, [cue.get("source_kind")])] for cue in cues],
        "links": [[link["type"], link["sentence"]] for link in sentence["links"]],
    }


def encode_files(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Articles of several labelled files in order; raises `EncodeError` with the faults of all of them."""
    faults: list[str] = []
    articles: list[dict[str, Any]] = []
    for path in paths:
        try:
            articles += encode(lines_of(path), path.name)
        except EncodeError as error:
            faults += error.faults
    if faults:
        raise EncodeError(faults)
    yield from articles


def main(arguments: list[str]) -> int:
    """``encode.py [--check] FILE…``: JSON lines on standard output, or with --check only counts."""
    check = "--check" in arguments
    try:
        articles = list(encode_files(Path(name) for name in arguments if name != "--check"))
    except EncodeError as error:
        print(error, file=sys.stderr)
        return 1
    if check:
        levels = [sentence["level"] for article in articles for sentence in article["sentences"]]
        mix = ", ".join(f"{level}: {levels.count(level)}" for level in (None, 0, 1, 2, 3, 4))
        print(f"{len(articles)} articles, {len(levels)} sentences; levels {mix}")
    else:
        for article in articles:
            print(json.dumps(article, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

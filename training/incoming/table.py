"""Labels as a table (CSV): a row a sentence and labeller, the sentences of an article in reading order.

Columns: ``article`` (id), ``text`` (the sentence), ``kind``, ``level``; and, where they are wanted, ``by`` (the
labeller; else --by), ``genre``, ``region``, ``block`` (title, heading, p, li, caption, or + for "same paragraph", as in
label files), ``cues`` (``category = words`` or ``source person = words``, several separated by " | ") and ``links``
(``contests 3``, several separated by " | "). A sentence of kind ``-`` is context that the labeller left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from marshmallow import ValidationError

from service.article import LINK_TYPES
from training.encode import BLOCKS, with_offsets
from training.incoming.jsonl import ID
from training.incoming.unit import BY_FIX, Fault, Unit, Unreadable, cue_label, find_words, level_of
from training.votes import SAME, Cue, Vote, merge

NEEDED = ("article", "text", "kind", "level")
COLUMNS = ("article", "genre", "region", "block", "text", "kind", "level", "by", "cues", "links")
UNLABELLED = "-"  # as kind: the labeller left this sentence out, it is there as context
_IGNORED = ("sentence", "faults")  # of our own exports and of refused rows
Row = tuple[int, dict[str, str]]


def read(content: str, file: str, by: str | None) -> Iterator[Unit]:
    """A unit an article; raises `Unreadable` where the header does not do."""
    reader = csv.reader(io.StringIO(content), delimiter=_delimiter(content))
    header = [name.strip() for name in next(reader, [])]
    missing = [name for name in NEEDED if name not in header]
    unknown = [name for name in header if name not in (*COLUMNS, *_IGNORED)]
    if missing or unknown or len(set(header)) < len(header):
        what = "; ".join(
            f"{words} {', '.join(names)}" for words, names in (("no column", missing), ("unknown", unknown)) if names
        )
        fix = f"columns are {', '.join(COLUMNS)}, each once; those needed are {', '.join(NEEDED)}"
        raise Unreadable(Fault(file, 1, "header", what or "a column stands twice", fix))
    articles: dict[str, list[Row]] = {}
    wrong: list[Unit] = []
    while True:
        before = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            unit = Unit(file, before, [])
            unit.fault("row", str(error), "save the file anew as CSV in UTF-8")
            wrong.append(unit)
            continue
        if not any(cells):
            continue
        row = dict(zip(header, cells, strict=False))
        if len(cells) != len(header):
            unit = Unit(file, before, [row])
            unit.fault("row", f"{len(cells)} cells, the header has {len(header)}", "quote cells that hold separators")
            wrong.append(unit)
        articles.setdefault(row.get("article", "").strip(), []).append((before, row))
    broken = {id(row) for unit in wrong for row in unit.raw}
    yield from (unit for unit in wrong if not unit.raw)
    for article_id, rows in articles.items():
        unit = Unit(file, rows[0][0], [row for _, row in rows])
        for other in wrong:
            if any(id(row) in broken and row in other.raw for _, row in rows):
                unit.faults += other.faults
        if not unit.faults:
            _build(unit, article_id, rows, by)
        yield unit


def write_refused(units: Sequence[Unit], content: str) -> str:
    """The refused rows under the header they had, with a last column that names the faults."""
    header = next(csv.reader(io.StringIO(content), delimiter=_delimiter(content)))
    names = [name.strip() for name in header if name.strip() != "faults"]
    target = io.StringIO()
    writer = csv.DictWriter(target, [*names, "faults"], delimiter=_delimiter(content), extrasaction="ignore")
    writer.writeheader()
    for unit in units:
        for row in unit.raw:
            writer.writerow(row | {"faults": " / ".join(f"{f.field}: {f.problem}; {f.fix}" for f in unit.faults)})
    return target.getvalue()


def _build(unit: Unit, article_id: str, rows: Sequence[Row], by: str | None) -> None:
    try:
        ID(article_id)
    except ValidationError as error:
        problem, _, fix = str(error.messages[0]).partition("; ")
        unit.fault("article", problem, fix)
    by_labeller: dict[str, list[Row]] = {}
    for line, row in rows:
        labeller = row.get("by", "").strip() or by or ""
        if not labeller:
            unit.fault("by", "nobody is named", BY_FIX, line)
        by_labeller.setdefault(labeller, []).append((line, row))
    # A further labeller may have been asked for some sentences only; one has them all.
    whole = max(by_labeller.values(), key=len)
    if not unit.faults and (article := _article(unit, article_id, whole)):
        votes = {name: _votes(unit, article, found) for name, found in by_labeller.items()}
        if not unit.faults and not any(vote for given in votes.values() for vote in given):
            unit.fault("kind", "nobody has labelled any sentence", "label one, or leave the article out")
        unit.article = None if unit.faults else merge(article, votes)


def _article(unit: Unit, article_id: str, rows: Sequence[Row]) -> dict[str, Any] | None:
    sentences: list[dict[str, Any]] = []
    for number, (line, row) in enumerate(rows):
        block, text = row.get("block", "").strip() or ("+" if number else "p"), row["text"].strip()
        if block not in BLOCKS:
            unit.fault("block", f"unknown block {block!r}", f"write one of {', '.join(BLOCKS)}", line)
        if not text:
            unit.fault("text", "an empty sentence", "write the sentence, or take the row out", line)
        sentences.append({"block": block, "text": text, "kind": None, "level": None, "cues": [], "links": []})
    head = {name: rows[0][1].get(name, "").strip() for name in ("genre", "region")}
    return None if unit.faults else with_offsets({"id": article_id, **head, "sentences": sentences})


def _votes(unit: Unit, article: dict[str, Any], rows: Sequence[Row]) -> list[Vote | None]:
    sentences = article["sentences"]
    votes: list[Vote | None] = [None] * len(sentences)
    place = -1
    for line, row in rows:
        text = row["text"].strip()
        place = next((n for n in range(place + 1, len(sentences)) if sentences[n]["text"] == text), -1)
        if place < 0:
            fix = "give all labellers the same sentences in the same order"
            unit.fault("text", "this sentence is not where another labeller has it", fix, line)
            break
        sentence = sentences[place]
        kind = row["kind"].strip()
        if kind == UNLABELLED and row["level"].strip() in ("", "-"):
            continue
        try:
            level = level_of(kind, row["level"])
        except ValueError as error:
            problem, _, fix = str(error).partition("; ")
            unit.fault("kind" if problem.startswith("unknown kind") else "level", problem, fix, line)
            continue
        cues, links = [], []
        for part in filter(None, map(str.strip, row.get("cues", "").split(" | "))):
            try:
                cues.append(_cue(sentence, part))
            except ValueError as error:
                problem, _, fix = str(error).partition("; ")
                unit.fault("cues", problem, fix, line)
        for part in filter(None, map(str.strip, row.get("links", "").split("|"))):
            kind_of_link, _, target = part.partition(" ")
            if kind_of_link not in LINK_TYPES or not target.isdecimal() or int(target) >= len(sentences):
                fix = f"write one of {', '.join(LINK_TYPES)} and the number of a sentence of the article, from 0"
                unit.fault("links", f"{part!r} leads nowhere", fix, line)
            else:
                links.append((kind_of_link, int(target)))
        votes[place] = Vote(kind, level, tuple(sorted(set(cues))), tuple(sorted(set(links))))
    return votes


def _cue(sentence: dict[str, Any], part: str) -> Cue:
    label, equals, words = part.partition(" = ")
    if not equals:
        raise ValueError(f"{part!r} is no cue; write category = words")
    category, kind = cue_label(label)
    return find_words(sentence["text"], words.strip(), sentence["start"], category, kind, SAME)


def _delimiter(content: str) -> str:
    """French spreadsheets separate by semicolons."""
    header = content.split("\n", 1)[0]
    return max(",;\t", key=header.count)

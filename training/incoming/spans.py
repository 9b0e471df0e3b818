"""Labelled spans: exports of Label Studio (JSON) and of doccano (JSONL).

Each sentence is a span labelled with kind and level ("claim 2", "none"), each piece of evidence a span labelled with
its category ("hedge", "source person"), each link a relation between two sentences. In Label Studio the article's id,
genre and region stand in ``data``; every annotation is one labeller's vote. doccano has them beside the text, or in
``meta``; a file is one labeller's (--by).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from marshmallow import ValidationError

from service.article import LINK_TYPES
from service.text import TextError, Utf16Offsets
from training.incoming.jsonl import ID
from training.incoming.unit import (
    BY_FIX,
    KIND_FIX,
    LABEL_FIX,
    Fault,
    Unit,
    Unreadable,
    cue_label,
    level_of,
    sentence_label,
    skeleton,
)
from training.votes import Cue, Vote, merge

UNJUDGED = "sentence"  # marks a sentence that this labeller does not judge, so that a link can lead there


class Span(NamedTuple):
    """A labelled stretch, offsets in code points; ``key`` names it in relations."""

    start: int
    end: int
    label: str
    key: Any


Relation = tuple[Any, Any, str]
Marked = tuple[Span, tuple[str, int | None]]  # a sentence with its kind and level


def read_label_studio(content: str, file: str, by: str | None) -> Iterator[Unit]:
    """A unit a task; raises `Unreadable` where the file is not an export."""
    try:
        tasks = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Unreadable(Fault(file, 0, "file", f"not JSON ({error})", "export the project as JSON")) from error
    if not isinstance(tasks, list):
        raise Unreadable(Fault(file, 0, "file", "not a list of tasks", "export the project as JSON, not JSON-MIN"))
    for number, task in enumerate(tasks, 1):
        unit = Unit(file, number, [task])  # an export is often one line: tasks are counted instead
        try:
            data, offsets = task["data"], Utf16Offsets(task["data"]["text"])
            votes = {}
            for annotation in task["annotations"]:
                if not annotation.get("was_cancelled"):
                    votes[_labeller(annotation, by)] = _studio_spans(annotation, offsets)
            _build(unit, data, f"ls-{task.get('id', number)}", votes)
        except (KeyError, TypeError, AttributeError, IndexError, TextError) as error:
            unit.fault("task", f"it has not the form of one ({error!r})", "export the project as JSON, unchanged")
        yield unit


def read_doccano(content: str, file: str, by: str | None) -> Iterator[Unit]:
    """A unit a line."""
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        unit = Unit(file, number, [line])
        try:
            item = json.loads(line)
        except (ValueError, RecursionError) as error:
            unit.fault("line", f"not JSON ({error})", "export the project as JSONL")
            yield unit
            continue
        try:
            data = {**(item.get("meta") or {}), **item}
            if by is None:
                unit.fault("by", "nobody is named", BY_FIX)
            spans = [
                Span(start, end, label, None) for start, end, label in item.get("label") or item.get("labels") or ()
            ]
            spans += [
                Span(each["start_offset"], each["end_offset"], each["label"], each["id"])
                for each in item.get("entities") or ()
            ]
            relations = [(each["from_id"], each["to_id"], each["type"]) for each in item.get("relations") or ()]
            if not unit.faults:
                _build(unit, data, f"doccano-{item.get('id', number)}", {by or "": (spans, relations)})
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            unit.fault(
                "line", f"it has not the form of an export ({error!r})", "export the project as JSONL, unchanged"
            )
        yield unit


def write_refused_tasks(units: Sequence[Unit], content: str) -> str:
    """The refused tasks as they were."""
    return json.dumps([task for unit in units for task in unit.raw], ensure_ascii=False, indent=2) + "\n"


def _labeller(annotation: dict[str, Any], by: str | None) -> str:
    who = annotation.get("completed_by")
    if isinstance(who, dict):
        who = who.get("email") or who.get("id")
    return str(who) if who is not None else by or "label-studio"


def _studio_spans(annotation: dict[str, Any], offsets: Utf16Offsets) -> tuple[list[Span], list[Relation]]:
    """Spans and relations of one annotation; Label Studio counts as JavaScript does."""
    spans: list[Span] = []
    relations: list[Relation] = []
    for found in annotation["result"]:
        if found["type"] == "labels":
            value = found["value"]
            start, end = offsets.back(value["start"]), offsets.back(value["end"])
            spans += [Span(start, end, label, found["id"]) for label in value["labels"]]
        elif found["type"] == "relation":
            relations += [(found["from_id"], found["to_id"], label) for label in found.get("labels") or [""]]
    return spans, relations


def _build(
    unit: Unit, data: dict[str, Any], fallback: str, by_labeller: dict[str, tuple[list[Span], list[Relation]]]
) -> None:
    text, article_id = data["text"], str(data.get("article") or fallback)
    try:
        ID(article_id)
    except ValidationError as error:
        problem, _, fix = str(error.messages[0]).partition("; ")
        unit.fault("article", problem, fix)
    if not by_labeller:
        unit.fault("annotations", "nobody labelled it", "label it, or leave it out of the export")
    marked = {name: _sentences(unit, text, spans) for name, (spans, _) in by_labeller.items()}
    # A further labeller may have been asked for some sentences only; one has them all.
    whole: list[Marked] = max(marked.values(), key=len, default=[])
    _check_cover(unit, text, [span for span, _ in whole])
    sentences = [(span.start, span.end) for span, _ in whole]
    votes = {}
    for name, (spans, relations) in by_labeller.items():
        if not {span[:2] for span, _ in marked[name]} <= set(sentences):
            unit.fault("labels", f"{name!r} has other sentences", "let all labellers mark the same sentences")
        elif not unit.faults:
            votes[name] = _votes(unit, sentences, marked[name], spans, relations)
    if not unit.faults:
        head = {"id": article_id, **{key: str(data.get(key) or "") for key in ("genre", "region")}}
        unit.article = merge(skeleton(head, text, _blocks(text), sentences), votes)


def _sentences(unit: Unit, text: str, spans: Sequence[Span]) -> list[Marked]:
    found: list[Marked] = []
    end = 0
    for span in sorted(spans):
        if not 0 <= span.start < span.end <= len(text):
            unit.fault("labels", f"{span.start}–{span.end} is no stretch of the text", "export again")
            continue
        if (label := sentence_label(span.label)) is None:
            continue
        try:
            level = level_of(*label)
        except ValueError as error:
            problem, _, fix = str(error).partition("; ")
            unit.fault(f"label at {span.start}", problem, fix)
            continue
        if span.start < end:
            unit.fault(f"label at {span.start}", "two sentences overlap", "mark each sentence once, whole")
        if "\n\n" in text[span.start : span.end].strip():
            unit.fault(f"label at {span.start}", "a sentence runs over two paragraphs", "mark each sentence by itself")
        end = span.end
        found.append((span, (label[0], level)))
    return found


def _check_cover(unit: Unit, text: str, sentences: Sequence[Span]) -> None:
    ends, starts = [0, *(span.end for span in sentences)], [*(span.start for span in sentences), len(text)]
    for end, start in zip(ends, starts, strict=True):
        if gap := text[end:start].strip():
            unit.fault(f"text at {end}", f"{len(gap)} characters lie in no sentence", f"label each of them: {KIND_FIX}")


def _votes(
    unit: Unit,
    sentences: Sequence[tuple[int, int]],
    marked: Sequence[Marked],
    spans: Sequence[Span],
    relations: Sequence[Relation],
) -> list[Vote | None]:
    targets = [span for span in spans if span.label == UNJUDGED and span[:2] in sentences]
    places = {span.key: sentences.index(span[:2]) for span in (*targets, *(span for span, _ in marked))}
    cues: list[list[Cue]] = [[] for _ in sentences]
    links: list[set[tuple[str, int]]] = [set() for _ in sentences]
    for span in spans:
        if sentence_label(span.label) is not None or span in targets:
            continue
        try:
            category, kind = cue_label(span.label)
        except ValueError as error:
            problem, _, fix = str(error).partition("; ")
            unit.fault(f"label at {span.start}", problem, fix)
            continue
        inside = [n for n, (start, end) in enumerate(sentences) if start <= span.start and span.end <= end]
        if inside:
            cues[inside[0]].append(Cue(category, span.start, span.end, kind))
        else:
            unit.fault(f"label at {span.start}", f"{span.label!r} lies in no sentence", LABEL_FIX)
    for start, end, label in relations:
        if label not in LINK_TYPES or start not in places or end not in places or start == end:
            fix = f"link two sentences by one of {', '.join(LINK_TYPES)}"
            unit.fault("relations", f"{label!r} is no link between two sentences", fix)
        else:
            links[places[start]].add((label, places[end]))
    votes: list[Vote | None] = [None] * len(sentences)
    for span, (kind, level) in marked:
        place = sentences.index(span[:2])
        votes[place] = Vote(kind, level, tuple(sorted(set(cues[place]))), tuple(sorted(links[place])))
    return votes


def _blocks(text: str) -> Iterator[dict[str, Any]]:
    """Paragraphs are what blank lines separate; the first is the title where it does not end as a sentence does."""
    start = 0
    for number, part in enumerate(text.split("\n\n")):
        if part.strip():
            is_title = number == 0 and not part.rstrip().endswith((".", "!", "?", "»"))
            yield {"kind": "title" if is_title else "paragraph", "start": start, "end": start + len(part)}
        start += len(part) + 2

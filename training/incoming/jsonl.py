"""Articles in the corpus format (``training/corpus/README.md``), one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields
from marshmallow.validate import Length, Regexp

from service.article import CATEGORIES, LINK_TYPES, SOURCE_KINDS
from service.text import BLOCK_KINDS
from training.dataset import faults_of
from training.incoming.unit import BY_FIX, LABEL_FIX, Unit

ID = Regexp(r"[\w.:-]{1,100}\Z", error="{input!r} is no id; write up to 100 letters, digits and - _ . :")


_MOMENT = Regexp(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z", error="{input!r} is no moment; write UTC, as 2026-12-01T06:00:00Z"
)


def _whole() -> fields.Integer:
    return fields.Integer(
        strict=True, required=True, error_messages={"invalid": "not a whole number; count from 0, in code points"}
    )


class _Form(Schema):
    class Meta:
        unknown = RAISE

    error_messages = {  # noqa: RUF012
        "unknown": "no such field; leave it out, or mend its name",
        "type": "not an object; write fields in braces",
    }


class _Block(_Form):
    kind = fields.String(required=True)
    start = _whole()
    end = _whole()


class _Cue(_Form):
    category = fields.String(required=True)
    source_kind = fields.String()
    start = _whole()
    end = _whole()
    text = fields.String(required=True)


class _Link(_Form):
    type = fields.String(required=True)
    sentence = _whole()


class _Vote(_Form):
    by = fields.String(required=True, validate=Length(1, 100))
    kind = fields.String(required=True)
    level = fields.Integer(strict=True, required=True, allow_none=True)
    cues = fields.List(fields.List(fields.Raw()), load_default=list)
    links = fields.List(fields.List(fields.Raw()), load_default=list)
    blind = fields.Boolean(truthy={True}, falsy={False})
    model = fields.String(validate=Length(1, 100))
    settles = fields.Boolean(truthy={True}, falsy={False})


class _Sentence(_Form):
    index = _whole()
    start = _whole()
    end = _whole()
    text = fields.String(required=True)
    kind = fields.String(required=True, allow_none=True)
    level = fields.Integer(strict=True, required=True, allow_none=True)
    votes = fields.List(fields.Nested(_Vote), load_default=list)
    cues = fields.List(fields.Nested(_Cue), load_default=list)
    links = fields.List(fields.Nested(_Link), load_default=list)


class _Article(_Form):
    id = fields.String(required=True, validate=ID)
    as_of = fields.String(validate=_MOMENT)  # moderators' decisions: when they were exported
    genre = fields.String(load_default="")
    region = fields.String(load_default="")
    text = fields.String(required=True, validate=Length(1))
    blocks = fields.List(fields.Nested(_Block), required=True, validate=Length(1))
    sentences = fields.List(fields.Nested(_Sentence), required=True, validate=Length(1))


def read(content: str, file: str, by: str | None) -> Iterator[Unit]:
    """A unit a line; ``by`` is the labeller of sentences that come without votes."""
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        unit = Unit(file, number, [line])
        try:
            article = _Article().load(json.loads(line))
        except ValidationError as error:
            for where, message in _flat(error.messages_dict):
                problem, _, fix = message.partition("; ")
                unit.fault(where, problem.rstrip("."), fix or "see the table in training/corpus/README.md")
        except (ValueError, RecursionError) as error:
            unit.fault("line", f"not JSON ({error})", "write one article a line, as a JSON object")
        else:
            _check(unit, article, by)
            unit.article = None if unit.faults else article
        yield unit


def write_refused(units: Sequence[Unit], content: str) -> str:
    """The refused lines as they were."""
    return "".join(f"{line}\n" for unit in units for line in unit.raw)


def _check(unit: Unit, article: dict[str, Any], by: str | None) -> None:
    for fault in faults_of(article):
        where, _, rest = fault.partition(": ")
        problem, _, fix = rest.rpartition("; ")
        unit.fault(where, problem, fix)
    for block in article["blocks"]:
        if block["kind"] not in BLOCK_KINDS:
            unit.fault("blocks", f"unknown kind {block['kind']!r}", f"write one of {', '.join(BLOCK_KINDS)}")
    for sentence in article["sentences"]:
        where = f"sentence {sentence['index']}"
        if not any(
            block["start"] <= sentence["start"] and sentence["end"] <= block["end"] for block in article["blocks"]
        ):
            unit.fault(where, "it lies in no block", "let a block begin before it and end after it")
        if not sentence["votes"]:
            if sentence["kind"] is None and sentence["level"] is None:
                continue  # context: it teaches and measures nothing
            if by is None:
                unit.fault(where, "nobody voted", BY_FIX)
                continue
            sentence["votes"] = [_own_vote(sentence, by)]
        for vote in sentence["votes"]:
            if "as_of" in article and not ("model" in vote and "blind" in vote):
                fix = "leave as_of out, or export the decisions again: python -m service export"
                unit.fault(where, f"the vote of {vote['by']!r} has no model or no blind, though as_of is given", fix)
            if not all(map(_is_cue, vote["cues"])):
                unit.fault(
                    where, f"a cue of {vote['by']!r} is not [category, start, end] or with a source kind", LABEL_FIX
                )
            if not all(_is_link(link, len(article["sentences"])) for link in vote["links"]):
                fix = f"write [type, sentence] with one of {', '.join(LINK_TYPES)}"
                unit.fault(where, f"a link of {vote['by']!r} leads nowhere", fix)
    if not unit.faults and "as_of" not in article and not any(sentence["votes"] for sentence in article["sentences"]):
        unit.fault("sentences", "nobody has labelled any of them", "label one, or leave the article out")


def _own_vote(sentence: dict[str, Any], by: str) -> dict[str, Any]:
    return {
        "by": by,
        "kind": sentence["kind"],
        "level": sentence["level"],
        "cues": [
            [cue["category"], cue["start"], cue["end"], *filter(None, [cue.get("source_kind")])]
            for cue in sentence["cues"]
        ],
        "links": [[link["type"], link["sentence"]] for link in sentence["links"]],
    }


def _is_cue(cue: list[Any]) -> bool:
    if len(cue) not in (3, 4) or not all(isinstance(value, int) for value in cue[1:3]) or not 0 <= cue[1] < cue[2]:
        return False
    return (
        cue[0] in CATEGORIES and (cue[0] == "source") == (len(cue) == 4) and (len(cue) == 3 or cue[3] in SOURCE_KINDS)
    )


def _is_link(link: list[Any], sentences: int) -> bool:
    return len(link) == 2 and link[0] in LINK_TYPES and isinstance(link[1], int) and 0 <= link[1] < sentences


def _flat(messages: Any, above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in messages.items():
        where = above if key == "_schema" else f"{above}.{key}" if above else str(key)
        if isinstance(value, dict):
            yield from _flat(value, where)
        else:
            yield from ((where or "line", message) for message in value)

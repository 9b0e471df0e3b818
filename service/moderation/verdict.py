"""The verdict form: from what was sent to a decision, or to the words that say what to mend."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from werkzeug.datastructures import MultiDict

from service import verdicts
from service.article import CATEGORIES, SOURCE_KINDS
from service.moderation.present import cue_id, find_words
from service.store.articles import StoredSentence
from service.store.decided import CueSpan
from service.store.decisions import Verdict
from service.store.terms import MAX_NOTE

N_MISSING = 2  # missing cues that the form has room for
_LEVELS = tuple(f"level-{level}" for level in range(5))


class Fault(NamedTuple):
    """What to mend: the field's id and a sentence."""

    field: str
    words: str


def read(
    form: MultiDict[str, str], sentence: StoredSentence, text: str, say: Callable[..., str], *, blind: bool
) -> tuple[Verdict | None, list[Fault]]:
    """The decision that a form asks for, or every fault of the form. ``text`` is the sentence's."""
    note = form.get("note", "").replace("\0", "").strip().replace("\r\n", "\n")  # PostgreSQL refuses NUL
    faults: list[Fault] = []
    if len(note) > MAX_NOTE:
        faults.append(Fault("note", say("note_long", n=len(note), limit=MAX_NOTE)))
    if form.get("action") == "skip":  # says nothing of the sentence, but perhaps why
        return None if faults else Verdict("skip", None, None, note, blind), faults
    choice = form.get("verdict", "")
    level = int(choice[-1]) if choice in _LEVELS else None
    settled, reasons = verdicts.settle(
        "set" if choice in _LEVELS else choice, form.get("kind", ""), level, sentence.kind, sentence.level, blind=blind
    )
    faults.extend(Fault(field, say(reason)) for field, reason in reasons)
    ticked = set(form.getlist("wrong"))
    spans = [
        (CueSpan(cue.category, cue.start, cue.end, cue.source_kind), cue_id(cue) in ticked) for cue in sentence.cues
    ]
    wrong = tuple(span for span, is_wrong in spans if is_wrong)
    missing = _missing(form, sentence, text, say, faults)
    if faults:
        return None, faults
    holding = tuple(span for span, is_wrong in spans if not is_wrong)
    return Verdict(*settled, note, blind, (*holding, *missing), wrong), []


def _missing(
    form: MultiDict[str, str], sentence: StoredSentence, text: str, say: Callable[..., str], faults: list[Fault]
) -> list[CueSpan]:
    found = []
    for number in range(N_MISSING):
        words = form.get(f"words-{number}", "").strip()
        category, source_kind = form.get(f"category-{number}", ""), form.get(f"source-kind-{number}", "")
        if not words and not category:
            continue
        is_source = category == "source"
        if not words or category not in CATEGORIES or (is_source and source_kind not in SOURCE_KINDS):
            faults.append(Fault(f"words-{number}", say("cue_incomplete")))
            continue
        place = find_words(text, words)
        if place is None:
            faults.append(Fault(f"words-{number}", say("not_there", words=words[:80])))
            continue
        start, end = place
        found.append(
            CueSpan(category, sentence.start + start, sentence.start + end, source_kind if is_source else None)
        )
    return found

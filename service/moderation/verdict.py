"""The verdict form: from what was sent to a decision, or to the words that say what to mend."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from werkzeug.datastructures import MultiDict

from service.article import CATEGORIES, KINDS, SOURCE_KINDS
from service.moderation.present import find_words, spans_of
from service.store.articles import StoredSentence
from service.store.decisions import MAX_NOTE, CueSpan, Verdict

N_MISSING = 2  # missing cues that the form has room for
_CHOICES = ("right", "too_high", "too_low")
_LEVELS = tuple(f"level-{level}" for level in range(5))


class Fault(NamedTuple):
    """What to mend: the field's id and a sentence."""

    field: str
    words: str


def read(
    form: MultiDict[str, str], sentence: StoredSentence, text: str, say: Callable[..., str], *, blind: bool
) -> tuple[Verdict | None, list[Fault]]:
    """The decision that a form asks for, or every fault of the form. ``text`` is the sentence's."""
    note = form.get("note", "").strip().replace("\r\n", "\n")
    if form.get("action") == "skip":
        return Verdict("skip", None, None, blind=blind), []
    faults: list[Fault] = []
    if len(note) > MAX_NOTE:
        faults.append(Fault("note", say("note_long", n=len(note), limit=MAX_NOTE)))
    choice, kind, level = _choice(form, sentence, say, faults, blind=blind)
    spans = [CueSpan(*span) for span in spans_of(sentence.cues)]
    ticked = set(form.getlist("wrong"))
    wrong = tuple(span for number, span in enumerate(spans) if str(number) in ticked)
    missing = _missing(form, sentence, text, say, faults)
    if faults:
        return None, faults
    holding = tuple(span for number, span in enumerate(spans) if str(number) not in ticked)
    return Verdict(choice, kind, level, note, blind, (*holding, *missing), wrong), []


def _choice(
    form: MultiDict[str, str], sentence: StoredSentence, say: Callable[..., str], faults: list[Fault], *, blind: bool
) -> tuple[str, str | None, int | None]:
    choice = form.get("verdict", "")
    kind = form.get("kind", "")
    if kind not in KINDS:
        faults.append(Fault("kind", say("choose_kind")))
        return "set", None, None
    if choice not in (_LEVELS if blind else (*_CHOICES, *_LEVELS)):
        choice = ""
    if kind == "none":
        if choice in _LEVELS or choice in ("too_high", "too_low"):
            faults.append(Fault("verdict", say("none_no_level")))
        return "right" if choice == "right" and sentence.kind == "none" else "set", "none", None
    if choice in _LEVELS:
        return "set", kind, int(choice[-1])
    if not choice or sentence.level is None:
        faults.append(Fault("verdict", say("choose_level" if blind or sentence.level is None else "choose_verdict")))
        return "set", None, None
    # "Too high" alone means at least one level: the label takes one.
    level = sentence.level + {"right": 0, "too_high": -1, "too_low": 1}[choice]
    if level not in range(5):
        faults.append(Fault("verdict", say("no_lower")))
    return choice if choice != "right" or kind == sentence.kind else "set", kind, level


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

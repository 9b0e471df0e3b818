"""From what a moderator chose to the label that holds after it: one rule for the pages and for the HTTP interface."""

from __future__ import annotations

from typing import NamedTuple

from service.article import KINDS

# In words; "set" is any other level than the model's, or the level of a blind verdict.
CHOICES = ("right", "too_high", "too_low", "set")
_STEPS = {"right": 0, "too_high": -1, "too_low": 1}


class Settled(NamedTuple):
    """The verdict as it is recorded, with the kind and the level that hold after it."""

    verdict: str
    kind: str | None
    level: int | None


def settle(
    choice: str, kind: str, level: int | None, model_kind: str, model_level: int | None, *, blind: bool
) -> tuple[Settled, list[tuple[str, str]]]:
    """What a choice comes to, given the model's kind and level; beside it, what is wrong: field and reason.

    ``level`` counts with the choice "set". A blind verdict is a level outright, since the model's was hidden. Reasons:
    choose_kind, choose_verdict, choose_level, none_no_level, no_lower.
    """
    if kind not in KINDS:
        return Settled("set", None, None), [("kind", "choose_kind")]
    if choice not in (("set",) if blind else CHOICES):
        choice = ""
    if kind == "none":
        faults = [("verdict", "none_no_level")] if level is not None or choice in ("too_high", "too_low") else []
        return Settled("right" if choice == "right" and model_kind == "none" else "set", "none", None), faults
    if choice == "set" and level is not None:
        return Settled("set", kind, level), []
    if choice not in _STEPS or model_level is None:
        reason = "choose_level" if blind or model_level is None or choice == "set" else "choose_verdict"
        return Settled("set", None, None), [("verdict", reason)]
    # "Too high" alone means at least one level: the label takes one.
    level = model_level + _STEPS[choice]
    faults = [] if level in range(5) else [("verdict", "no_lower")]
    return Settled(choice if choice != "right" or kind == model_kind else "set", kind, level), faults

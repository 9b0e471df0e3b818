"""Blind mode: what the model and others judged of a sentence stays hidden until one's own verdict on it.

Cues, sources, links and the state of a sentence (to do, disputed, decided) stay in sight. A verdict ends it for its
sentence, and an undo does not bring it back: who has seen cannot judge blind.
"""

from __future__ import annotations

from collections.abc import Collection

from flask import session

from service.moderation.accounts import keeper
from service.store.decided import judged_by
from service.store.queue import Filter


def is_on() -> bool:
    """Whether the moderator works blind."""
    return bool(session.get("blind"))


def hidden(sentence_ids: Collection[int], user_id: int) -> set[int]:
    """Those of the sentences whose judgement stays hidden."""
    return set(sentence_ids) - judged_by(keeper().store, user_id, sentence_ids) if is_on() else set()


def in_force(chosen: Filter) -> Filter:
    """What counts of a filter, however its address came about."""
    return chosen.in_blind_mode() if is_on() else chosen

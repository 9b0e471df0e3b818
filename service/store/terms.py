"""What the store calls things, and its limits. Imports nothing: the wire format states them without a database."""

from __future__ import annotations

ROLES = ("moderator", "lead", "admin")
ORDERS = ("uncertainty", "margin", "age", "level", "disagreement")
STATES = ("todo", "progress", "disputed", "decided", "skipped")
VERDICTS = ("right", "too_high", "too_low", "set", "skip")
MAX_NOTE = 1000  # characters, as all lengths here
MAX_TOKEN = 64
MAX_TYPED = 200  # of a search
MAX_PAGE = 4000  # of 25: 100,000 sentences

MAX_ID = 9_007_199_254_740_991  # what a JavaScript number holds exactly

# What a key may do. Storing is done by scoring, so that a key for `store` may `score` too.
SCOPES = ("score", "store", "feedback", "review")
MAX_KEY_NAME = 80
MAX_OUTLET = 80

FAULTS = ("score_too_high", "score_too_low", "wrong_cue", "missing_cue", "other")
MAX_COMMENT = 1000
MAX_FEEDBACK_TEXT = 5000
MAX_MODEL = 200
MAX_SCORED = 265  # a version, a stroke, a lexicon's digest


def pages(total: int, size: int) -> int:
    """How many pages of that size can be asked for: one even of nothing, and none after `MAX_PAGE`."""
    return min(max(-(-total // size), 1), MAX_PAGE)


def scored_by(model: str, lexicon: str) -> str:
    """The stamp of what a model with a lexicon said: it tells the scores that a moderator saw from newer ones."""
    return f"{model}/{lexicon}"


def scorer_of(stamp: str) -> tuple[str, str]:
    """Model and lexicon of a stamp; of what is no stamp, names that nothing has."""
    model, _, lexicon = stamp.rpartition("/")
    return model, lexicon

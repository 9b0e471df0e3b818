"""What every reader makes of a file: units, each an article with its votes or the faults for which it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from service.article import CATEGORIES, KINDS, SOURCE_KINDS
from training.votes import Cue

KIND_FIX = f"write one of {', '.join(KINDS)}"
LEVEL_FIX = "write a level from 0 to 4; nothing for the kind none"
BY_FIX = "name the labeller in the file, or with --by"
LABEL_FIX = (
    f"a sentence is marked by kind and level (claim 2; none), evidence by category ({', '.join(CATEGORIES)}), "
    f"source with its kind ({', '.join(SOURCE_KINDS)})"
)


class Fault(NamedTuple):
    """One thing that is wrong, where, and how to mend it. ``line`` is 0 where the whole file is meant."""

    file: str
    line: int
    field: str
    problem: str
    fix: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.field}: {self.problem}; {self.fix}"


@dataclass(slots=True)
class Unit:
    """An article as a file holds it: its rows as they were read (``raw``), and the article where it could be made."""

    file: str
    line: int
    raw: list[Any]
    article: dict[str, Any] | None = None
    faults: list[Fault] = field(default_factory=list)

    def fault(self, where: str, problem: str, fix: str, line: int | None = None) -> None:
        """Note something wrong."""
        self.faults.append(Fault(self.file, line or self.line, where, problem, fix))


class Unreadable(ValueError):
    """A file of which nothing can be read: the fault is of the file."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def skeleton(
    head: dict[str, str], text: str, blocks: Iterable[Any], spans: Sequence[tuple[int, int]]
) -> dict[str, Any]:
    """An article of the corpus without any label."""
    return {
        **head,
        "text": text,
        "blocks": list(blocks),
        "sentences": [
            {"index": index, "start": start, "end": end, "text": text[start:end], "votes": []}
            for index, (start, end) in enumerate(spans)
        ],
    }


def level_of(kind: str, written: str) -> int | None:
    """The level that goes with a kind; raises ValueError with the remedy."""
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}; {KIND_FIX}")
    level = written.strip()
    if (kind == "none") != (level in ("", "-")) or level not in ("", "-", "0", "1", "2", "3", "4"):
        raise ValueError(f"level {level!r} does not go with kind {kind!r}; {LEVEL_FIX}")
    return None if kind == "none" else int(level)


def cue_label(label: str) -> tuple[str, str]:
    """Category and source kind ("" but for sources) of a label like "hedge" or "source person"; raises ValueError."""
    words = label.replace(":", " ").replace("/", " ").split()
    category, kind = [*words, "", ""][:2]
    if len(words) > 2 or category not in CATEGORIES or (category == "source") != (kind in SOURCE_KINDS):
        raise ValueError(f"unknown label {label!r}; {LABEL_FIX}")
    return category, kind if category == "source" else ""


def sentence_label(label: str) -> tuple[str, str] | None:
    """Kind and level, as written, of a label like "claim 2"; None when it does not begin with a kind."""
    words = label.replace(":", " ").replace("/", " ").split()
    if not words or words[0] not in KINDS:
        return None
    return words[0], " ".join(words[1:])


def find_words(text: str, words: str, base: int, category: str, kind: str, same: dict[int, str]) -> Cue:
    """The cue whose ``words`` stand in a sentence (``#2 words``: the second time); raises ValueError."""
    nth, plain = 1, words
    if len(words) > 3 and words[0] == "#" and words[1].isdecimal() and words[2] == " ":
        nth, plain = int(words[1]), words[3:]
    at, wanted = -1, plain.translate(same)
    for _ in range(nth):
        at = text.translate(same).find(wanted, at + 1)
        if at < 0:
            raise ValueError(f"these words do not stand in the sentence: {plain!r}; quote them as they stand")
    return Cue(category, base + at, base + at + len(plain), kind)

"""A version that scores beside the one in service, for a share of requests, after they are answered.

``models/challenger`` names it. A request only looks whether the pointer is there, and once it is answered may hand its
analysed article to a thread, begun after the fork, which does the rest: follows the pointer, loads and checks the
version, scores, counts, writes (`service.shadow`), and ends when the pointer is gone. Nothing that goes wrong here
reaches an answer: it is logged once and told by `Challenger.problem`.
"""

from __future__ import annotations

import atexit
import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, Full, Queue
from typing import Any, NamedTuple

import structlog

from service.article import Article
from service.scoring import Assessment, ModelError, Scorer
from service.shadow import FOLDER, Identity, Records

POINTER = "challenger"
LOOK_EVERY = 1.0  # seconds
TRY_AGAIN_AFTER = 10.0  # seconds, when the version could not be loaded
SAVE_EVERY = 5.0  # seconds; what a killed process loses at most
SAVE_AFTER = 200  # requests, if that is sooner
WAITING = 16  # articles; those beyond are dropped, and counted
_AT_EXIT = 5.0  # seconds for the articles that still wait


class Pointer(NamedTuple):
    """What ``models/challenger`` says: a version, and the share of requests (0–1] that it scores too."""

    version: str
    share: float

    def as_json(self) -> bytes:
        """Content of the file."""
        return json.dumps(self._asdict(), ensure_ascii=False).encode() + b"\n"


class _Work(NamedTuple):
    """An answered request. It is forgotten as soon as it is counted."""

    article: Article
    assessments: Sequence[Assessment]
    champion: Scorer


class _Beside(NamedTuple):
    """The challenger that requests are chosen for."""

    scorer: Scorer
    share: float
    waiting: Queue[_Work | None]


class Challenger:
    """The challenger of a models folder. ``probe`` is called with a new one, and raises when it does not score."""

    def __init__(self, models: Path, data: Path, lexicon: str, probe: Callable[[Scorer], object]) -> None:
        self._models = models
        self._folder = data / FOLDER
        self._lexicon = lexicon
        self._probe = probe
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._look_at = 0.0
        self._beside: _Beside | None = None
        self._dropped = 0
        self._problems: dict[str, str | None] = dict.fromkeys(("load", "same", "score", "save"))

    # --- called by requests -------------------------------------------------------------------------------------------

    def look(self) -> None:
        """See whether there is a challenger, at most once a second. Never raises, never waits for a file's content."""
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + LOOK_EVERY
        if _place(self._models) is None or self._closing.is_set():
            return
        with self._lock:
            if self._thread is None:
                atexit.register(self.close)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="challenger", daemon=True)
                self._thread.start()

    def offer(self, article: Article, assessments: Sequence[Assessment], champion: Scorer) -> None:
        """Have an answered request scored too, if chance picks it. Never raises, never waits."""
        beside = self._beside
        if beside is None or random.random() >= beside.share:
            return
        try:
            beside.waiting.put_nowait(_Work(article, assessments, champion))
        except Full:
            with self._lock:
                self._dropped += 1

    @property
    def version(self) -> str | None:
        """Of the challenger that scores now."""
        beside = self._beside
        return None if beside is None else beside.scorer.version

    @property
    def problem(self) -> str | None:
        """Why nothing, or not everything, is recorded."""
        return "; ".join(filter(None, self._problems.values())) or None

    def close(self) -> None:
        """End the thread after what waits; called when the process ends."""
        self._closing.set()
        if self._beside is not None:
            with suppress(Full):  # then it is not asleep
                self._beside.waiting.put_nowait(None)
        if self._thread is not None:
            self._thread.join(_AT_EXIT)

    # --- the thread ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        """Until the pointer is gone or the process ends."""
        waiting: Queue[_Work | None] = Queue(WAITING)
        records = Records(self._folder)
        try:
            self._follow(waiting, records)
            last, self._beside = self._beside, None
            with suppress(Empty):
                while last is not None:
                    self._score(waiting.get_nowait(), records, last)
            self._save(records)
            self._problems.update(dict.fromkeys(self._problems))
            structlog.get_logger().info("shadow_ended", challenger=last and last.scorer.version)
        finally:
            self._beside = None

    def _follow(self, waiting: Queue[_Work | None], records: Records) -> None:
        seen: tuple[int, int] | None = None
        look_at = load_at = 0.0
        save_at, unsaved = time.monotonic() + SAVE_EVERY, 0
        while not self._closing.is_set():
            if time.monotonic() >= look_at:
                place = _place(self._models)
                if place is None:
                    return
                if place != seen or (self._problems["load"] and time.monotonic() >= load_at):
                    self._load(waiting)
                    load_at = time.monotonic() + TRY_AGAIN_AFTER
                seen = place
                look_at = time.monotonic() + LOOK_EVERY
            with suppress(Empty):
                unsaved += self._score(waiting.get(timeout=LOOK_EVERY), records)
            if unsaved >= SAVE_AFTER or time.monotonic() >= save_at:
                self._save(records)
                unsaved, save_at = 0, time.monotonic() + SAVE_EVERY

    def _load(self, waiting: Queue[_Work | None]) -> None:
        try:
            pointer = read_pointer(self._models)
            if pointer is None:
                return  # gone between two looks; the next one ends the thread
            scorer = Scorer.load_version(self._models / pointer.version)
            check_lexicon(scorer.card, self._lexicon)
            self._probe(scorer)
        except Exception as error:  # whatever it is, the service goes on without it
            self._beside = None
            shown = isinstance(error, ModelError)  # its words name files and digests, nothing else
            words = str(error) if shown else f"the challenger does not score: {type(error).__name__}"
            self._say("load", words)
            return
        self._beside = _Beside(scorer, pointer.share, waiting)
        self._problems.update(load=None, same=None, score=None)
        structlog.get_logger().info("shadow", challenger=scorer.version, share=pointer.share)

    def _score(self, work: _Work | None, records: Records, beside: _Beside | None = None) -> int:
        """How many requests were counted: 1 or 0."""
        beside = beside or self._beside
        if work is None or beside is None:
            return 0
        scorer = beside.scorer
        if Identity.of(work.champion.card) == Identity.of(scorer.card):
            self._say("same", f"{scorer.version} is in service itself: there is nothing to record")
            return 0
        self._problems["same"] = None
        tally = records.open(work.champion, scorer)
        with self._lock:
            dropped, self._dropped = self._dropped, 0
        tally.dropped += dropped
        try:
            after = scorer.assess(work.article)
            tally.add(work.article, work.assessments, after, (work.champion.review_at, scorer.review_at))
        except Exception as error:
            tally.failed += 1
            self._say("score", f"{scorer.version} failed on a request: {type(error).__name__}")
        return 1

    def _save(self, records: Records) -> None:
        try:
            records.save()
            self._problems["save"] = None
        except OSError as error:
            where = f"{self._folder}: " if error.filename is None else f"{error.filename}: "
            self._say("save", f"{where}cannot be written ({error.strerror}); set SOURCIER_DATA to a folder that can")

    def _say(self, what: str, problem: str) -> None:
        """Once, not at every request. Paths stay those of the folders."""
        problem = problem.replace(f"{self._models}/", "").replace(f"{self._folder.parent}/", "")
        if problem != self._problems[what]:
            structlog.get_logger().error("shadow_problem", problem=problem)
        self._problems[what] = problem


def read_pointer(models: Path) -> Pointer | None:
    """The challenger of a models folder, None where there is none. Raises `ModelError` when the file names none."""
    path = models / POINTER
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); python -m training shadow --stop") from error
    try:
        value = json.loads(content)
        pointer = Pointer(value["version"], float(value["share"]))
        is_name = bool(pointer.version) and Path(pointer.version).name == pointer.version
        if not is_name or pointer.version.startswith(".") or not 0 < pointer.share <= 1:
            raise ValueError("no version, or a share outside (0, 1]")
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: names no challenger ({error}); python -m training shadow VERSION") from error
    return pointer


def check_lexicon(card: dict[str, Any], lexicon: str) -> None:
    """Raises `ModelError` for a version trained with another lexicon: it was not measured on the cues of this one."""
    if card.get("lexicon") != lexicon:
        raise ModelError(
            f"{card['version']}: trained with lexicon {card.get('lexicon')}, this code has {lexicon}; deploy the code "
            "that it was trained with, or train again"
        )


def _place(models: Path) -> tuple[int, int] | None:
    """What changes when the pointer does: a rename brings another inode."""
    try:
        found = (models / POINTER).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns

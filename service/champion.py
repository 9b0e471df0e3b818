"""The model in service, followed while the service runs: a moved pointer is noticed and its version takes over.

No thread and no signal: a request looks at the pointer's inode at most once a second, so nothing depends on how workers
were forked. The request that sees it moved loads the new version beside the old one, digests first, and has it score a
probe; others go on with the old one meanwhile. Where anything fails the old one stays, and the reason is kept.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from service.scoring import ModelError, Scorer

LOOK_EVERY = 1.0  # seconds
TRY_AGAIN_AFTER = 10.0  # seconds, when a version could not be loaded: somebody may be restoring its files


class Champion:
    """The champion of a models folder; `current` follows the pointer. Raises `ModelError` when there is none to begin.

    ``probe`` is called with a new model before it takes over, and raises when it does not score.
    """

    def __init__(self, models: Path, probe: Callable[[Scorer], object]) -> None:
        self._pointer = models / "champion"
        self._probe = probe
        self._loading = threading.Lock()
        self._seen = self._place()
        self._look_at = 0.0  # a process forked later looks at its first request
        self.scorer = self._load()
        self.problem: str | None = None

    def current(self) -> Scorer:
        """The model to answer with. Never raises, never waits for another thread."""
        if time.monotonic() >= self._look_at and self._loading.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._loading.release()
        return self.scorer

    def _look(self) -> None:
        self._look_at = time.monotonic() + LOOK_EVERY
        place = self._place()
        if place == self._seen and self.problem is None:
            return
        try:
            scorer = self._load()
        except Exception as error:  # whatever it is, the old model goes on
            self._keep(error)
            return
        if scorer.version != self.scorer.version:
            structlog.get_logger().info("model_changed", before=self.scorer.version, model=scorer.version)
        self.scorer, self._seen, self.problem = scorer, place, None

    def _load(self) -> Scorer:
        scorer = Scorer.load(self._pointer.parent)
        self._probe(scorer)
        return scorer

    def _keep(self, error: Exception) -> None:
        """Only the words of a `ModelError` are shown: they name files and digests. Paths stay those of the folder."""
        self._look_at = time.monotonic() + TRY_AGAIN_AFTER
        words = (
            str(error) if isinstance(error, ModelError) else f"the new version does not score: {type(error).__name__}"
        )
        problem = words.replace(f"{self._pointer.parent}/", "")
        if problem != self.problem:
            structlog.get_logger().error("model_not_changed", model=self.scorer.version, problem=problem)
        self.problem = problem

    def _place(self) -> tuple[int, int] | None:
        """What changes when the pointer moves: a rename brings another inode."""
        try:
            found = self._pointer.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

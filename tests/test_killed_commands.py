"""kill -9 at twenty random moments of import, promote and train: nothing lost, nothing half-written."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from types import TracebackType

import pytest
from click.testing import CliRunner

from service.scoring import Scorer
from tests.versions import copy_version
from training import dataset
from training.__main__ import cli
from training.registry import Registry

MOMENTS = 20
_PARENT = """
import os, sys, time
from pathlib import Path
folder = Path(sys.argv[1])
{job}
print("ready", flush=True)
for line in sys.stdin:
    began, wait = time.monotonic(), float(line)
    child = os.fork()
    if not child:
        job()
        os._exit(0)
    if wait >= 0:
        time.sleep(wait)
        os.kill(child, 9)  # nobody has waited for it yet: the number is its own, even where it has ended
    print(os.waitpid(child, 0)[1], time.monotonic() - began, flush=True)
"""


class Job:
    """A job in a process that is killed after a while, forked from one that has everything imported."""

    def __init__(self, folder: Path, job: str) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-c", _PARENT.format(job=job), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )

    def __enter__(self) -> Job:
        assert self._line() == "ready"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._parent.communicate()

    def whole(self) -> None:
        """Let it come to its end."""
        status, self._seconds = self._run(-1)
        assert status == 0

    def killed_after(self, seconds: float) -> bool:
        """Whether it was still at work then."""
        return self._run(seconds)[0] == 9

    def killed_at(self, share: float) -> bool:
        """The same at a share of the time of a whole run. One that has ended by then shows that runs have become shorter
        (the machine was busier while the whole one ran): the next share is one of that time."""
        moment = share * self._seconds
        in_time = self.killed_after(moment)
        if not in_time:
            self._seconds = moment
        return in_time

    def _run(self, seconds: float) -> tuple[int, float]:
        assert self._parent.stdin
        print(seconds, file=self._parent.stdin, flush=True)
        status, took = self._line().split()
        return int(status), float(took)

    def _line(self) -> str:
        assert self._parent.stdout
        return self._parent.stdout.readline().strip()


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Three versions; "a" is in service."""
    for name in "abc":
        copy_version(tmp_path, name)
    (tmp_path / "champion").write_text("a\n")
    return tmp_path


_IMPORT = """
from training.dataset import Split
from training.incoming.intake import take
def job():
    take([folder / "many.csv"], folder / "corpus" / "new.jsonl", split=Split())
"""


def test_a_killed_import_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    target, file, rng = tmp_path / "corpus" / "new.jsonl", tmp_path / "many.csv", random.Random(4)
    target.parent.mkdir()
    target.write_text(json.dumps(dataset.read()[0], ensure_ascii=False) + "\n", encoding="utf-8")
    before = target.read_bytes()
    rows = [f"n-{n},Phrase {n} du lot {n * 7919} sans pareil {n * 31}.,claim,2,léa\n" for n in range(500)]
    file.write_text("article,text,kind,level,by\n" + "".join(rows), encoding="utf-8")
    with Job(tmp_path, _IMPORT) as job:
        job.whole()
        killed, ends = 0, set()
        for _ in range(MOMENTS):
            target.write_bytes(before)
            killed += job.killed_at(rng.uniform(0, 1))
            ends.add(len(dataset.read([target])))
        assert ends <= {1, 501} and 1 in ends and killed > MOMENTS / 2
        job.whole()
    assert len(dataset.read([target])) == 501
    assert sorted(path.name for path in target.parent.iterdir()) == [".lock", "new.jsonl"], "what was left is swept"


_PROMOTE = """
import itertools
from training.registry import Registry
def job():
    registry = Registry(folder)
    for version in itertools.cycle("bca"):
        registry.promote(version, by="test", expected=registry.champion(), why="test", refused=["test"])
        if version == "a":
            registry.rollback(by="test")
"""


def test_a_killed_promotion_leaves_a_whole_version_in_service_and_a_whole_log(models: Path) -> None:
    registry, rng = Registry(models), random.Random(3)
    with Job(models, _PROMOTE) as job:
        for _ in range(MOMENTS):
            # There has to be a version to go back to, however early the kill.
            registry.promote("c" if registry.champion() == "b" else "b", by="test", expected=registry.champion())
            assert job.killed_after(rng.uniform(0.02, 0.15))
            champion = Scorer.load(models).version
            for version in "abc":
                registry.verify(version)
            moves = registry.entries()
            assert champion in (moves[-1].previous, moves[-1].version)
            assert all(before.version == after.previous for before, after in pairwise(moves))
            after = CliRunner().invoke(cli, ["rollback", "--models", str(models)])
            assert after.exit_code == 0, after.output
    assert len(moves) > 2 * MOMENTS, "some were killed in the middle of many"


_SAVE = """
import itertools, json
import joblib
from training.artifact import save
estimator, card = joblib.load(folder / "a" / "model.joblib"), json.loads((folder / "a" / "card.json").read_text())
def job():
    for number in itertools.count():
        save(folder / f"t{number}", estimator, card | {"version": f"t{number}"}, {"report.md": "words" * 10_000})
"""


def test_a_version_is_written_whole_or_not_at_all(models: Path) -> None:
    rng, written = random.Random(5), 0
    with Job(models, _SAVE) as job:
        for _ in range(MOMENTS):
            assert job.killed_after(rng.uniform(0, 0.03))
            found = Registry(models).versions()
            assert [version.name for version in found if version.problem] == []
            for version in found[3:]:
                assert (models / version.name / "report.md").stat().st_size == 50_000
                shutil.rmtree(models / version.name)
                written += 1
    assert written and list(models.glob(".*.partial-*")) == []


_TRAIN = """
from training.recipe import Recipe
from training.train import train
recipe = Recipe.load(folder / "quick.toml")
def job():
    train(folder, f"t-{time.monotonic_ns()}", recipe)
"""


def test_a_killed_training_run_leaves_the_registry_as_it_was(models: Path) -> None:
    lines = [json.dumps(article, ensure_ascii=False) + "\n" for article in dataset.read()[::12]]
    (models / "labelled.jsonl").write_text("".join(lines), encoding="utf-8")
    (models / "quick.toml").write_text(
        '[data]\ncorpus = ["labelled.jsonl"]\n[model]\nalphas = [1.0]\nfolds = 2\n[report]\ncandidates = []\nresamples = 20\n'
    )
    rng = random.Random(6)
    with Job(models, _TRAIN) as job:
        job.whole()
        killed = sum(job.killed_at(rng.uniform(0.5, 1)) for _ in range(6))
    found = Registry(models).versions()
    assert killed and len(found) >= 4 and [version.name for version in found if version.problem] == []
    assert Registry(models).champion() == "a" and list(models.glob(".*.partial-*")) == []

"""The compiled engine (`make compile`): the same answers, and never older than its source."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from service.lexicon import Lexicon
from service.scoring import Scorer
from service.sources import analyse
from service.text import from_text
from tools import compile_engine

CORPUS = compile_engine.ROOT / "training" / "corpus"
BEFORE = sorted((compile_engine.ROOT / "service").glob("*.so"))
# Run in the copy: what its engine makes of every text, a line each.
ASSESS = """
import json, sys
from service import sources
from service.lexicon import Lexicon
from service.scoring import Scorer
from service.text import from_text
assert sources.__file__.endswith(".so"), sources.__file__
lexicon, scorer = Lexicon.load(), Scorer.load()
for text in json.load(sys.stdin):
    article = sources.analyse(from_text(text), lexicon)
    print(json.dumps(repr((article, scorer.assess(article)))))
"""


def run(where: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Python in ``where``, whose `service` it imports."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=where, input=given, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compiled copy of the service."""
    if not shutil.which("cc") or not Path(sysconfig.get_path("include"), "Python.h").exists():
        reason = "needs a C compiler and Python's headers (apt-get install gcc libc6-dev python3-dev)"
        pytest.fail(reason) if os.environ.get("SOURCIER_TESTS_NEED_ALL") else pytest.skip(reason)
    root = tmp_path_factory.mktemp("compiled")
    done = run(compile_engine.ROOT, "-m", "tools.compile_engine", "--copy", str(root))
    assert done.returncode == 0, done.stderr
    return root


def test_the_compiled_engine_gives_the_same_answers(compiled: Path) -> None:
    texts = [
        json.loads(line)["text"] for file in sorted(CORPUS.glob("*.jsonl")) for line in file.open(encoding="utf-8")
    ]
    done = run(compiled, "-c", ASSESS, given=json.dumps(texts))
    assert done.returncode == 0, done.stderr
    lexicon, scorer = Lexicon.load(), Scorer.load()
    for text, line in zip(texts, done.stdout.splitlines(), strict=True):
        article = analyse(from_text(text), lexicon)
        assert json.loads(line) == repr((article, scorer.assess(article)))


def test_a_copy_leaves_the_checkout_alone(compiled: Path) -> None:
    assert len(list((compiled / "service").glob("*.so"))) == len(compile_engine.MODULES) + 1
    assert sorted((compile_engine.ROOT / "service").glob("*.so")) == BEFORE


def test_a_source_newer_than_its_compiled_form_is_refused(tmp_path: Path) -> None:
    shutil.copytree(compile_engine.ROOT / "service", tmp_path / "service")
    compiled = tmp_path / "service" / f"kinds{EXTENSION_SUFFIXES[0]}"
    compiled.touch()
    assert run(tmp_path, "-c", "import service").returncode == 0
    os.utime(compiled, (0, 0))
    refused = run(tmp_path, "-c", "import service")
    assert refused.returncode == 1
    assert "kinds.py changed after it was compiled: `make compile` again" in refused.stderr
    compile_engine.clean(tmp_path)
    assert run(tmp_path, "-c", "import service").returncode == 0

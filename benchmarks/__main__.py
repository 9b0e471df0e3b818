"""``make bench``: what an article costs, as ratios within one run on one core.

Beside the engine stand its compiled form, a null Flask endpoint (the floor of any HTTP service here) and spaCy's blank
French pipeline with a sentencizer and a PhraseMatcher over the phrases of our lexicon (in an environment of its own
that `make bench` makes).
Times are the best of several rounds: they say what the code costs, not what a busy machine makes of it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from service.api import create_app
from service.lexicon import Lexicon
from service.scoring import Scorer
from service.sources import analyse
from service.text import from_text

HERE = Path(__file__).parent
SPACY_PYTHON = HERE.parent / ".venv-bench" / "bin" / "python"
COMPILED = HERE.parent / ".venv-bench" / "compiled"


def best(function: Callable[[], Any], rounds: int = 7, seconds: float = 0.25) -> float:
    """Seconds a call, the best of ``rounds`` rounds of about ``seconds`` each."""
    function()
    start = time.perf_counter()
    function()
    calls = max(1, int(seconds / max(time.perf_counter() - start, 1e-7)))
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(calls):
            function()
        found.append((time.perf_counter() - start) / calls)
    return min(found)


def null_endpoint(body: bytes) -> Callable[[], Any]:
    """A Flask endpoint that reads the body and answers two bytes."""
    app = Flask("null")

    @app.post("/")
    def null() -> bytes:
        from flask import request

        request.get_data()
        return b"{}"

    client = app.test_client()
    return lambda: client.post("/", data=body, content_type="application/json")


def spacy_seconds(text: str, phrases: list[str]) -> float | None:
    """Seconds an article in spaCy's blank pipeline, or None where its environment is not there."""
    if not SPACY_PYTHON.exists():
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as job:
        json.dump({"text": text, "phrases": phrases}, job)
        job.flush()
        done = subprocess.run(
            [SPACY_PYTHON, HERE / "spacy_peer.py", job.name], capture_output=True, text=True, check=True, env=os.environ
        )
    return float(done.stdout)


def compiled_seconds(article: Path) -> float | None:
    """Seconds an article in the compiled copy of the engine, or None where it could not be compiled."""
    if not COMPILED.exists():
        return None
    command = [sys.executable, str(HERE / "compiled_peer.py"), str(article.resolve())]
    return float(subprocess.run(command, cwd=COMPILED, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--article", type=Path, default=HERE / "article.txt", help="the article to measure with")
    parser.add_argument("--json", action="store_true", help="numbers for machines")
    options = parser.parse_args()
    os.environ["SOURCIER_LOG_LEVEL"] = "error"
    text = options.article.read_text(encoding="utf-8")
    lexicon, scorer = Lexicon.load(), Scorer.load()

    def engine() -> Any:
        return scorer.assess(analyse(from_text(text), lexicon))

    client = create_app().test_client()
    body = json.dumps({"text": text, "include": ["cues", "contributions"]}).encode()
    phrases = [words for entry in lexicon.entries for words in entry.forms]
    rows: list[tuple[str, float | None]] = [
        ("engine, in process: split, cues, sources, score", best(engine)),
        ("the same, compiled (make compile)", compiled_seconds(options.article)),
        ("null Flask endpoint", best(null_endpoint(body))),
        (
            "POST /v1/score, cues and contributions",
            best(lambda: client.post("/v1/score", data=body, content_type="application/json")),
        ),
        (f"spaCy blank + PhraseMatcher, {len(phrases):,} phrases", spacy_seconds(text, phrases)),
    ]
    growth = []
    for times in (1, 2, 4, 8, 16):
        longer = "\n\n".join([text] * times)
        seconds = best(lambda longer=longer: scorer.assess(analyse(from_text(longer), lexicon)), rounds=3)  # type: ignore[misc]
        growth.append((times, seconds, seconds / len(longer)))
    floor = rows[0][1] or 1.0
    if options.json:
        print(json.dumps({"seconds": dict(rows), "growth": growth}, ensure_ascii=False))
        return
    sentences = len(from_text(text).sentences)
    print(
        f"\n{options.article.name}: {len(text):,} characters, {sentences} sentences; best of several rounds, one core\n"
    )
    for name, seconds in rows:
        shown = (
            "not measured: see what `make bench` says above"
            if seconds is None
            else f"{seconds * 1000:8.3f} ms   × {seconds / floor:.2f}"
        )
        print(f"{name:<58}{shown}")
    print("\nlength   ms        ns a character   against × 1")
    for times, seconds, each in growth:
        print(f"× {times:<6} {seconds * 1000:<9.3f} {each * 1e9:<16.0f} {each / growth[0][2]:.2f}")
    sys.stdout.flush()
    subprocess.run([sys.executable, HERE / "cold_start.py"], check=True)


if __name__ == "__main__":
    main()

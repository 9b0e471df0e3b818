"""Versions to promote in tests: the champion under other names, and one that scores otherwise."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib

from service.scoring import MODELS
from training import dataset

CHAMPION = (MODELS / "champion").read_text().strip()


def copy_version(models: Path, name: str, change: Callable[[dict[str, Any]], None] = lambda folded: None) -> Path:
    """The champion as version ``name``; ``change`` alters its folded arithmetic (weights, thresholds)."""
    folder = models / name
    shutil.copytree(MODELS / CHAMPION, folder)
    folded = joblib.load(folder / "folded.joblib")
    change(folded)
    joblib.dump(folded, folder / "folded.joblib")
    card = json.loads((folder / "card.json").read_text())
    card["version"] = name
    card["data"]["fitted_on"] = ["train", "validation"]
    card["folded"]["sha256"] = hashlib.sha256((folder / "folded.joblib").read_bytes()).hexdigest()
    (folder / "card.json").write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n")
    return folder


def lower(folded: dict[str, Any]) -> None:
    """Every level harder to reach: other scores for the same text."""
    folded["thresholds"] = folded["thresholds"] + 1.0


def break_file(path: Path) -> None:
    """Change one bit in the middle, the high one: no text stays readable by it."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x80
    path.write_bytes(bytes(content))


def small_recipe(folder: Path) -> Path:
    """A recipe whose test part is ten articles, so that the gate takes no time; it holds versions to no calibration."""
    articles = [article for article in dataset.read() if dataset.Split().part(article["id"]) == "test"]
    lines = [json.dumps(article, ensure_ascii=False) for article in articles[::8]]
    (folder / "labelled.jsonl").write_text("\n".join(lines), encoding="utf-8")
    path = folder / "small.toml"
    path.write_text('[data]\ncorpus = ["labelled.jsonl"]\n[report]\nresamples = 20\n[gate]\nece = 1.0\n')
    return path

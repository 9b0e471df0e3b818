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
    card["folded"]["sha256"] = hashlib.sha256((folder / "folded.joblib").read_bytes()).hexdigest()
    (folder / "card.json").write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n")
    return folder


def break_file(path: Path) -> None:
    """Change one bit in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))

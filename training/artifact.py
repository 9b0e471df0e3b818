"""What a trained version leaves on the disk, and where it came from."""

from __future__ import annotations

import hashlib
import io
import json
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import scipy
import sklearn

from service.estimators import MonotoneOrdinal
from training.disk import folder_at_once

ROOT = Path(__file__).parent.parent
TAKEN = ("champion", "previous")  # names that stand for a version wherever one is given


def save(folder: Path, estimator: MonotoneOrdinal, card: dict[str, Any], texts: Mapping[str, str]) -> None:
    """Write a version: both artifacts, the card with their digests, and ``texts`` by file name.

    It is written beside its place, then moved there: a killed run leaves nothing half-written.
    """
    folded = {"weights": estimator.coef_, "thresholds": estimator.thresholds_}
    files = {"model.joblib": _dumped(estimator), "folded.joblib": _dumped(folded)}
    for key, name in (("artifact", "model.joblib"), ("folded", "folded.joblib")):
        card[key] = {"file": name, "sha256": hashlib.sha256(files[name]).hexdigest()}
    with folder_at_once(folder) as partial:
        for name, content in files.items():
            (partial / name).write_bytes(content)
        (partial / "card.json").write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        for name, text in texts.items():
            (partial / name).write_text(text, encoding="utf-8")


def _dumped(value: Any) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(value, buffer)
    return buffer.getvalue()


def environment() -> dict[str, str]:
    """Versions of what the artifact depends on."""
    return {
        "python": platform.python_version(),
        "scikit-learn": sklearn.__version__,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "joblib": joblib.__version__,
    }


def origin() -> dict[str, Any]:
    """The code behind a run: git revision (None outside a repository), whether it was changed since, lock digest."""
    return {
        "git": _git("rev-parse", "HEAD"),
        "changed": bool(_git("status", "--porcelain", "--", "service", "training")),
        "requirements_sha256": hashlib.sha256((ROOT / "requirements.txt").read_bytes()).hexdigest(),
    }


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None

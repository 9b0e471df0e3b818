"""Train a version again from what its card declares, and say what differs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from training.progress import SILENT, Progress
from training.recipe import Recipe
from training.train import train

_TOLERANCE = 1e-6  # another processor may sum in another order; coefficients are rounded to as much


@dataclass(frozen=True, slots=True)
class Reproduction:
    """Inputs that are not those of then, and numbers that came out otherwise, a sentence each."""

    inputs: list[str]
    numbers: list[str]

    @property
    def is_same(self) -> bool:
        """Whether every number came out the same."""
        return not self.numbers


def reproduce(card: dict[str, Any], recipe: Recipe, folder: Path, progress: Progress = SILENT) -> Reproduction:
    """Train by ``recipe`` into ``folder`` and compare with ``card``, without the candidates: they change nothing."""
    recipe = replace(recipe, report=replace(recipe.report, candidates=()))
    again = train(folder, card["version"], recipe, progress=progress)
    inputs = [
        f"{name}: {_short(card_value)} then, {_short(value)} now"
        for name, card_value, value in (
            ("data", card["data"]["sha256"], again["data"]["sha256"]),
            ("recipe", card.get("recipe", {}).get("sha256"), again["recipe"]["sha256"]),
            ("lexicon", card["lexicon"], again["lexicon"]),
            ("code", card.get("code", {}).get("git"), again["code"]["git"]),
            ("requirements", card.get("code", {}).get("requirements_sha256"), again["code"]["requirements_sha256"]),
            *((name, card["environment"].get(name), value) for name, value in again["environment"].items()),
        )
        if card_value != value
    ]
    numbers = []
    for key in ("coefficients", "thresholds", "metrics", "review"):
        for where, then, now in _differing(key, card[key], again[key]):
            numbers.append(f"{where}: {then} then, {now} now")
    return Reproduction(inputs, numbers)


def _differing(where: str, then: Any, now: Any) -> list[tuple[str, Any, Any]]:
    if isinstance(then, dict) and isinstance(now, dict):
        return [found for key in {**then, **now} for found in _differing(f"{where}.{key}", then.get(key), now.get(key))]
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [
            found
            for place, pair in enumerate(zip(then, now, strict=True))
            for found in _differing(f"{where}[{place}]", *pair)
        ]
    if isinstance(then, int | float) and isinstance(now, int | float) and abs(then - now) <= _TOLERANCE:
        return []
    return [] if then == now else [(where, then, now)]


def _short(value: Any) -> str:
    return str(value)[:16]

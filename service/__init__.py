"""Sourcier: how far a reader could trace and check each sentence of a French news article."""

from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

__version__ = "0.1.0"


def _refuse_outdated() -> None:
    """Python prefers a compiled module to its source: an old one would quietly hide what was changed since."""
    for compiled in Path(__file__).parent.glob(f"*{EXTENSION_SUFFIXES[0]}"):
        source = compiled.with_name(compiled.name.removesuffix(EXTENSION_SUFFIXES[0]) + ".py")
        if source.exists() and source.stat().st_mtime > compiled.stat().st_mtime:
            raise ImportError(
                f"{source} changed after it was compiled: `make compile` again, or `make interpreted` to go without."
            )


_refuse_outdated()

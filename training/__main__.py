"""Command line of the data staff: ``python -m training --help``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from service.lexicon import LexiconError
from service.scoring import MODELS
from training import encode as encoding
from training.dataset import CORPUS, DatasetError
from training.train import train as run_training


@click.group()
def cli() -> None:
    """Train and measure the model that Sourcier serves."""


@cli.command()
@click.option("--version", required=True, help="Name of the new version: a folder of this name is made in models/.")
@click.option(
    "--models", type=click.Path(path_type=Path), default=MODELS, show_default=True, help="Where versions live."
)
@click.option(
    "--corpus",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help=f"Labelled JSON-lines files; default: all in {CORPUS.name}/.",
)
@click.option("--promote", is_flag=True, help="Put the new version in service (moves models/champion).")
def train(version: str, models: Path, corpus: tuple[Path, ...], promote: bool) -> None:
    """Train on the labelled corpus; writes model.joblib, card.json and report.md.

    Example: python -m training train --version 2026-12-01
    """
    try:
        card = run_training(models, version, corpus or None, promote=promote)
    except (DatasetError, LexiconError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(card["metrics"], indent=2))
    click.echo(f"written: {models / version}" + (" (in service)" if promote else ""))


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--check", is_flag=True, help="Only say whether the files are sound.")
def encode(files: tuple[Path, ...], check: bool) -> None:
    """Turn hand-labelled FILES (words quoted) into corpus JSON lines with offsets, on standard output."""
    sys.exit(encoding.main([*(["--check"] if check else []), *map(str, files)]))


if __name__ == "__main__":
    cli(prog_name="python -m training")

"""Command line of the data staff: ``python -m training --help``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from service.lexicon import LexiconError
from service.scoring import MODELS
from training import encode as encoding
from training import votes
from training.commands import versions
from training.commands.common import EXIT_CODES
from training.dataset import DatasetError
from training.encode import EncodeError, lines_of
from training.recipe import DEFAULT, Recipe
from training.train import train as run_training


@click.group(epilog=EXIT_CODES)
def cli() -> None:
    """Train and measure the model that Sourcier serves, and put it in service."""


for command in (versions.list_, versions.show, versions.promote, versions.rollback):
    cli.add_command(command)


@cli.command()
@click.option(
    "--recipe",
    "recipe_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=DEFAULT,
    show_default="training/recipes/default.toml",
    help="TOML file that names data, split, features, model, calibration and gate.",
)
@click.option("--version", required=True, help="Name of the new version: a folder of this name is made in models/.")
@click.option(
    "--models", type=click.Path(path_type=Path), default=MODELS, show_default=True, help="Where versions live."
)
@click.option(
    "--corpus",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="Labelled JSON-lines files, instead of those of the recipe.",
)
@click.option("--promote", is_flag=True, help="Put the new version in service (moves models/champion).")
def train(recipe_file: Path, version: str, models: Path, corpus: tuple[Path, ...], promote: bool) -> None:
    """Train by a recipe; writes model.joblib, card.json and report.md.

    Example: python -m training train --version 2026-12-01
    """
    try:
        card = run_training(models, version, Recipe.load(recipe_file), corpus or None, promote=promote)
    except (DatasetError, LexiconError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(card["metrics"], indent=2))
    click.echo(f"written: {models / version}" + (" (in service)" if promote else ""))


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--check", is_flag=True, help="Only say whether the files are sound.")
def encode(files: tuple[Path, ...], check: bool) -> None:
    """Turn hand-labelled FILES (words quoted) into corpus JSON lines with offsets, on standard output."""
    sys.exit(encoding.main([*(["--check"] if check else []), *map(str, files)]))


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--disputed", is_flag=True, help="Only articles whose labellers disagree; a star marks the sentences.")
def sheet(files: tuple[Path, ...], disputed: bool) -> None:
    """Number the sentences of FILES (texts, or corpus JSON lines) for a labeller, without anybody's labels."""
    try:
        articles = [article for file in files for article in votes.read_articles(file)]
    except (EncodeError, DatasetError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(votes.sheet(articles, disputed=disputed), nl=False)


@cli.command()
@click.argument("articles", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--labels",
    multiple=True,
    required=True,
    metavar="NAME=FILE",
    help="A labeller's answers to the sheet; once a labeller, in the order in which they labelled.",
)
def merge(articles: Path, labels: tuple[str, ...]) -> None:
    """Put blind label files together: corpus JSON lines with every vote and what the labellers agree on.

    ARTICLES is the file that the sheet was made from; votes that it holds are kept, and a further labeller need not
    answer for every sentence. Example: python -m training merge texts.txt --labels a=a.txt
    --labels b=b.txt > training/corpus/local.jsonl
    """
    try:
        known = votes.read_articles(articles)
        by_labeller = {}
        for option in labels:
            name, _, file = option.partition("=")
            if not file or not name or name in by_labeller:
                raise click.BadParameter(f"{option!r} is not NAME=FILE, once a labeller", param_hint="--labels")
            by_labeller[name] = votes.read_labels(lines_of(Path(file)), known, Path(file).name)
    except (EncodeError, DatasetError, OSError) as error:
        raise click.ClickException(str(error)) from error
    for article in known:
        given = {name: found[article["id"]] for name, found in by_labeller.items()}
        click.echo(json.dumps(votes.merge(article, given), ensure_ascii=False))


if __name__ == "__main__":
    cli(prog_name="python -m training")

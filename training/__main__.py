"""Command line of the data staff: ``python -m training --help``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from service.lexicon import LexiconError
from service.scoring import ModelError
from training import encode as encoding
from training import plots, votes
from training.commands import labels, runs, shadowing, versions
from training.commands.terminal import (
    EXIT_CODES,
    answer,
    json_option,
    login,
    models_option,
    progress_shown,
    recipe_option,
)
from training.dataset import PARTS, DatasetError
from training.encode import EncodeError, lines_of
from training.evaluate import evaluate as measure_version
from training.recipe import Recipe
from training.registry import Registry, RegistryError
from training.train import train as run_training

OUT_OF_BOUNDS = 3
T = TypeVar("T")


def _or_fail(step: Callable[[], T]) -> T:
    """The result of a step; what is wrong with its input goes to the user as a sentence, with exit code 1."""
    try:
        return step()
    except (
        DatasetError,
        EncodeError,
        LexiconError,
        ModelError,
        RegistryError,
        ImportError,
        OSError,
        ValueError,
    ) as error:
        raise click.ClickException(str(error)) from error


@click.group(epilog=EXIT_CODES)
def cli() -> None:
    """Train and measure the model that Sourcier serves, and put it in service."""


for command in (
    labels.import_,
    labels.check,
    labels.export,
    runs.compare,
    runs.reproduce,
    shadowing.shadow,
    versions.list_,
    versions.show,
    versions.promote,
    versions.rollback,
):
    cli.add_command(command)


@cli.command()
@recipe_option
@click.option("--version", required=True, help="Name of the new version: a folder of this name is made in models/.")
@models_option
@click.option(
    "--corpus",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="Labelled JSON-lines files, instead of those of the recipe.",
)
@click.option("--promote", is_flag=True, help="Put the new version in service if the gate lets it pass.")
def train(recipe_file: Path, version: str, models: Path, corpus: tuple[Path, ...], promote: bool) -> None:
    """Train by a recipe; writes model.joblib, card.json and report.md.

    Example: python -m training train --version 2026-12-01
    """
    with progress_shown() as progress:
        card = _or_fail(
            lambda: run_training(models, version, Recipe.load(recipe_file), corpus or None, progress=progress)
        )
    click.echo(json.dumps(card["metrics"], indent=2))
    click.echo(f"written: {models / version}")
    if promote:
        click.get_current_context().invoke(
            versions.promote, version=version, models=models, recipe_file=recipe_file, by=login()
        )


@cli.command()
@click.argument("version")
@click.option(
    "--on",
    default="test",
    show_default=True,
    metavar="PART|FILE",
    help="train, validation, test or all of the recipe's corpus, or a file of labelled JSON lines.",
)
@models_option
@recipe_option
@json_option
@click.option("--plot", type=click.Path(path_type=Path, dir_okay=False), help="Also draw the reliability curves (SVG).")
def evaluate(version: str, on: str, models: Path, recipe_file: Path, as_json: bool, plot: Path | None) -> None:
    """Measure VERSION on labelled articles: metrics with intervals, slices, calibration, the 50 worst sentences.

    Exit codes: 0 measured; 1 the version or the labels cannot be used; 2 wrong options; 3 measured, and a P(level >= k)
    is calibrated worse than the recipe's gate allows.

    \b
    Examples:
      python -m training evaluate champion
      python -m training evaluate 2026-12-01 --on new-labels.jsonl --json
    """
    if on not in (*PARTS, "all") and not Path(on).is_file():
        raise click.BadParameter(f"{on!r} is neither {', '.join(PARTS)} or all nor a file", param_hint="--on")
    if plot:
        _or_fail(plots.require)
    version = _or_fail(lambda: Registry(models).resolve(version))
    part = on if on in (*PARTS, "all") else Path(on)
    with progress_shown(as_json) as progress:
        found = _or_fail(lambda: measure_version(models / version, part, Recipe.load(recipe_file), progress))
    if plot:
        plot.write_text(plots.reliability(found.appraisal.reliability), encoding="utf-8")
    if as_json:
        answer(found.as_dict())
    else:
        click.echo(found.as_markdown(), nl=False)
    sys.exit(0 if found.is_within_bounds else OUT_OF_BOUNDS)


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

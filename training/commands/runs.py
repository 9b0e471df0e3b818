"""Versions against each other, and against themselves: compare, reproduce."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from training import in_service, plots
from training.commands.terminal import (
    NotWhole,
    answer,
    json_option,
    models_option,
    named_errors,
    progress_shown,
    recipe_option,
)
from training.comparison import GOLDEN_MOVE, Comparison, Refusal
from training.comparison import compare as compare_versions
from training.disk import write_atomically
from training.in_service import InService
from training.markdown import shown, table
from training.page import page
from training.recipe import Recipe
from training.registry import Registry
from training.reproduction import reproduce as train_again


@click.command()
@click.argument("challenger")
@click.argument("champion", required=False)
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Also write a page to read, in French.")
@click.option(
    "--shadow",
    type=click.Path(path_type=Path, file_okay=False),
    multiple=True,
    metavar="DATA",
    help="Also show what a service recorded (see shadow --help): its data folder. Several servers: once each.",
)
@models_option
@recipe_option
@json_option
def compare(
    challenger: str,
    champion: str | None,
    html: Path | None,
    shadow: tuple[Path, ...],
    models: Path,
    recipe_file: Path,
    as_json: bool,
) -> None:
    """Compare CHALLENGER with CHAMPION (default: the version in service) on the same unseen sentences.

    Shows each metric of both with the interval of the difference (resamples of whole articles, paired), the slices, how
    many sentences cross the review threshold, the golden sentences and the 50 whose score changes most. Exit code 3
    says that the gate of the recipe would refuse the challenger, 0 that it would pass; nothing is promoted.

    \b
    Examples:
      python -m training compare 2026-12-01 --html compare.html
      python -m training compare 2026-12-01 2026-11-25 --json
      python -m training compare 2026-12-01 --shadow data
      python -m training compare champion previous
    """
    registry = Registry(models)
    with named_errors():
        if html:
            try:
                plots.require()
            except ImportError as error:
                raise click.ClickException(str(error)) from error
        challenger, champion = registry.resolve(challenger), registry.resolve(champion) if champion else None
        for version in filter(None, (challenger, champion)):
            registry.folder(version)
        recipe = Recipe.load(recipe_file)
        with progress_shown(as_json) as progress:
            found = compare_versions(models, challenger, champion or registry.champion(), recipe, progress)
        refusals = found.refusals(recipe.gate)
        served = in_service.read(shadow, models, challenger, found.champion) if shadow and found.champion else None
        if html:
            write_atomically(html, page(found, refusals, recipe.gate.slice_n, served).encode())
    if as_json:
        shown_too = {"in_service": served and served.as_dict()} if shadow else {}
        answer(found.as_dict() | shown_too | {"refused": [refusal.words for refusal in refusals]})
    else:
        click.echo(_text(found, refusals, recipe.gate.slice_n, served), nl=False)
    sys.exit(3 if refusals else 0)


@click.command()
@click.argument("version")
@models_option
@recipe_option
@json_option
def reproduce(version: str, models: Path, recipe_file: Path, as_json: bool) -> None:
    """Train VERSION again from the recipe and corpus of now, and say whether its numbers come out the same.

    What differs is named: data, recipe, lexicon, code, lock file, environment, then the numbers. Nothing is kept. Exit
    code 0: the same; 4: not.
    """
    registry = Registry(models)
    with named_errors(), tempfile.TemporaryDirectory() as folder, progress_shown(as_json) as progress:
        version = registry.resolve(version)
        card = registry.verify(version)
        found = train_again(card, Recipe.load(recipe_file), Path(folder), progress)
    if as_json:
        answer({"version": version, "same": found.is_same, "inputs": found.inputs, "numbers": found.numbers})
    else:
        for line in (*found.inputs, *found.numbers):
            click.echo(line)
        click.echo(f"{version}: " + ("the numbers come out the same" if found.is_same else "the numbers differ"))
    if not found.is_same:
        raise NotWhole(f"{version} was not reproduced")


def _text(found: Comparison, refusals: Sequence[Refusal], slice_n: int, served: InService | None) -> str:
    lines = [f"{found.challenger} against {found.champion}: {found.sentences} sentences of {found.articles} articles"]
    if found.seen_by_champion:
        lines.append(
            f"{found.champion} was fitted on {found.seen_by_champion} of these articles: its numbers flatter it"
        )
    if found.metrics:
        rows = [
            [name, f"{d.challenger:.3f}", f"{d.champion:.3f}", shown(d.difference, "+"), d.verdict]
            for name, d in found.metrics.items()
        ]
        lines += ["", table(["metric", "challenger", "champion", "difference", ""], rows), ""]
        rows = [
            [f"{dimension}: {value}", str(n), name, shown(d.difference, "+"), d.verdict]
            for (dimension, value), (n, metrics) in found.slices.items()
            for name, d in metrics.items()
            if n >= slice_n and d.verdict != "no clear difference"
        ]
        if rows:
            lines += [table(["slice", "n", "metric", "difference", ""], rows), ""]
        else:
            lines += [f"no clear difference in any slice of {slice_n} sentences or more", ""]
    if found.review:
        review = found.review
        lines.append(
            f"to review: {review.challenger} sentences, before {review.champion}; {review.flagged_anew} flagged anew, "
            f"{review.no_longer} no longer"
        )
    for title, changes in (
        (f"golden sentences that move by {GOLDEN_MOVE} or more", found.moved_golden()),
        ("sentences whose score changes most", found.changed),
    ):
        lines += ["", f"{title}: {len(changes)}"]
        lines += [f"  {change.champion:.2f} → {change.challenger:.2f}  {change.text}" for change in changes]
    if served:
        lines += ["", served.as_markdown(slice_n)]
    lines += ["", "the gate would " + ("refuse it:" if refusals else "let it pass")]
    return "\n".join([*lines, *(f"- {refusal.words}" for refusal in refusals)]) + "\n"

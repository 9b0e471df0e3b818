"""Which version is in service: list, show, promote, rollback."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from training.commands.terminal import (
    Refused,
    answer,
    by_option,
    json_option,
    models_option,
    named_errors,
    progress_shown,
    recipe_option,
)
from training.comparison import compare
from training.recipe import Recipe
from training.registry import Entry, Registry


@click.command("list")
@models_option
@json_option
def list_(models: Path, as_json: bool) -> None:
    """List the versions, oldest first; a star marks the one in service.

    Other commands take "champion" for that one, and "previous" for the one before it.

    A version that cannot be served (a file changed or missing) stands there with the reason.
    """
    with named_errors():
        versions = Registry(models).versions()
    if as_json:
        answer(
            [
                {
                    "version": version.name,
                    "in_service": version.is_champion,
                    "created_at": (version.card or {}).get("created_at"),
                    "test": (version.card or {}).get("metrics", {}).get("test"),
                    "problem": version.problem,
                }
                for version in versions
            ]
        )
        return
    for version in versions:
        star = "*" if version.is_champion else " "
        if version.card is None:
            click.echo(f"{star} {version.name}  cannot be served: {version.problem}")
            continue
        test = version.card["metrics"]["test"]
        click.echo(
            f"{star} {version.name}  {version.card['created_at'][:16]}  {version.card['data']['sentences']} sentences, "
            f"kappa {test['kappa']:.3f}, Spearman {test['spearman']:.3f}, ECE {test['ece']:.3f}"
        )


@click.command()
@click.argument("version", required=False)
@models_option
@json_option
def show(version: str | None, models: Path, as_json: bool) -> None:
    """Show what VERSION is, where it comes from, and each time it was put in service (default: the one in service).

    Its files are checked against their digests first.
    """
    registry = Registry(models)
    with named_errors():
        name = registry.resolve(version or "champion")
        card = registry.verify(name)
        history = [asdict(entry) for entry in registry.entries() if entry.version == name]
    if as_json:
        answer({"card": card, "in_service": name == registry.champion(), "history": history})
        return
    test, data = card["metrics"]["test"], card["data"]
    click.echo(f"{card['name']} {name}" + (" (in service)" if name == registry.champion() else ""))
    click.echo(f"trained   {card['created_at']}, lexicon {card['lexicon']}, {card['model']}")
    click.echo(f"data      {data['articles']} articles, {data['sentences']} sentences, SHA-256 {data['sha256'][:16]}…")
    click.echo("test      " + ", ".join(f"{key} {value:g}" for key, value in test.items()))
    for file in ("artifact", "folded"):
        click.echo(f"file      {card[file]['file']}, SHA-256 {card[file]['sha256'][:16]}…, unchanged")
    for entry in history:
        how = "forced past the gate, " if entry["refused"] else ""
        click.echo(
            f"{entry['action']:<9} {entry['at']} {how}by {entry['by']}" + (f": {entry['why']}" * bool(entry["why"]))
        )


@click.command()
@click.argument("version")
@click.option("--explain", default="", help="Why it is right that golden sentences move; goes into the log.")
@click.option("--force", is_flag=True, help="Promote what the gate refuses; needs --why, which goes into card and log.")
@by_option
@click.option("--why", default="", help="The reason, for the log.")
@models_option
@recipe_option
@json_option
def promote(
    version: str, explain: str, force: bool, by: str, why: str, models: Path, recipe_file: Path, as_json: bool
) -> None:
    """Put VERSION in service when the gate lets it pass; running services follow within seconds.

    Its files are checked first: one that was changed, or does not fit this code, is refused, with --force too. Then it
    is compared with the version in service (see compare --help) and held to the [gate] of the recipe: no metric and no
    large slice significantly worse, calibration within bounds, no test article in its training data, moved golden
    sentences explained. A version that is in service already stays there, and the exit code is 0.

    \b
    Examples:
      python -m training promote 2026-12-01 --why "decisions of week 48"
      python -m training promote 2026-12-01 --explain "hedged headlines fall, as the desk asked"
      python -m training promote 2026-12-01 --force --why "the old model was fitted on the test part"
    """
    if force and not why.strip():
        raise click.UsageError('--force needs a reason: --why "…"')
    registry = Registry(models)
    with named_errors():
        version = registry.resolve(version)
        registry.verify(version)
        champion, refused = registry.champion(), []
        if version != champion:
            recipe = Recipe.load(recipe_file)
            with progress_shown(as_json) as progress:
                found = compare(models, version, champion, recipe, progress)
            refused = [refusal.words for refusal in found.refusals(recipe.gate, explain)]
    if refused and not force:
        if as_json:
            answer({"version": version, "refused": refused})
        raise Refused(f"the gate refuses {version}:\n" + "\n".join(f"- {line}" for line in refused))
    reason = "; ".join(filter(None, (why, explain)))
    with named_errors():
        entry = registry.promote(version, by=by, why=reason, refused=refused, expected=champion)
    if entry is not None:
        _say(entry, as_json)
    elif as_json:
        answer(None)
    else:
        click.echo(f"{version} is in service already")


@click.command()
@by_option
@click.option("--why", default="", help="The reason, for the log.")
@models_option
@json_option
def rollback(by: str, why: str, models: Path, as_json: bool) -> None:
    """Put the version back that was in service before this one.

    A second rollback goes one further back. The version taken out stays on the disk. Running services follow within
    seconds.

    \b
    Example:
      python -m training rollback --why "every headline is flagged since Monday"
    """
    with named_errors():
        entry = Registry(models).rollback(by=by, why=why)
    _say(entry, as_json)


def _say(entry: Entry, as_json: bool) -> None:
    if as_json:
        answer(asdict(entry))
    else:
        click.echo(f"in service: {entry.version} (before: {entry.previous or 'none'})")

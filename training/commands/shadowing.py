"""A version beside the one in service: shadow."""

from __future__ import annotations

from pathlib import Path

import click

from training.commands.terminal import answer, json_option, models_option, named_errors
from training.registry import Registry


@click.command()
@click.argument("version", required=False)
@click.option(
    "--share",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.05,
    show_default=True,
    help="Share of the requests that VERSION scores too, drawn by chance.",
)
@click.option("--stop", is_flag=True, help="Score with the version in service alone; what was recorded stays.")
@click.option("--status", is_flag=True, help="Say which version is set, and change nothing (as without arguments).")
@models_option
@json_option
def shadow(version: str | None, share: float, stop: bool, status: bool, models: Path, as_json: bool) -> None:
    """Have running services score a share of requests with VERSION too, and record how its scores differ.

    Answers still come from the version in service, and go out first. Recorded are counts and sums by slice, in the
    folder shadow/ of the service's data (SOURCIER_DATA), never text: read them with compare VERSION --shadow DATA.
    Services follow within seconds; one that cannot load VERSION goes on without it, and its /readyz says why.

    \b
    Examples:
      python -m training shadow 2026-12-01 --share 0.2
      python -m training shadow --status
      python -m training shadow --stop
    """
    if bool(version) + stop + status > 1:
        raise click.UsageError("give VERSION, --stop or --status, one of them")
    registry = Registry(models)
    with named_errors():
        if version:
            found, words = registry.shadow(version, share), "running services follow within seconds"
        elif stop:
            words = "stopped" if registry.stop_shadow() else "no version was set"
            found = None
        else:
            found = registry.challenger()
            words = "no version is set"
            if found:
                registry.verify(found.version)
                words = f"beside {registry.champion()}, which is in service"
                if found.version == registry.champion():
                    words = "in service itself by now, so that nothing is recorded: stop it, or name another"
    if as_json:
        answer({"version": found and found.version, "share": found and found.share})
    else:
        click.echo(f"{found.version} scores {found.share:.4g} of requests: {words}" if found else words)

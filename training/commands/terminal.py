"""What sub-commands share at the terminal: exit codes, options, answers for machines, errors as sentences."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from service.lexicon import LexiconError
from service.scoring import MODELS, ModelError
from service.shadow import ShadowError
from training.dataset import DatasetError
from training.progress import SILENT, Progress
from training.recipe import DEFAULT, RecipeError
from training.registry import RegistryError

EXIT_CODES = """\b
Exit codes:
  0  done
  1  the input has faults, or a file cannot be read or written; all of them are listed
  2  the command line is wrong
  3  the gate refuses the version, or there are warnings
  4  a version is missing, was changed, does not fit this code, or was not reproduced
"""


class Refused(click.ClickException):
    """The gate refuses."""

    exit_code = 3


class NotWhole(click.ClickException):
    """A version cannot be served."""

    exit_code = 4


models_option = click.option(
    "--models",
    type=click.Path(path_type=Path, file_okay=False),
    default=MODELS,
    show_default="models/",
    envvar="SOURCIER_MODELS",
    help="Folder of the versions (also SOURCIER_MODELS, as for the service).",
)
recipe_option = click.option(
    "--recipe",
    "recipe_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=DEFAULT,
    show_default="training/recipes/default.toml",
    envvar="SOURCIER_RECIPE",
    help="TOML file that names corpus, split and gate (also SOURCIER_RECIPE).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for machines.")


def login() -> str:
    """Name of the user, or the number where the system knows no name, as in a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


by_option = click.option("--by", default=login, show_default="your login name", help="Who does this, for the log.")


def answer(value: Any) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


class _Bars(Progress):
    """A line a phase: its name, a bar, steps done of those to do, time."""

    def __init__(self, shown: Any) -> None:
        self._shown = shown
        self._task: Any = None

    def phase(self, name: str) -> None:
        self._task = self._shown.add_task(name, total=0)

    def expect(self, steps: int) -> None:
        self._shown.update(self._task, total=self._shown.tasks[self._task].total + steps)

    def step(self) -> None:
        self._shown.advance(self._task)


@contextmanager
def progress_shown(as_json: bool = False) -> Iterator[Progress]:
    """Progress as bars on standard error, where a person looks on: a terminal, and no --json."""
    try:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Shown
    except ImportError:  # only `make training` installs it
        yield SILENT
        return
    if as_json or not sys.stderr.isatty():
        yield SILENT
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Shown(*columns, console=console, redirect_stdout=False, redirect_stderr=False) as shown:
        yield _Bars(shown)


@contextmanager
def named_errors() -> Iterator[None]:
    """What is wrong with files goes to the user as a sentence, with the exit code that `EXIT_CODES` names."""
    try:
        yield
    except (ModelError, RegistryError) as error:
        raise NotWhole(str(error)) from error
    except (DatasetError, RecipeError, LexiconError, ShadowError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from error

"""What sub-commands share: exit codes, the models folder, answers for machines."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Any

import click

from service.scoring import MODELS

EXIT_CODES = """\b
Exit codes:
  0  done
  1  the input has faults, or a file cannot be read or written; all of them are listed
  2  the command line is wrong
  3  the gate refuses the version
  4  a version is missing, was changed, or does not fit this code
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
json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for machines.")
by_option = click.option(
    "--by", default=getpass.getuser, show_default="your login name", help="Who does this, for the log."
)


def answer(value: Any) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))

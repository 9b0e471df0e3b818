"""Command line: ``python -m service --help``."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import click
import orjson

from service import __version__, answer, language, messages, report, upkeep
from service.answer import Options, Served
from service.config import ConfigError, Settings
from service.lexicon import Lexicon, LexiconError
from service.scoring import ModelError, Scorer
from service.sources import analyse
from service.text import Document, TextError, from_html, from_text
from service.upkeep import Failure

_ROOT = Path(__file__).parent.parent
_LANGUAGE = click.option(
    "--lang", type=click.Choice(messages.LANGUAGES), default="fr", show_default=True, help="Language of the words."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sourcier")
def cli() -> None:
    """How far could a reader trace and check each sentence of a French news article?

    The score is about form (who says it, how firmly, how precisely), never about truth.
    """


@cli.command()
@click.argument("file", type=click.Path(allow_dash=True))
@click.option(
    "--format",
    "shape",
    type=click.Choice(("table", "json", "html")),
    default="table",
    show_default=True,
    help="A table to read, the wire answer, or a page that stands alone.",
)
@click.option("--html-input", is_flag=True, help="The input is HTML (files named .html and .htm are taken so anyway).")
@click.option(
    "--color/--no-color", "colour", default=None, help="Colours; by default on a terminal, unless NO_COLOR is set."
)
@_LANGUAGE
def score(file: str, shape: str, html_input: bool, colour: bool | None, lang: str) -> None:
    """Score FILE, or standard input for "-".

    \b
    Examples:
      python -m service score article.txt
      python -m service score article.txt --format html > article.html
      curl -s https://example.org/a.html | python -m service score - --html-input --format json
    """
    settings, lexicon, scorer = _load()
    text = _read(file)
    if len(text) > settings.max_characters:
        raise Failure(f"{file}: {len(text):,} characters; the limit is {settings.max_characters:,} a document")
    document = _document(text, html_input or file.lower().endswith((".html", ".htm")), file)
    found = language.other_language(document.text)
    if found:
        click.echo(f"warning: {file}: the text looks like {found!r}; scores are made for French", err=True)
    article = analyse(document, lexicon, words=shape == "json")
    assessments = scorer.assess(article, contributions=shape == "json")
    if shape == "json":
        options = Options(include=("cues", "contributions"), language=lang)
        served = Served(scorer.name, scorer.version, lexicon.version)
        content = orjson.dumps(answer.build(article, assessments, options, served), option=orjson.OPT_INDENT_2)
        click.echo(content)
    elif shape == "html":
        click.echo(
            report.page(article, assessments, language=lang, title="" if file == "-" else Path(file).name), nl=False
        )
    else:
        if colour is None:
            colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        width = shutil.get_terminal_size((100, 24)).columns
        text = report.table(article, assessments, language=lang, width=width, colour=colour)
        click.echo(text, nl=False, color=colour)


@cli.command()
def serve() -> None:
    """Start the HTTP service on 127.0.0.1, port 8000 (PORT and HOST in the environment change that)."""
    _load()  # a mistake is said here in one line, not by gunicorn in a traceback
    port = os.environ.get("PORT", "8000")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise Failure(f"PORT is {port!r}; give a number from 1 to 65535")
    click.echo(f"Sourcier answers on http://{os.environ.get('HOST', '127.0.0.1')}:{port} (interface: /docs)", err=True)
    command = [sys.executable, "-m", "gunicorn", "--config", str(_ROOT / "gunicorn.conf.py")]
    os.chdir(_ROOT)
    os.execv(sys.executable, command)


@cli.command()
@_LANGUAGE
def labels(lang: str) -> None:
    """Print the catalogue of levels, kinds, categories and features, as JSON."""
    click.echo(orjson.dumps(answer.labels(lang), option=orjson.OPT_INDENT_2))


for _command in (
    upkeep.users, upkeep.keys, upkeep.purge, upkeep.backup, upkeep.restore, upkeep.export, upkeep.assess,
):  # fmt: skip
    cli.add_command(_command)


def _load() -> tuple[Settings, Lexicon, Scorer]:
    try:
        settings = Settings.from_environment()
        return settings, Lexicon.load(), Scorer.load(settings.models)
    except (ConfigError, LexiconError, ModelError) as error:
        raise Failure(str(error)) from error


def _read(file: str) -> str:
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Failure(f"{file}: byte {error.start} is not UTF-8; save the file as UTF-8") from error


def _document(text: str, is_html: bool, file: str) -> Document:
    try:
        document = from_html(text) if is_html else from_text(text)
    except TextError as error:
        raise Failure(f"{file}: {error}") from error
    if not document.sentences:
        raise Failure(f"{file}: there is no text in it")
    return document


def main() -> Any:
    """Entry point; a closed pipe ("| head") is no error."""
    try:
        return cli(prog_name="python -m service")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())

"""Commands for whoever looks after the store: users, keys, purge, backup, restore, export, assess."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from service.config import ConfigError, Settings
from service.store import StoreError
from service.store.terms import ROLES, SCOPES

if TYPE_CHECKING:
    from service.store.engine import Store


class Failure(click.ClickException):
    """One clear line on standard error, exit code 2."""

    exit_code = 2


@contextmanager
def _store() -> Iterator[tuple[Store, Settings]]:
    try:
        settings = Settings.from_environment()
        from service.store.engine import Store

        store = Store.open(settings.database, double_review=settings.double_review)
        try:
            yield store, settings
        finally:
            store.close()
    except (ConfigError, StoreError) as error:
        raise Failure(str(error)) from error


@click.group()
def users() -> None:
    """Who may sign in to the moderation pages."""


@users.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help="A lead and an admin may undo others' decisions.")
def add_user(name: str, role: str) -> None:
    """Make a user. The password is asked for, or read as one line from standard input.

    \b
    Examples:
      python -m service users add Nadia --role moderator
      pass show sourcier/nadia | python -m service users add Nadia --role moderator
    """
    password = _password()
    with _store() as (store, _):
        from service.store import people

        try:
            people.add(store, name, role, password)
        except people.UserError as error:
            raise Failure(f"{error}") from error
        click.echo(f"{name} may sign in as {role} ({store.where})")


@users.command("password")
@click.argument("name")
def change_password(name: str) -> None:
    """Give a user another password (asked for, or one line of standard input); ends the user's sessions."""
    password = _password()
    with _store() as (store, _):
        from service.store import people

        try:
            people.set_password(store, name, password)
        except people.UserError as error:
            raise Failure(str(error)) from error
        click.echo(f"{name} has a new password")


@users.command("list")
def list_users() -> None:
    """Print names and roles."""
    with _store() as (store, _):
        from service.store import people

        for user in people.listed(store):
            click.echo(f"{user.name}\t{user.role}")


@users.command("link")
@click.argument("name")
@click.option("--subject", required=True, help="What the provider calls the user, for good: claim sub of its tokens.")
@click.option("--issuer", help="The provider; OIDC_ISSUER when left out.")
def link_user(name: str, subject: str, issuer: str | None) -> None:
    """Let a user also sign in by the OpenID Connect provider.

    The sign-in page says the subject of somebody whom it does not know.
    """
    with _store() as (store, settings):
        from service.store import identities, people

        found = issuer or (settings.provider.issuer if settings.provider else None)
        if found is None:
            raise Failure("whose subject is this? set OIDC_ISSUER or give --issuer")
        try:
            identities.link(store, name, found, subject)
        except people.UserError as error:
            raise Failure(str(error)) from error
        click.echo(f"{name} may sign in by {found}")


@click.group()
def keys() -> None:
    """Who may use the HTTP interface for more than scoring."""


@keys.command("add")
@click.argument("name")
@click.option("--may", required=True, help=f"Comma-separated: {', '.join(SCOPES)}. Whoever may store may score.")
@click.option("--outlet", help="The outlet that its articles come from.")
@click.option("--user", help="With review: the user that its decisions are by.")
@click.option("--store-always", is_flag=True, help="Keep the articles it scores unless a request says store: false.")
def add_key(name: str, may: str, outlet: str | None, user: str | None, store_always: bool) -> None:
    """Make a key and print it on standard output, this once: only its digest is kept.

    \b
    Examples:
      python -m service keys add cms --may store,feedback --outlet "Le Quotidien" --store-always
      python -m service keys add desk --may review --user Nadia
    """
    scopes = [scope.strip() for scope in may.split(",") if scope.strip()]
    with _store() as (store, _):
        from service.store import keys as ring

        try:
            token = ring.make(store, name, scopes, outlet=outlet, user=user, stores=store_always)
        except ring.KeyFault as error:
            raise Failure(str(error)) from error
        click.echo(token)
        click.echo(f"the key of {name}, shown this once: send it as Authorization: Bearer ({store.where})", err=True)


@keys.command("list")
def list_keys() -> None:
    """Print names, what each key may do, its outlet, its user, and whether it was revoked."""
    with _store() as (store, _):
        from service.store import keys as ring

        for key in ring.listed(store):
            state = "live" if key.revoked_at is None else "revoked"
            may = ",".join((*key.may, "always") if key.stores else key.may)
            click.echo("\t".join((key.name, may, key.outlet or "-", key.user.name if key.user else "-", state)))


@keys.command("revoke")
@click.argument("name")
def revoke_key(name: str) -> None:
    """End a key for good. A running service stops taking it within five seconds."""
    with _store() as (store, _):
        from service.store import keys as ring

        try:
            ring.revoke(store, name)
        except ring.KeyFault as error:
            raise Failure(str(error)) from error
        click.echo(f"the key of {name} is revoked")


@click.command()
def purge() -> None:
    """Remove the text of articles last sent, and of feedback received, more than RETENTION_DAYS (90) ago.

    Labels and digests stay.

    A service in use does this by itself once an hour.
    """
    with _store() as (store, settings):
        from service.store import articles

        count = articles.purge(store, settings.retention_days)
        click.echo(f"{count} article(s) older than {settings.retention_days} days lost their text")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Write the whole store to FILE, while the service runs. The file holds articles: keep it as you keep them."""
    with _store() as (store, _):
        from service.store import backup as backups

        try:
            click.echo(f"{backups.backup(store, file)} rows in {file}")
        except backups.BackupError as error:
            raise Failure(str(error)) from error


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Read a backup into an empty store, of either kind: SQLite's into PostgreSQL too."""
    with _store() as (store, _):
        from service.store import backup as backups

        try:
            click.echo(f"{backups.restore(store, file)} rows from {file} in {store.where}")
        except backups.BackupError as error:
            raise Failure(str(error)) from error


@click.command()
def export() -> None:
    """Print decisions as labels, on standard output: JSON lines of training/corpus, an article a line.

    Example: python -m service export > moderation.jsonl
    """
    with _store() as (store, _):
        from service.store import export as exports

        count = 0
        for article in exports.labelled(store):
            sys.stdout.buffer.write(orjson.dumps(article, option=orjson.OPT_APPEND_NEWLINE))
            count += sum(sentence["kind"] is not None for sentence in article["sentences"])
        lost = exports.purged(store)
        waiting = exports.undecided(store)
        also = f"; {waiting} more are disputed or wait for a second decision" if waiting else ""
        also += f"; {lost} more lost their text to the purge and cannot train" if lost else ""
        click.echo(f"{count} decided sentence(s){also}", err=True)


@click.command()
def assess() -> None:
    """Score the articles kept with the model in service, so that the queue goes by it and scores can be compared.

    Decisions stay, and so does the time at which texts are removed. Runs beside the service; started again after a
    stop, it goes on where it was.
    """
    with _store() as (store, settings):
        from service.answer import Served
        from service.article import Article
        from service.lexicon import Lexicon, LexiconError
        from service.scoring import Assessment, ModelError, Scorer
        from service.sources import analyse
        from service.store import history
        from service.text import Document

        try:
            lexicon, scorer = Lexicon.load(), Scorer.load(settings.models)
        except (LexiconError, ModelError) as error:
            raise Failure(str(error)) from error

        def by_the_model(document: Document) -> tuple[Article, list[Assessment]]:
            article = analyse(document, lexicon, words=True)
            return article, scorer.assess(article, contributions=True)

        served = Served(scorer.name, scorer.version, lexicon.version)
        count = 0
        for number in history.outdated(store, served):
            count += history.assess_again(store, number, by_the_model, served, review_at=scorer.review_at)
            if count and count % 500 == 0:
                click.echo(f"{count} articles so far", err=True)
        click.echo(f"{count} article(s) assessed by {scorer.version}; the others were already")


def _password() -> str:
    if sys.stdin.isatty():
        password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return password
    return sys.stdin.readline().rstrip("\r\n")

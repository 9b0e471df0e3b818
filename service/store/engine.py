"""Opening the store: SQLite as a file of our own, or PostgreSQL; transactions; the schema brought up to date."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from service.store import StoreError

HEAD = "0005"  # newest migration; a test compares it with the folder
_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_MS = 10_000
_LOG_BUSY_MS = 500
_MIGRATION_LOCK = 7_263_001  # any number, the same in every process


class Store:
    """A store that is ready. Thread-safe; make it after the fork, since connections cannot be shared by processes.

    Reads happen in `reading`, writes in `writing`: on SQLite a write takes its turn from the beginning, so that it
    never fails half-way because another process wrote meanwhile.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time, *, double_review: bool = False) -> None:
        self.decisions_wanted = 2 if double_review else 1  # for a sentence
        self._engine = engine
        self._writer = engine.execution_options(begin_immediate=True)
        self._clock = clock

    @classmethod
    def open(cls, url: str, clock: Callable[[], float] = time.time, *, double_review: bool = False) -> Store:
        """Connect to a SQLAlchemy URL, make or upgrade the tables. Raises `StoreError`."""
        try:
            engine = _sqlite(url) if url.startswith("sqlite") else create_engine(url, pool_pre_ping=True)
        except (ModuleNotFoundError, NoSuchModuleError) as error:
            raise StoreError(
                "PostgreSQL needs its driver: pip install --require-hashes -r requirements-postgres.txt"
            ) from error
        except OSError as error:
            raise StoreError(
                f"{error.filename}: cannot be made ({error.strerror}); set SOURCIER_DATA to a folder you can write to"
            ) from error
        store = cls(engine, clock, double_review=double_review)
        try:
            store._upgrade()
        except SQLAlchemyError as error:
            raise StoreError(f"{store.where}: {_reason(error)}") from error
        return store

    @property
    def where(self) -> str:
        """The address of the store, without its password."""
        return self._engine.url.render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is the embedded one."""
        return self._engine.dialect.name == "sqlite"

    def now(self) -> int:
        """Seconds since 1970, UTC."""
        return int(self._clock())

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view of the store. Raises `StoreError` when the database is away."""
        with self._told(), Session(self._engine) as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A longer read that others' writes do not show in."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self._told(), Session(self._engine.execution_options(**options)) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """All or nothing; committed at the end. Raises `StoreError` when the database refuses or is away."""
        with self._told(), Session(self._writer) as session, session.begin():
            yield session

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise StoreError(f"{self.where}: {_reason(error)}") from None  # its message has the statement's values

    def forget_deleted(self) -> None:
        """After a purge: SQLite's log still holds the pages as they were (the file itself is overwritten).

        Raises `StoreError` when somebody went on reading, for whom the log had to stay; it can be called again.
        """
        if self.is_sqlite:
            with self._told(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                # Who writes waits meanwhile: not long, it is tried again.
                connection.exec_driver_sql(f"PRAGMA busy_timeout={_LOG_BUSY_MS}")
                try:
                    is_busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
                finally:
                    connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_MS}")
            if is_busy:
                raise StoreError(
                    f"{self.where}: being read; its log may keep words that were removed until the next purge"
                )

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _upgrade(self) -> None:
        with self._engine.connect() as connection:
            if _version(connection) == HEAD:
                return
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        with self._writer.begin() as connection:  # on SQLite others wait here
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            found = _version(connection)
            if found != HEAD and found is not None and not list((_MIGRATIONS / "versions").glob(f"{found}_*.py")):
                raise StoreError(f"{self.where}: made by a newer Sourcier (schema {found}); use that or a newer one")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _sqlite(url: str) -> Engine:
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # nobody else reads the articles; -wal and -shm follow
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_MS / 1000})

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions begin where SQLAlchemy says, not where sqlite3 guesses
        _use_wal(connection)
        for pragma in ("foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("begin_immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _use_wal(connection: sqlite3.Connection) -> None:
    """Readers and the writer beside each other. Written in the file, so only the first to open it has work here.

    While somebody else opens the same new file, SQLite refuses at once, whatever its timeout: so we wait.
    """
    give_up = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.01)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version


def _reason(error: SQLAlchemyError) -> str:
    """What the driver says, in one line and without the values of the statement, which may be an article's text."""
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().split("\n")[0]

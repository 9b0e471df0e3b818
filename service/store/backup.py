"""Backup and restore: gzipped JSON lines, the same for both databases, so that one can be restored into the other."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, insert, select, text

from service.store import search, tables
from service.store.engine import HEAD, Store

_FORMAT = "sourcier-backup"
_BATCH = 500
# Locks and wrong passwords are of the moment.
_LEFT_OUT = frozenset(("lock", "sign_in_failure"))


class BackupError(ValueError):
    """A backup that cannot be made or read: says the file and the remedy."""


def _kept() -> list[Table]:
    """Tables, those that others refer to first."""
    return [table for table in tables.Base.metadata.sorted_tables if table.name not in _LEFT_OUT]


def backup(store: Store, path: Path) -> int:
    """Write everything to a new file that only its owner can read; one consistent view, while the service runs.

    Returns the number of rows. Raises `BackupError` when the file is there already or cannot be written.
    """
    partial = path.with_name(f"{path.name}.partial-{os.getpid()}")
    count = 0
    try:
        if path.exists():
            raise BackupError(f"{path}: is there already; give a new name")
        with (
            os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw,
            gzip.open(raw, "wt", encoding="utf-8") as out,
            store.snapshot() as session,
        ):
            out.write(json.dumps({"format": _FORMAT, "schema": HEAD, "made_at": store.now()}) + "\n")
            for table in _kept():
                order = list(table.primary_key.columns)
                for row in session.execute(select(table).order_by(*order)).mappings():
                    out.write(json.dumps([table.name, dict(row)], ensure_ascii=False) + "\n")
                    count += 1
            out.write(json.dumps({"rows": count}) + "\n")
        os.link(partial, path)  # unlike a rename, never over a file that came meanwhile
    except FileExistsError:
        raise BackupError(f"{path}: is there already; give a new name") from None
    except OSError as error:
        raise BackupError(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        partial.unlink(missing_ok=True)
    return count


def restore(store: Store, path: Path) -> int:
    """Read a backup into an empty store, all or nothing. Returns the number of rows; raises `BackupError`."""
    known = {table.name: table for table in _kept()}
    count = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines, store.writing() as session:
            header = json.loads(next(lines, "null"))
            if not isinstance(header, dict) or header.get("format") != _FORMAT:
                raise BackupError(f"{path}: not a backup of Sourcier")
            if header.get("schema") != HEAD:
                raise BackupError(
                    f"{path}: of schema {header.get('schema')}, this is {HEAD}; use the Sourcier it is of"
                )
            for table in known.values():
                if session.execute(select(table).limit(1)).first() is not None:
                    raise BackupError(f"{store.where} is not empty; restore into a new database")
            footer: dict[str, Any] | None = None
            rows = (json.loads(line) for line in lines)
            while batch := list(islice(rows, _BATCH)):
                if isinstance(batch[-1], dict):
                    footer = batch.pop()
                for name, row in batch:
                    session.execute(insert(known[name]).values(row))
                count += len(batch)
            if footer is None or footer.get("rows") != count:
                raise BackupError(f"{path}: is cut short; nothing was restored")
            search.rebuild(session)
            if not store.is_sqlite:
                for table in known.values():
                    if "id" in table.columns:
                        highest = session.scalar(select(func.max(table.c.id)))
                        sequence = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :value)")
                        session.execute(sequence, {"name": f'"{table.name}"', "value": highest or 1})
    except (OSError, EOFError, zlib.error) as error:
        raise BackupError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, BackupError):
            raise
        raise BackupError(f"{path}: not a backup of Sourcier, or damaged; nothing was restored") from error
    return count

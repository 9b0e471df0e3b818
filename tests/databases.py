"""A real PostgreSQL for the tests: started on a free port by a user who is not root, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_PLACES = "/usr/lib/postgresql/*/bin"


def _programs() -> Path | None:
    found = shutil.which("initdb")
    candidates = [Path(found).resolve().parent] if found else []
    candidates += sorted(Path("/").glob(_PLACES.lstrip("/")), reverse=True)
    return next((folder for folder in candidates if (folder / "postgres").exists()), None)


@contextmanager
def postgres() -> Iterator[str]:
    """Address of a server, without database. Skips, loudly, where PostgreSQL is not installed; in CI that is an error."""
    programs = _programs()
    if programs is None:
        message = "PostgreSQL is not installed: the store was NOT tested on it (apt-get install postgresql)"
        if os.environ.get("SOURCIER_TESTS_NEED_ALL"):
            pytest.fail(message)
        warnings.warn(message, stacklevel=2)
        pytest.skip(message)
    as_user: dict[str, Any] = {}
    folder = Path(tempfile.mkdtemp(prefix="sourcier-pg-"))
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        account = names.get("postgres") or names["nobody"]
        as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        os.chown(folder, account.pw_uid, account.pw_gid)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = None
    try:
        subprocess.run(
            [programs / "initdb", "-D", folder / "data", "-U", "sourcier", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            check=True, cwd=folder, stdout=subprocess.DEVNULL, **as_user,
        )  # fmt: skip
        options = ["-c", f"port={port}", "-c", "listen_addresses=127.0.0.1", "-k", folder, "-c", "fsync=off"]
        server = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", *options],
            cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_user,
        )  # fmt: skip
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert server.poll() is None and time.monotonic() < deadline, "PostgreSQL did not come up"
                time.sleep(0.05)
        yield f"postgresql+psycopg://sourcier@127.0.0.1:{port}"
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)  # at once, whoever is connected
            server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def fresh_database(address: str) -> str:
    """Make an empty database on a server."""
    from sqlalchemy import create_engine

    name = f"t{uuid.uuid4().hex[:12]}"
    engine = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")
    for _ in range(100):
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
            break
        except Exception as error:  # still starting up
            if "starting up" not in str(error):
                raise
            time.sleep(0.05)
    engine.dispose()
    return f"{address}/{name}"

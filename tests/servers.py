"""A real server for tests: gunicorn as `make serve` starts it, on a free port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

_START = 60  # seconds until it has to answer


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(port: int, stderr: int | IO[bytes] = subprocess.DEVNULL, **environment: str) -> subprocess.Popen[bytes]:
    """A server that is ready, in a process group of its own."""
    server = subprocess.Popen(
        [sys.executable, "-m", "service", "serve"],
        env={**os.environ, "PORT": str(port), **environment},
        stderr=stderr,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + _START
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2)
                return server
            except OSError:
                assert server.poll() is None and time.monotonic() < deadline, "the server did not come up"
                time.sleep(0.05)
    except BaseException:
        kill(server)
        raise


def kill(server: subprocess.Popen[bytes]) -> None:
    """kill -9, workers too."""
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait(30)


@contextmanager
def serving(stderr: int | IO[bytes] = subprocess.DEVNULL, **environment: str) -> Iterator[str]:
    """Its address, once it is ready; afterwards it is terminated and has to end in good order."""
    port = free_port()
    server = start(port, stderr, **environment)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)
    assert server.returncode == 0, "a terminated server ends in good order"

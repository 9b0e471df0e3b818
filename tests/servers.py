"""A real server for tests: gunicorn as `make serve` starts it, on a free port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

_START = 60  # seconds until it has to answer


@contextmanager
def serving(stderr: int | IO[bytes] = subprocess.DEVNULL, **environment: str) -> Iterator[str]:
    """Its address, once it is ready; afterwards it is terminated and has to end in good order."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "service", "serve"], env={**os.environ, "PORT": str(port), **environment}, stderr=stderr
    )
    try:
        deadline = time.monotonic() + _START
        while True:
            try:
                urllib.request.urlopen(f"{address}/readyz", timeout=2)
                break
            except OSError:
                assert server.poll() is None and time.monotonic() < deadline, "the server did not come up"
                time.sleep(0.05)
        yield address
    finally:
        server.terminate()
        server.wait(30)
    assert server.returncode == 0, "a terminated server ends in good order"

"""The real server: gunicorn with its configuration, over a socket."""

from __future__ import annotations

import json
import socket
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import ARTICLE
from tests.servers import serving


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as found:
        yield found


def post(address: str, **request: object) -> dict[str, object]:
    body = json.dumps(request).encode()
    headers = {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{address}/v1/score", body, headers), timeout=10) as response:
        answer: dict[str, object] = json.load(response)
        return answer


def test_many_callers_at_once_get_the_same_answer(address: str) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: post(address, text=ARTICLE), range(64)))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["sentences"]


def test_a_chunked_body_over_the_limit_is_refused(address: str) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 100_000

    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(
            b"POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        try:
            for chunk in chunks():
                connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            connection.sendall(b"0\r\n\r\n")
        except OSError:
            pass  # the server may hang up before it has read everything
        status = connection.recv(1000).split(b"\r\n")[0]
    assert b" 413 " in status

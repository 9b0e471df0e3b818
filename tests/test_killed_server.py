"""Eight moderators decide at once while the server is killed under them: what was acknowledged is there, exactly once.

``SOURCIER_TESTS_DECISIONS`` is how many decisions each makes; a release is tested with 500.
"""

from __future__ import annotations

import os
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from html import unescape
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, select

from service.store import decided, people, tables
from service.store.engine import Store
from tests.databases import fresh_database, postgres
from tests.servers import free_port, kill, start

MODERATORS = 8
DECISIONS = int(os.environ.get("SOURCIER_TESTS_DECISIONS", "10"))
IN_ONE_ARTICLE = 20
PASSWORD = "quatre chevaux bleus"
_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Unredirected(urllib.request.HTTPRedirectHandler):
    """A redirect is the answer: it says that the decision is recorded."""

    def redirect_request(self, *arguments: object) -> None:
        return None


class Moderator(threading.Thread):
    """Decides on sentences one after the other; what gets no answer is sent again as it was, with its token."""

    def __init__(self, address: str, name: str, sentences: Sequence[int], counted: Counted) -> None:
        super().__init__(name=name, daemon=True)
        self.address, self.sentences, self.counted = address, sentences, counted
        self.acknowledged: list[int] = []
        self.again: Counter[str] = Counter()
        self.wrong: list[str] = []  # what no moderator should meet
        self._web = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), Unredirected)

    def run(self) -> None:
        try:
            page = self._answer("/moderation/sign-in")
            self._answer(
                "/moderation/sign-in", {**self._hidden(page, "/sign-in"), "name": self.name, "password": PASSWORD}
            )
            for sentence in self.sentences:
                page = self._answer(f"/moderation/sentences/{sentence}")
                form = {**self._hidden(page, "/decision"), "verdict": "level-2", "kind": "claim", "action": "stay"}
                self._answer(f"/moderation/sentences/{sentence}/decision", form)
                self.acknowledged.append(sentence)
                self.counted.one_more()
        except Exception as error:
            self.wrong.append(repr(error))
        finally:
            self.counted.ended()

    def _hidden(self, page: str, to: str) -> dict[str, str]:
        forms = re.findall(r'<form method="post" action="([^"]+)"(.*?)</form>', page, re.DOTALL)
        body = next(body for address, body in forms if unescape(address).partition("?")[0].endswith(to))
        return {name: unescape(value) for name, value in _FIELD.findall(body)}

    def _answer(self, path: str, form: dict[str, str] | None = None) -> str:
        """The page, "" for a redirect; asks again for as long as the server is away."""
        data = None if form is None else urllib.parse.urlencode(form).encode()
        deadline = time.monotonic() + 120
        while True:
            try:
                with self._web.open(self.address + path, data, timeout=30) as response:
                    assert form is None, "a form that is taken is answered by a redirect"
                    return str(response.read().decode())
            except urllib.error.HTTPError as error:
                if error.code == 302 and "sign-in" not in (error.headers["Location"] or "") and form is not None:
                    return ""
                if error.code != 503:
                    raise
            except (OSError, HTTPException):
                self.again["pages" if form is None else "forms"] += 1
            assert time.monotonic() < deadline, "the server stays away"
            time.sleep(0.02)


class Counted:
    """How many decisions were acknowledged, for one who waits for a number of them."""

    def __init__(self, threads: int) -> None:
        self._changed = threading.Condition()
        self._decisions, self._running = 0, threads

    def one_more(self) -> None:
        with self._changed:
            self._decisions += 1
            self._changed.notify_all()

    def ended(self) -> None:
        with self._changed:
            self._running -= 1
            self._changed.notify_all()

    def wait_for(self, decisions: int) -> bool:
        """Whether so many came together before everybody had ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._decisions >= decisions or not self._running)
            return self._decisions >= decisions and self._running > 0


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/sourcier.db"
    else:
        with postgres() as address:
            yield fresh_database(address)


def keep(address: str, number: int, sentences: int) -> None:
    text = " ".join(f"Le pont {number} de la ville {place} a fermé mardi." for place in range(sentences))
    body = orjson.dumps({"text": text, "store": True})
    request = urllib.request.Request(f"{address}/v1/score", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        assert orjson.loads(response.read())["document"]["stored"]


def test_every_acknowledged_decision_is_there_once_though_the_server_is_killed_twice(url: str, tmp_path: Path) -> None:
    store = Store.open(url)
    for number in range(MODERATORS):
        people.add(store, f"Mod {number}", "moderator", PASSWORD)
    environment = {"SOURCIER_DATA": str(tmp_path), "SECRET_KEY": "k" * 40, "WEB_CONCURRENCY": "2"}
    environment |= {} if url.startswith("sqlite") else {"DATABASE_URL": url}
    port, total = free_port(), MODERATORS * DECISIONS
    address = f"http://127.0.0.1:{port}"
    server = start(port, **environment)
    try:
        for number, first in enumerate(range(0, total, IN_ONE_ARTICLE)):
            keep(address, number, min(IN_ONE_ARTICLE, total - first))
        with store.reading() as session:
            sentences = list(session.scalars(select(tables.Sentence.id).order_by(tables.Sentence.id)))
        assert len(sentences) == total
        counted = Counted(MODERATORS)
        moderators = [
            Moderator(address, f"Mod {number}", sentences[number::MODERATORS], counted) for number in range(MODERATORS)
        ]
        for moderator in moderators:
            moderator.start()
        for share in (1 / 3, 3 / 4):
            assert counted.wait_for(int(total * share)), [moderator.wrong for moderator in moderators]
            kill(server)
            server = start(port, **environment)
        for moderator in moderators:
            moderator.join()
    finally:
        kill(server)
    assert [moderator.wrong for moderator in moderators if moderator.wrong] == []
    acknowledged = Counter(sentence for moderator in moderators for sentence in moderator.acknowledged)
    again = sum((moderator.again for moderator in moderators), Counter())
    print(f"{total} decisions acknowledged; asked again without an answer: {dict(again)}")
    assert len(acknowledged) == total and again.total() > 0
    with store.reading() as session:
        assert session.scalar(select(func.count(tables.Decision.id))) == total, "and nothing was recorded twice"
    for moderator in moderators:
        for sentence in moderator.acknowledged:
            (made,) = decided.standing(store, sentence)
            assert (made.user, made.kind, made.level) == (moderator.name, "claim", 2)
    store.close()

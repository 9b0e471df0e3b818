"""``make bench-moderation``: every moderation page over the real application, with 100,000 sentences kept.

The corpus is scored and kept as the service does it; copies of its rows (other scores, other days, one in four decided)
make up the number. Every page is asked for several times; the table has the best time, and in brackets the processor's
time in it, of the application and of PostgreSQL's processes (on a quiet machine the two are close). The program ends
with an error when a page is above the limit.

    python -m benchmarks.moderation                       # SQLite, and PostgreSQL where it is installed
    python -m benchmarks.moderation --sentences 1000000   # what comes later
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, func, select, text

from service.answer import Served
from service.api import create_app
from service.config import Settings
from service.lexicon import Lexicon
from service.scoring import Scorer
from service.sources import analyse
from service.store import articles, people, queue, review, search, tables
from service.store.engine import Store
from service.text import from_text
from tests.databases import fresh_database, postgres
from training import dataset

LIMIT_MS = 200
PASSWORD = "quatre chevaux bleus"
RARE = "Le zébulon de la mairie a disparu, selon un pompier."
_DAYS = 80  # over which the copies are spread; less than the retention
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')

FILTERS: dict[str, dict[str, Any]] = {
    "no filter": {},
    "level": {"level": 1},
    "kind": {"kind": "opinion"},
    "cue": {"cue": "hedge"},
    "source kind": {"source": "anonymous"},
    "a month": {"since": "-40", "until": "-10"},  # days from now
    "model version": {"model": "champion"},
    "unknown model": {"model": "none"},
    "decided": {"state": "decided"},
    "in progress": {"state": "progress"},
    "common word": {"q": "la"},
    "less common word": {"q": "maire"},
    "rare word": {"q": "zébulon"},
    "unknown word": {"q": "zanzibarette"},
    "three words": {"q": "le maire de la ville"},
    "phrase": {"q": '"de la"'},
    "word and cue": {"q": "la", "cue": "hedge"},
    "everything": {
        "q": "la",
        "cue": "source",
        "source": "person",
        "kind": "claim",
        "since": "-70",
        "model": "champion",
    },
}


class Page(NamedTuple):
    """A page to ask for; ``name`` is a line of the table."""

    name: str
    path: str


class Taken(NamedTuple):
    """Milliseconds."""

    wall: float
    cpu: float


def fill(store: Store, n_sentences: int) -> None:
    """The corpus through the service's own path, then copies of its rows."""
    lexicon, scorer = Lexicon.load(), Scorer.load()
    served = Served(scorer.name, scorer.version, lexicon.version)

    def keep(words: str) -> int:
        article = analyse(from_text(words), lexicon)
        verdicts = scorer.assess(article, contributions=True)
        kept = articles.keep(
            store, article, verdicts, served, external_id=None, review_at=scorer.review_at, retention_days=90
        )
        return kept.id

    texts = [article["text"] for article in dataset.read()]
    for words in texts:
        keep(words)
    user, other = people.add(store, "Nadia", "admin", PASSWORD), people.add(store, "Léo", "moderator", PASSWORD)
    with store.writing() as session:
        of = {
            name: session.scalar(select(func.max(getattr(tables, name).id))) or 0
            for name in ("Article", "Sentence", "Assessment")
        }
        n_copies = max(0, n_sentences // of["Sentence"] - 1)
        for copy in range(1, n_copies + 1):
            _copy(session, copy, n_copies, of)
        session.execute(
            text(
                "INSERT INTO decision (sentence_id, user_id, decided_at, token, verdict, kind, level, blind, model, "
                "cues, wrong_cues) SELECT id, :user, stored_at + 60, 'b' || id, 'right', kind, level, false, model, "
                "'[]', '[]' FROM sentence WHERE state = 'decided'"
            ),
            {"user": user},
        )
        _vote(session, store.now(), (user, other))
        session.execute(text(f"DELETE FROM {search.TABLE}"))
        search.rebuild(session)
        if not store.is_sqlite:
            for name in ("article", "sentence", "assessment"):
                session.execute(text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))"))
    keep(RARE)
    longest = ""
    while len(longest) < 99_000:  # an article as long as the service takes
        longest += "\n\n" + texts[len(longest) % len(texts)]
    keep(longest[:99_000].strip())


def _copy(session: Any, copy: int, n_copies: int, of: dict[str, int]) -> None:
    values = {
        "copy": copy,
        "article": copy * of["Article"], "articles": of["Article"],
        "sentence": copy * of["Sentence"], "sentences": of["Sentence"],
        "assessment": copy * of["Assessment"], "assessments": of["Assessment"],
        "earlier": copy * _DAYS * 86_400 // (n_copies + 1),
        "state": "decided" if copy % 4 == 0 else "todo",
    }  # fmt: skip
    jitter = "(0.8 + 0.2 * ((id * 7919 + CAST(:copy AS INTEGER) * 104729) % 1000) / 1000.0)"
    for statement in (
        "INSERT INTO article (id, digest, stored_at, text, title, blocks, model, lexicon, sources, links) SELECT "
        "id + :article, 'b' || :copy || '-' || substr(digest, 1, 50), stored_at - :earlier, text, title, blocks, "
        "model, lexicon, sources, links FROM article WHERE id <= :articles",
        'INSERT INTO sentence (id, article_id, position, start, "end", hash, state, stored_at, kind, level, '
        'uncertainty, margin, traits, model) SELECT id + :sentence, article_id + :article, position, start, "end", '
        f"hash, :state, stored_at - :earlier, kind, level, uncertainty * {jitter}, margin * {jitter}, traits, model "
        "FROM sentence WHERE id <= :sentences",
        "INSERT INTO assessment (id, sentence_id, model, lexicon, assessed_at, kind, level, score, review, "
        "probabilities, cues, contributions) SELECT id + :assessment, sentence_id + :sentence, model, lexicon, "
        "assessed_at, kind, level, score, review, probabilities, cues, contributions FROM assessment "
        "WHERE id <= :assessments",
    ):
        names = set(re.findall(r":(\w+)", statement))
        session.execute(text(statement.replace(":copy ||", "CAST(:copy AS VARCHAR) ||")), {n: values[n] for n in names})


def _vote(session: Any, now: int, users: tuple[int, int]) -> None:
    """Of two moderators in the last 30 days, on 55 of 100 sentences, with every answer and pair of answers."""
    verdict = "((id * 7919 + {0}) % " + str(review.CODES) + ")"
    for place, user in enumerate(users, 1):
        said = (
            f"(((id + {place}) % 2) * {review.CODES} + {verdict.format(place)}) * {review.CODES} + {verdict.format(9)}"
        )
        pair = f"{verdict.format(1)} * {review.CODES} + {verdict.format(2)}" if place == 2 else "NULL"
        session.execute(
            text(
                "INSERT INTO vote (sentence_id, user_id, decided_at, place, said, pair, mask) "
                f"SELECT id, :user, :now - (id * 104729) % 2592000, :place, {said}, {pair}, traits & 2047 "
                "FROM sentence WHERE id % 20 < 11"
            ),
            {"user": user, "now": now, "place": place},
        )


def pages(store: Store) -> Iterator[Page]:
    """Every page in every state that costs something."""
    today = store.now()
    champion = queue.models(store)[0]
    for (name, chosen), order in product(FILTERS.items(), queue.ORDERS):
        values = {
            key: time.strftime("%Y-%m-%d", time.gmtime(today + int(value) * 86_400)) if key in ("since", "until")
            else champion if value == "champion" else value
            for key, value in {"order": order, **chosen}.items()
        }  # fmt: skip
        yield Page(f"queue by {order}: {name}", f"/?{urlencode(values)}")
        total = queue.listed(store, queue.Filter.of({k: str(v) for k, v in values.items()}))[1]
        if total > queue.PAGE:
            last = urlencode({**values, "page": -(-total // queue.PAGE)})
            yield Page(f"queue by {order}: {name}, last page", f"/?{last}")
        yield Page(f"next by {order}: {name}", f"/next?{urlencode(values)}")
    with store.reading() as session:
        longest = session.scalar(select(func.max(tables.Article.id))) or 0
        sentence = session.scalar(select(func.min(tables.Sentence.id)).where(tables.Sentence.article_id == longest))
        n_longest = session.scalar(select(func.count()).where(tables.Sentence.article_id == longest))
    yield Page("team", "/team")
    yield Page("sentence", f"/sentences/{(sentence or 2) // 2}")
    yield Page("article", f"/articles/{longest // 2}")
    yield Page(f"sentence of an article of {n_longest} sentences", f"/sentences/{sentence}")
    yield Page(f"article of {n_longest} sentences", f"/articles/{longest}")


def signed_in(settings: Settings) -> FlaskClient:
    """A client of the real application, as Nadia."""
    client = create_app(settings).test_client()
    fields = dict(_HIDDEN.findall(client.get("/moderation/sign-in").get_data(as_text=True)))
    answer = client.post("/moderation/sign-in", data={**fields, "name": "Nadia", "password": PASSWORD})
    assert answer.status_code == 302, answer.status_code
    return client


class Watch:
    """Milliseconds of what happens inside ``with``: on the wall, and of the processors."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def __enter__(self) -> Watch:
        self._cpu, self._start = self._processors(), time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        elapsed = time.perf_counter() - self._start
        self.taken = Taken(elapsed * 1000, (self._processors() - self._cpu) * 1000)

    def _processors(self) -> float:
        """Seconds used until now by this process and, where Linux tells, by PostgreSQL's."""
        if self._database.dialect.name == "sqlite":
            return time.process_time()
        with self._database.connect() as connection:
            pids = connection.execute(text("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")).scalars()
            files = [Path(f"/proc/{pid}/schedstat") for pid in pids]
        nanoseconds = sum(int(file.read_text().split()[0]) for file in files if file.exists())
        return time.process_time() + nanoseconds / 1e9


def milliseconds(client: FlaskClient, watch: Watch, page: Page, rounds: int) -> Taken:
    """How long a page takes, at best."""
    found = []
    for _ in range(rounds):
        with watch:
            answer = client.get(f"/moderation{page.path}")
            answer.get_data()
        found.append(watch.taken)
        assert answer.status_code in (200, 302), (page, answer.status_code)
    return Taken(*map(min, zip(*found, strict=True)))


def verdicts(client: FlaskClient, watch: Watch, rounds: int) -> Taken:
    """How long "save and next" takes at best, with the page it leads to."""
    found = []
    for _ in range(rounds):
        page = client.get("/moderation/next", follow_redirects=True).get_data(as_text=True)
        address, body = re.findall(r'<form method="post" action="([^"]+/decision[^"]*)"(.*?)</form>', page, re.DOTALL)[
            0
        ]
        kind = re.findall(r'<option value="(\w+)" selected', body)[0]
        fields = {**dict(_HIDDEN.findall(body)), "verdict": "right", "kind": kind, "action": "next"}
        with watch:
            answer = client.post(unescape(address), data=fields, follow_redirects=True)
        found.append(watch.taken)
        assert answer.status_code == 200, answer.status_code
    return Taken(*map(min, zip(*found, strict=True)))


def measure(url: str, folder: Path, n_sentences: int, rounds: int) -> dict[str, Taken]:
    """Fill a database and time the pages: milliseconds by line of the table."""
    store = Store.open(url)
    start = time.perf_counter()
    fill(store, n_sentences)
    if not store.is_sqlite:  # what autovacuum does by itself within minutes
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
        engine.dispose()
    with store.reading() as session:
        count = session.scalar(select(func.count(tables.Sentence.id)))
    kind = "SQLite" if store.is_sqlite else "PostgreSQL"
    print(f"{kind}: {count:,} sentences in {time.perf_counter() - start:.0f} s", file=sys.stderr)
    client = signed_in(Settings(data=folder, database_url=url, secret_key="b" * 40, log_level="error"))
    database = create_engine(url)
    watch = Watch(database)
    found = {page.name: milliseconds(client, watch, page, rounds) for page in pages(store)}
    found["save and next"] = verdicts(client, watch, rounds)
    database.dispose()
    store.close()
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.moderation", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sentences", type=int, default=100_000, help="how many to fill the store with, about")
    parser.add_argument("--rounds", type=int, default=5, help="how often each page is asked for")
    parser.add_argument("--all", action="store_true", help="print every page, not the slowest of each kind")
    options = parser.parse_args()
    os.environ["SOURCIER_LOG_LEVEL"] = "error"
    tables_of: dict[str, dict[str, Taken]] = {}
    with tempfile.TemporaryDirectory(prefix="sourcier-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        tables_of["SQLite"] = measure(f"sqlite:///{folder}/sourcier.db", folder, options.sentences, options.rounds)
        try:
            address = fresh_database(stack.enter_context(postgres()))
        except pytest.skip.Exception as reason:
            print(reason, file=sys.stderr)
        else:
            tables_of["PostgreSQL"] = measure(address, folder, options.sentences, options.rounds)
    print(f"\n{'ms (of the processors); of the slowest order':<62}" + "".join(f"{name:>18}" for name in tables_of))
    lines = list(tables_of["SQLite"])
    slow = 0
    groups: dict[str, list[str]] = {}
    for line in lines:  # an order a line is too long to read: the slowest order of each filter stands for all
        groups.setdefault(line if options.all else re.sub(r" by \w+:", ":", line), []).append(line)
    for group, members in groups.items():
        cells = []
        for found in tables_of.values():
            taken = max((found[line] for line in members if line in found), key=lambda each: each.cpu, default=None)
            slow += taken is not None and taken.wall > LIMIT_MS
            cells.append(f"{taken.wall:.0f} ({taken.cpu:.0f})" if taken else "")
        print(f"{group:<62}" + "".join(f"{cell:>18}" for cell in cells))
    print(f"\n{slow} above {LIMIT_MS} ms")
    sys.exit(1 if slow else 0)


if __name__ == "__main__":
    main()

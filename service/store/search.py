"""Full-text search over the sentences kept: the same words find the same sentences on both databases.

Words are cut and folded here and not by the database, whose dictionaries differ: SQLite's FTS5 and PostgreSQL's
tsvector are given words that are ready, and no extension is needed. What a user types is cut by the same function, so
that nothing in it can be an operator. The table ``sentence_search`` is made by a migration (SQLAlchemy cannot describe
it); its ``rowid`` is the number of the sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, false, literal_column, select, text
from sqlalchemy.orm import Session

TABLE = "sentence_search"
MAX_TYPED = 200  # characters of a search
_MAX_PHRASES = 20
_MAX_WORD = 40  # characters; the rest of a longer one is not told apart
_MAX_WORDS = 4000  # of a sentence; tsvector holds at most 1 MB
_BATCH = 1000
_WORD = re.compile(r"[^\W_]+")
_QUOTED = re.compile(r'["«“]([^"«»“”]*)["»”]')
_SAME = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ʼ": " "})


def words(typed: str) -> list[str]:
    """Words without capitals, accents, ligatures and the s or x of a plural: "L’Œuvre, des élus" → l oeuvre des elu."""
    plain = unicodedata.normalize("NFKD", typed.translate(_SAME))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    found = (match[0][:_MAX_WORD] for match in islice(_WORD.finditer(plain), _MAX_WORDS))
    return [word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in found]


def phrases(typed: str) -> list[list[str]]:
    """What must all be in a sentence; words in quotes or without a space ("Saint-Étienne") follow each other."""
    typed = typed[:MAX_TYPED]
    parts = [match[1] for match in _QUOTED.finditer(typed)] + _QUOTED.sub(" ", typed).split()
    return [found for found in map(words, parts) if found][:_MAX_PHRASES]


def matching(typed: str, *, is_sqlite: bool) -> Select[Any]:
    """The numbers of the sentences that have everything that was typed (see `phrases`); none when that is no word."""
    found = phrases(typed)
    numbers: Select[Any] = select(literal_column("rowid")).select_from(text(TABLE))
    if not found:
        return numbers.where(false())
    if is_sqlite:
        wanted = " ".join(f'"{" ".join(phrase)}"' for phrase in found)
        condition = text(f"{TABLE} MATCH :typed").bindparams(typed=wanted)
    else:
        wanted = " & ".join("(" + " <-> ".join(f"'{word}'" for word in phrase) + ")" for phrase in found)
        condition = text("words @@ CAST(:typed AS tsquery)").bindparams(typed=wanted)
    return numbers.where(condition)


def add(session: Session | Connection, sentences: Iterable[tuple[int, str]]) -> None:
    """Make sentences (number, text) findable that were not before."""
    is_sqlite = _is_sqlite(session)
    rows = [{"number": number, "words": _indexed(sentence, is_sqlite)} for number, sentence in sentences]
    value = ":words" if is_sqlite else "CAST(:words AS tsvector)"
    if rows:
        session.execute(text(f"INSERT INTO {TABLE} (rowid, words) VALUES (:number, {value})"), rows)


def forget(session: Session, article_ids: Sequence[int]) -> None:
    """Remove every word of these articles. FTS5 only marks words as gone until its parts are merged: so they are."""
    inside = "SELECT id FROM sentence WHERE article_id = :article"
    session.execute(
        text(f"DELETE FROM {TABLE} WHERE rowid IN ({inside})"), [{"article": number} for number in article_ids]
    )
    if _is_sqlite(session):
        session.execute(text(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('optimize')"))


def rebuild(session: Session | Connection) -> None:
    """Fill an empty index from the articles whose text is still here."""
    last = 0
    query = text(
        'SELECT s.id, substr(a.text, CAST(s.start + 1 AS INTEGER), CAST(s."end" - s.start AS INTEGER)) '
        "FROM sentence s JOIN article a ON a.id = s.article_id "
        "WHERE s.id > :last AND a.text IS NOT NULL ORDER BY s.id LIMIT :batch"
    )
    while batch := [tuple(row) for row in session.execute(query, {"last": last, "batch": _BATCH})]:
        add(session, batch)
        last = batch[-1][0]


def is_described(name: str | None, kind: str, _: object) -> bool:
    """Whether `service.store.tables` has this table, so that Alembic may compare it (its ``include_name``)."""
    return kind != "table" or not (name or "").startswith(TABLE)


def _indexed(sentence: str, is_sqlite: bool) -> str:
    found = words(sentence)
    if is_sqlite:
        return " ".join(found)
    return " ".join(f"'{word}':{place}" for place, word in enumerate(found, 1))


def _is_sqlite(session: Session | Connection) -> bool:
    bind = session.get_bind() if isinstance(session, Session) else session
    return bind.dialect.name == "sqlite"

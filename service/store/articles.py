"""Articles and what was said of their sentences: kept, read back, purged of their text."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.answer import Served, sentence_hash
from service.article import Article as Analysed
from service.article import Cue
from service.scoring import Assessment as Verdict
from service.scoring import Contribution
from service.store import feedback, search, tables
from service.store.decisions import settle
from service.store.engine import Store
from service.store.terms import scored_by, scorer_of
from service.store.traits import traits
from service.text import Block, Document

_DAY = 86_400
_REVERSE = {"contests": "contested_by", "corroborates": "corroborated_by"}
_TITLE = 120  # characters of a text without a title that stand for one


class Kept(NamedTuple):
    """The article that was kept: its number, and when its text will be removed."""

    id: int
    until: int


@dataclass(frozen=True, slots=True)
class StoredSentence:
    """A sentence with its newest assessment. ``cues`` count in the article's text."""

    id: int
    position: int
    start: int
    end: int
    hash: str
    state: str
    kind: str
    level: int | None
    score: float | None
    review: bool
    probabilities: list[float] | None
    cues: list[Cue]
    contributions: list[Contribution]


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article whose text is still here."""

    id: int
    digest: str
    external_id: str | None
    title: str
    text: str
    blocks: list[Block]
    model: str
    lexicon: str
    stored_at: int
    outlet: str | None
    sources: list[dict[str, Any]]
    links: list[dict[str, Any]]
    sentences: list[StoredSentence]

    @property
    def scored(self) -> str:
        """The stamp of the scores and cues of its sentences, which `service.store.decisions.decide` takes back."""
        return scored_by(self.model, self.lexicon)

    def links_of(self, position: int) -> list[tuple[str, int]]:
        """Links of a sentence, both directions: the type as seen from it, and the position of the other one."""
        found = []
        for link in self.links:
            if link["target"] == position:
                found.append((_REVERSE.get(link["type"], link["type"]), link["sentence"]))
            elif link["sentence"] == position:
                found.append((link["type"], link["target"]))
        return found


def keep(
    store: Store,
    article: Analysed,
    assessments: Sequence[Verdict],
    served: Served,
    *,
    external_id: str | None,
    review_at: float,
    retention_days: int,
    outlet: str | None = None,
) -> Kept:
    """Keep a scored article (``assessments`` with contributions). The same document again gets the newer assessment.

    ``review_at`` is the model's threshold: sentences with P(level ≤ 1) from there on are to be reviewed.
    """
    now = store.now()
    document = article.document
    values = {
        "purged_at": None,
        "stored_at": now,
        "text": document.text,
        "title": _title(document),
        "blocks": [[block.kind, block.start, block.end] for block in document.blocks],
        "model": served.version,
        "lexicon": served.lexicon,
        "sources": [source._asdict() for source in article.sources],
        "links": [link._asdict() for link in article.links],
    }
    if external_id is not None:
        values["external_id"] = external_id
    if outlet is not None:
        values["outlet"] = outlet
    digest = _digest(document)
    with store.writing() as session:
        # Two callers with one document: on PostgreSQL the second waits for the first here, on SQLite for its turn.
        session.execute(_insert_or_ignore(store, digest, values))
        found = session.execute(
            select(tables.Article.id, tables.Article.model, tables.Article.lexicon)
            .where(tables.Article.digest == digest)
            .with_for_update()
        ).one()
        session.execute(update(tables.Article).where(tables.Article.id == found.id).values(**values))
        record(session, found.id, article, assessments, served, now, review_at)
        session.execute(update(tables.Sentence).where(tables.Sentence.article_id == found.id).values(stored_at=now))
        session.add(tables.Audit(at=now, user_id=None, action="keep", subject=f"article {found.id}"))
    return Kept(found.id, now + retention_days * _DAY)


def _insert_or_ignore(store: Store, digest: str, values: dict[str, Any]) -> Any:
    dialect: Any = sqlite if store.is_sqlite else postgresql
    return dialect.insert(tables.Article).values(digest=digest, **values).on_conflict_do_nothing()


def record(
    session: Session,
    article_id: int,
    article: Analysed,
    assessments: Sequence[Verdict],
    served: Served,
    now: int,
    review_at: float,
) -> None:
    """Add what a model says of an article kept, and make it the newest: what the queue goes by."""
    known = {
        row.position: row
        for row in session.scalars(select(tables.Sentence).where(tables.Sentence.article_id == article_id))
    }
    # All sentences of an article are assessed together or not at all.
    is_assessed = session.scalar(
        select(tables.Assessment.id)
        .join(tables.Sentence)
        .where(
            tables.Sentence.article_id == article_id,
            tables.Assessment.model == served.version,
            tables.Assessment.lexicon == served.lexicon,
        )
        .limit(1)
    )
    source_kinds: list[set[str]] = [set() for _ in assessments]
    for source in article.sources:
        for position in source.sentences:
            source_kinds[position].add(source.kind)
    rows, without_words = [], []
    for sentence, verdict in zip(article.document.sentences, assessments, strict=True):
        row = known.get(sentence.index)
        if row is None or row.state == "purged":
            without_words.append(sentence)
        if row is None:
            row = tables.Sentence(
                article_id=article_id,
                position=sentence.index,
                start=sentence.start,
                end=sentence.end,
                hash=sentence_hash(sentence.text),
                state="todo",
                stored_at=now,
            )
        elif row.state == "purged":
            row.state = "todo"
            settle(session, row)
        row.kind, row.level = verdict.kind, verdict.level
        row.uncertainty = _uncertainty(verdict.probabilities)
        row.margin = abs(sum(verdict.probabilities[:2]) - review_at) if verdict.probabilities else 1.0
        categories = {cue.category for cue in article.by_sentence[sentence.index]}
        row.traits, row.model = traits(categories, source_kinds[sentence.index]), served.version
        rows.append(row)
    session.add_all(rows)
    session.flush()  # gives numbers to the new ones
    search.add(session, [(rows[sentence.index].id, sentence.text) for sentence in without_words])
    if is_assessed is not None:
        return
    for row in rows:
        verdict, cues = assessments[row.position], article.by_sentence[row.position]
        session.add(
            tables.Assessment(
                sentence_id=row.id,
                model=served.version,
                lexicon=served.lexicon,
                assessed_at=now,
                kind=verdict.kind,
                level=verdict.level,
                score=verdict.score,
                review=bool(verdict.review),
                probabilities=list(verdict.probabilities) if verdict.probabilities else None,
                cues=[[c.category, c.start, c.end, c.cue, c.source_kind, c.source, c.role] for c in cues],
                contributions=list(verdict.contributions),
            )
        )


def _digest(document: Document) -> str:
    shape = [
        [[block.kind, block.start, block.end] for block in document.blocks],
        [[sentence.start, sentence.end] for sentence in document.sentences],
    ]
    return hashlib.sha256(f"{document.text}\0{json.dumps(shape)}".encode("utf-8", "surrogatepass")).hexdigest()


def _title(document: Document) -> str:
    for block in document.blocks:
        if block.kind in ("title", "heading"):
            return " ".join(document.text[block.start : block.end].split())[:_TITLE]
    text = " ".join(document.text[: 2 * _TITLE].split())
    return text if len(text) <= _TITLE else f"{text[:_TITLE].rsplit(' ', 1)[0]}…"


def _uncertainty(probabilities: Sequence[float] | None) -> float:
    """Entropy of the levels over its greatest, 0 to 1: 0 where the model is sure, and where there is no level."""
    if not probabilities:
        return 0.0
    return -sum(p * math.log(p) for p in probabilities if p > 0) / math.log(len(probabilities))


def load(store: Store, article_id: int, *, scored: str | None = None) -> StoredArticle | None:
    """An article with its sentences and their newest assessments; None when unknown or purged.

    With the stamp ``scored``, its sentences are as that model with that lexicon assessed them; there are none where it
    never did. Sources and links are always the newest.
    """
    with store.reading() as session:
        article = session.get(tables.Article, article_id)
        if article is None or article.text is None:
            return None
        model, lexicon = (article.model, article.lexicon) if scored is None else scorer_of(scored)
        rows = session.execute(
            select(tables.Sentence, tables.Assessment)
            .join(tables.Assessment)
            .where(
                tables.Sentence.article_id == article_id,
                tables.Assessment.model == model,
                tables.Assessment.lexicon == lexicon,
            )
            .order_by(tables.Sentence.position)
        )
        return StoredArticle(
            id=article.id,
            digest=article.digest,
            external_id=article.external_id,
            title=article.title or "",
            text=article.text,
            blocks=[Block(kind, start, end) for kind, start, end in article.blocks or ()],
            model=model,
            lexicon=lexicon,
            stored_at=article.stored_at,
            outlet=article.outlet,
            sources=article.sources or [],
            links=article.links,
            sentences=[_sentence(sentence, assessment, article.text) for sentence, assessment in rows],
        )


def with_sentence(
    store: Store, sentence_id: int, *, scored: str | None = None
) -> tuple[StoredArticle, StoredSentence] | None:
    """A sentence in its article, by the newest scores or by those of a stamp (see `load`); None where there is none."""
    article_id = article_of(store, sentence_id)
    article = load(store, article_id, scored=scored) if article_id is not None else None
    if article is None:
        return None
    return next(((article, sentence) for sentence in article.sentences if sentence.id == sentence_id), None)


def article_of(store: Store, sentence_id: int) -> int | None:
    """The article that a sentence belongs to."""
    with store.reading() as session:
        return session.scalar(select(tables.Sentence.article_id).where(tables.Sentence.id == sentence_id))


def _sentence(row: tables.Sentence, assessment: tables.Assessment, text: str) -> StoredSentence:
    cues = [
        Cue(category, row.position, start, end, text[start:end], cue, source_kind, source, role)
        for category, start, end, cue, source_kind, source, role in assessment.cues
    ]
    return StoredSentence(
        id=row.id,
        position=row.position,
        start=row.start,
        end=row.end,
        hash=row.hash,
        state=row.state,
        kind=assessment.kind,
        level=assessment.level,
        score=assessment.score,
        review=assessment.review,
        probabilities=assessment.probabilities,
        cues=cues,
        contributions=[
            # Kept before there were words: two items.
            Contribution(feature, effect, tuple((start, end) for start, end in chain(*words)))
            for feature, effect, *words in assessment.contributions
        ],
    )


def purge(store: Store, retention_days: int) -> int:
    """Remove the words of articles kept longer ago than that: text, title, names of sources, notes. Returns how many.

    So do comment and text of feedback received longer ago. What stays: digests of article and sentences, assessments,
    decisions with their labels. Raises `StoreError`, also when all is removed but SQLite's log (a reader had it open):
    the next purge removes that, whether there is more to remove or not.
    """
    now = store.now()
    before = now - retention_days * _DAY
    with store.writing() as session:
        feedback.purge(session, before, now)
        # PostgreSQL: waits for whoever sends one of them again or decides on it, then looks at its time anew. In one
        # order, and articles before sentences before locks, as everybody takes them: nobody waits for each other.
        ids = list(
            session.scalars(
                select(tables.Article.id)
                .where(tables.Article.purged_at.is_(None), tables.Article.stored_at < before)
                .order_by(tables.Article.stored_at, tables.Article.id)
                .with_for_update()
            )
        )
        for article_id in ids:
            session.execute(
                update(tables.Article)
                .where(tables.Article.id == article_id)
                .values(text=None, title=None, blocks=None, sources=None, external_id=None, purged_at=now)
            )
            session.execute(
                update(tables.Sentence).where(tables.Sentence.article_id == article_id).values(state="purged")
            )
        for article_id in ids:
            sentences = select(tables.Sentence.id).where(tables.Sentence.article_id == article_id)
            decisions = select(tables.Decision.id).where(tables.Decision.sentence_id.in_(sentences))
            session.execute(delete(tables.Note).where(tables.Note.decision_id.in_(decisions)))
            session.execute(delete(tables.Lock).where(tables.Lock.sentence_id.in_(sentences)))
            session.add(tables.Audit(at=now, user_id=None, action="purge", subject=f"article {article_id}"))
        if ids:
            search.forget(session, ids)
    store.forget_deleted()
    return len(ids)

"""What each model said of a sentence, and what is kept said anew by the model in service."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import or_, select, update

from service.answer import Served
from service.article import Article as Analysed
from service.scoring import Assessment as Verdict
from service.store import articles, tables
from service.store.articles import StoredArticle
from service.store.engine import Store
from service.text import Document, Sentence

_BATCH = 100


class Past(NamedTuple):
    """What one model, with one lexicon, said of a sentence."""

    assessed_at: int
    model: str
    lexicon: str
    kind: str
    level: int | None
    score: float | None


def of(store: Store, sentence_id: int) -> list[Past]:
    """Every assessment of a sentence, oldest first."""
    row = tables.Assessment
    with store.reading() as session:
        found = session.scalars(select(row).where(row.sentence_id == sentence_id))
        return [
            Past(each.assessed_at, each.model, each.lexicon, each.kind, each.level, each.score)
            for each in sorted(found, key=lambda each: each.id)
        ]


def outdated(store: Store, served: Served) -> Iterator[int]:
    """Articles with their text whose newest assessment is by another model or lexicon, in the order they came."""
    article, last = tables.Article, 0
    while True:
        with store.reading() as session:
            found = session.scalars(
                select(article.id)
                .where(
                    article.id > last,
                    article.purged_at.is_(None),
                    or_(article.model != served.version, article.lexicon != served.lexicon),
                )
                .order_by(article.id)
                .limit(_BATCH)
            ).all()
        if not found:
            return
        yield from found
        last = found[-1]


def assess_again(
    store: Store,
    article_id: int,
    assess: Callable[[Document], tuple[Analysed, Sequence[Verdict]]],
    served: Served,
    *,
    review_at: float,
) -> bool:
    """Add an assessment of an article kept, and make it the newest. Decisions and the time of removal stay.

    ``assess`` analyses and scores, with contributions. False when the article was purged or sent again meanwhile.
    """
    before = articles.load(store, article_id)
    if before is None:
        return False
    analysed, assessments = assess(document(before))
    now = store.now()
    with store.writing() as session:
        row = session.scalar(select(tables.Article).where(tables.Article.id == article_id).with_for_update())
        if row is None or row.purged_at is not None or (row.model, row.lexicon) != (before.model, before.lexicon):
            return False
        session.execute(
            update(tables.Article)
            .where(tables.Article.id == article_id)
            .values(
                model=served.version,
                lexicon=served.lexicon,
                sources=[source._asdict() for source in analysed.sources],
                links=[link._asdict() for link in analysed.links],
            )
        )
        articles.record(session, article_id, analysed, assessments, served, now, review_at)
        session.add(tables.Audit(at=now, user_id=None, action="assess", subject=f"article {article_id}"))
    return True


def document(kept: StoredArticle) -> Document:
    """The document as it was analysed, its blocks and sentences where they were then."""
    starts = [block.start for block in kept.blocks]
    return Document(
        kept.text,
        tuple(kept.blocks),
        tuple(
            Sentence(s.position, s.start, s.end, kept.text[s.start : s.end], bisect_right(starts, s.start) - 1)
            for s in kept.sentences
        ),
    )

"""Full-text search; cues and kinds of source as one number, so that every order is filtered in its index alone."""

import sqlalchemy as sa
from alembic import op

from service.store import search
from service.store.traits import traits

revision = "0002"
down_revision = "0001"

_TAIL = ["kind", "level", "stored_at", "traits", "model"]
_INDEXES = {
    "ix_sentence_age": ["state", "stored_at", "id", "kind", "level", "traits", "model"],
    "ix_sentence_level": ["state", "level", "id", "kind", "stored_at", "traits", "model"],
    "ix_sentence_margin": ["state", "margin", "id", *_TAIL],
    "ix_sentence_uncertainty": ["state", "uncertainty", "id", *_TAIL],
}


def upgrade() -> None:
    """Columns and index, filled from the articles that are there."""
    op.add_column("sentence", sa.Column("traits", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("sentence", sa.Column("model", sa.String(length=200), server_default="", nullable=False))
    for name in (*_INDEXES, "ix_sentence_kind"):
        op.drop_index(name, table_name="sentence")
    _fill()
    for name, columns in _INDEXES.items():
        op.create_index(name, "sentence", columns)
    op.create_index("ix_article_model", "article", ["model"])
    op.drop_table("sentence_cue")
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE VIRTUAL TABLE {search.TABLE} USING fts5(words, tokenize = 'ascii')")
    else:
        op.execute(
            f"CREATE TABLE {search.TABLE} (rowid bigint PRIMARY KEY REFERENCES sentence (id), words tsvector NOT NULL)"
        )
        op.execute(f"CREATE INDEX ix_{search.TABLE}_words ON {search.TABLE} USING gin (words)")
    search.rebuild(op.get_bind())


def _fill() -> None:
    """One article after another: sources stand in the article, cues in its newest assessment."""
    connection = op.get_bind()
    articles = sa.table(
        "article", sa.column("id"), sa.column("model"), sa.column("lexicon"), sa.column("sources", sa.JSON)
    )
    sentence = sa.table("sentence", *map(sa.column, ("id", "article_id", "position", "traits", "model")))
    assessment = sa.table(
        "assessment", sa.column("sentence_id"), sa.column("model"), sa.column("lexicon"), sa.column("cues", sa.JSON)
    )
    last = 0
    while True:
        article = connection.execute(
            sa.select(articles).where(articles.c.id > last).order_by(articles.c.id).limit(1)
        ).first()
        if article is None:
            return
        last = article.id
        found = connection.execute(
            sa.select(sentence.c.id, sentence.c.position, assessment.c.cues)
            .join_from(sentence, assessment, assessment.c.sentence_id == sentence.c.id)
            .where(
                sentence.c.article_id == article.id,
                assessment.c.model == article.model,
                assessment.c.lexicon == article.lexicon,
            )
        ).all()
        for number, position, cues in found:
            kinds = [source["kind"] for source in article.sources or () if position in source["sentences"]]
            connection.execute(
                sa.update(sentence)
                .where(sentence.c.id == number)
                .values(traits=traits([cue[0] for cue in cues], kinds), model=article.model)
            )

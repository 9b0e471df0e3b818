"""The tables. Text stands in ``article`` (and in notes and names of sources), so that a purge can remove it all."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
_Id = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Names for every constraint, so that a migration can speak of them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        int: BigInteger,
        list[Any]: JSON(none_as_null=True),
    }


class User(Base):
    """Somebody who signs in. ``stamp`` changes with the password and ends the sessions made before."""

    __tablename__ = "user"
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(200))
    stamp: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[int]


class Identity(Base):
    """Who an OpenID Connect provider says a user is: its ``issuer`` and ``subject``, which never change."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[int]


class Article(Base):
    """A document that its caller asked to keep; ``text``, ``title``, ``blocks`` and ``sources`` go when it is purged.

    ``digest`` is the SHA-256 of text, blocks and sentence boundaries: the same document is kept once. ``outlet`` is
    that of the key that sent it last.
    """

    __tablename__ = "article"
    __table_args__ = (Index("ix_article_expiry", "purged_at", "stored_at"),)
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    external_id: Mapped[str | None] = mapped_column(String(200))
    outlet: Mapped[str | None] = mapped_column(String(80), index=True)
    stored_at: Mapped[int]
    purged_at: Mapped[int | None]
    text: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    blocks: Mapped[list[Any] | None]
    model: Mapped[str] = mapped_column(String(200), index=True)
    lexicon: Mapped[str] = mapped_column(String(64))
    sources: Mapped[list[Any] | None]
    links: Mapped[list[Any]]


class Sentence(Base):
    """A place in an article, with what the queue sorts and filters by, of the newest assessment.

    ``traits`` are its categories of cue and kinds of source (`service.store.traits`). Its words can be searched in the
    table ``sentence_search`` (`service.store.search`). ``state``, ``disagreement`` and ``first_by`` follow from the
    decisions (`service.store.review`); ``wanted`` is how many decide it, as the settings were when the first was made.
    """

    __tablename__ = "sentence"
    __table_args__ = (
        UniqueConstraint("article_id", "position"),
        # An order, then what is filtered by: a page is found in the index alone, however many sentences do not fit.
        Index("ix_sentence_uncertainty", "state", "uncertainty", "id", "kind", "level", "stored_at", "traits", "model"),
        Index("ix_sentence_margin", "state", "margin", "id", "kind", "level", "stored_at", "traits", "model"),
        Index("ix_sentence_age", "state", "stored_at", "id", "kind", "level", "traits", "model"),
        Index("ix_sentence_level", "state", "level", "id", "kind", "stored_at", "traits", "model"),
        Index(
            "ix_sentence_disagreement",
            *("state", "disagreement", "uncertainty", "id", "kind", "level", "stored_at", "traits", "model"),
        ),
        Index("ix_sentence_first_by", "first_by", "state"),
    )
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    position: Mapped[int]
    start: Mapped[int]
    end: Mapped[int]
    hash: Mapped[str] = mapped_column(String(16), index=True)
    state: Mapped[str] = mapped_column(String(8))
    stored_at: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    level: Mapped[int | None]
    uncertainty: Mapped[float]
    margin: Mapped[float]
    traits: Mapped[int] = mapped_column(server_default="0")
    model: Mapped[str] = mapped_column(String(200), server_default="")
    disagreement: Mapped[int] = mapped_column(server_default="0", default=0)
    wanted: Mapped[int] = mapped_column(server_default="1", default=1)
    first_by: Mapped[int | None]  # a user; SQLite cannot add a column that refers to a table


class Assessment(Base):
    """What one model said of one sentence; one row for each model and lexicon that saw it."""

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("sentence_id", "model", "lexicon"),)
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    sentence_id: Mapped[int] = mapped_column(ForeignKey("sentence.id"))
    model: Mapped[str] = mapped_column(String(200))
    lexicon: Mapped[str] = mapped_column(String(64))
    assessed_at: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    level: Mapped[int | None]
    score: Mapped[float | None]
    review: Mapped[bool]
    probabilities: Mapped[list[Any] | None]
    cues: Mapped[list[Any]]
    contributions: Mapped[list[Any]]


class Decision(Base):
    """A moderator's act. Rows are only ever added: an undo is a row that names the one it undoes.

    ``token`` is made with the form: sent twice, a decision is recorded once.
    """

    __tablename__ = "decision"
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    sentence_id: Mapped[int] = mapped_column(ForeignKey("sentence.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    decided_at: Mapped[int]
    token: Mapped[str] = mapped_column(String(64), unique=True)
    verdict: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str | None] = mapped_column(String(16))
    level: Mapped[int | None]
    blind: Mapped[bool]
    model: Mapped[str] = mapped_column(String(200))
    cues: Mapped[list[Any]]
    wrong_cues: Mapped[list[Any]]
    undoes: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), unique=True)
    stage: Mapped[str] = mapped_column(String(8), server_default="before")


class Vote(Base):
    """A moderator's standing decision on a sentence and what the model had said: what the team view counts.

    Made anew from the decisions whenever one of the sentence is added. ``place`` is 1 or 2 for the two that agreement
    is measured between, else 0. ``said`` (blind, verdict, model) and, in place 2, ``pair`` (first verdict, this one)
    are verdicts as numbers (`service.store.review.coded`); ``mask`` has a bit for every category of cue shown
    (`service.store.traits`). So a hundred thousand are counted in groups in the order of an index.
    """

    __tablename__ = "vote"
    sentence_id: Mapped[int] = mapped_column(ForeignKey("sentence.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    decided_at: Mapped[int] = mapped_column(index=True)
    place: Mapped[int]
    said: Mapped[int]
    pair: Mapped[int | None]
    mask: Mapped[int]
    __table_args__ = (
        Index("ix_vote_said", "said", "mask", "decided_at"),
        Index("ix_vote_pair", "pair", "mask", "decided_at"),
    )


class Note(Base):
    """What a moderator wrote with a decision: it may quote the article, so it is purged with it."""

    __tablename__ = "note"
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class Lock(Base):
    """Who has a sentence open, until when."""

    __tablename__ = "lock"
    sentence_id: Mapped[int] = mapped_column(ForeignKey("sentence.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    expires_at: Mapped[int] = mapped_column(index=True)


class Key(Base):
    """What opens the HTTP interface to a program: see `service.store.keys`."""

    __tablename__ = "key"
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    may: Mapped[list[Any]]
    outlet: Mapped[str | None] = mapped_column(String(80), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    stores: Mapped[bool]
    created_at: Mapped[int]
    revoked_at: Mapped[int | None]


class Feedback(Base):
    """A journalist's "this is wrong", by the sentence's hash; ``comment`` and ``text`` go after the retention."""

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("key_id", "token"), Index("ix_feedback_expiry", "purged_at", "received_at"))
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("key.id"))
    token: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(16), index=True)
    model: Mapped[str] = mapped_column(String(200))
    fault: Mapped[str] = mapped_column(String(16))
    comment: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[int]
    purged_at: Mapped[int | None]


class SignInFailure(Base):
    """A wrong password, by digest of name and of address; forgotten after a quarter of an hour."""

    __tablename__ = "sign_in_failure"
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    failed_at: Mapped[int] = mapped_column(index=True)
    __table_args__ = (Index("ix_sign_in_failure_key", "key", "failed_at"),)


class Audit(Base):
    """Who did what to which thing, without a word of any text. Rows are only ever added."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    at: Mapped[int] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    action: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(100))

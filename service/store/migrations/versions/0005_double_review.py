"""Double review: what the decisions make of a sentence, and every moderator's standing vote."""

from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op

from service.store import review
from service.store.traits import CUE_BITS, traits

revision = "0005"
down_revision = "0004"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ORDER = ["state", "disagreement", "uncertainty", "id", "kind", "level", "stored_at", "traits", "model"]


class _Given(NamedTuple):
    id: int
    sentence_id: int
    user_id: int
    decided_at: int
    verdict: str
    kind: str | None
    level: int | None
    blind: bool
    model: str
    stage: str = review.BEFORE


def upgrade() -> None:
    """Columns are added in place: a table made anew on SQLite would lose its triggers."""
    op.add_column("sentence", sa.Column("disagreement", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("sentence", sa.Column("wanted", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("sentence", sa.Column("first_by", sa.BigInteger(), nullable=True))
    op.add_column("decision", sa.Column("stage", sa.String(length=8), server_default="before", nullable=False))
    op.create_table(
        "vote",
        sa.Column("sentence_id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.BigInteger(), nullable=False),
        sa.Column("pair", sa.BigInteger(), nullable=True),
        sa.Column("mask", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sentence_id"], ["sentence.id"], name=op.f("fk_vote_sentence_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_vote_user_id")),
        sa.PrimaryKeyConstraint("sentence_id", "user_id", name=op.f("pk_vote")),
    )
    _fill()
    op.create_index("ix_sentence_disagreement", "sentence", _ORDER)
    op.create_index("ix_sentence_first_by", "sentence", ["first_by", "state"])
    op.create_index("ix_vote_said", "vote", ["said", "mask", "decided_at"])
    op.create_index("ix_vote_pair", "vote", ["pair", "mask", "decided_at"])
    op.create_index(op.f("ix_vote_decided_at"), "vote", ["decided_at"])


def _fill() -> None:
    """Sentence after sentence. One decision decided then; two that disagree are disputed now."""
    connection = op.get_bind()
    decision, undoing = _decisions(), _decisions().alias()
    rows = connection.execute(
        sa.select(*(decision.c[name] for name in _Given._fields[:-1]))
        .where(
            decision.c.verdict != "undo",
            ~sa.select(undoing.c.id).where(undoing.c.undoes == decision.c.id).exists(),
        )
        .order_by(decision.c.sentence_id, decision.c.id)
    ).all()
    sentence = sa.table("sentence", *map(sa.column, ("id", "state", "disagreement")))
    names = ("sentence_id", "user_id", "decided_at", "place", "said", "pair", "mask")
    vote = sa.table("vote", *map(sa.column, names))
    for number, standing in groupby((_Given(*row) for row in rows), lambda given: given.sentence_id):
        found = review.outcome(list(standing), wanted=1)
        here = sentence.c.id == number
        connection.execute(sa.update(sentence).where(here).values(disagreement=found.disagreement))
        connection.execute(sa.update(sentence).where(here, sentence.c.state != "purged").values(state=found.state))
        if found.votes:
            connection.execute(sa.insert(vote), _votes(connection, found))


def _decisions() -> sa.TableClause:
    names = (*_Given._fields[:-1], "undoes")
    return sa.table("decision", *(sa.column(name, sa.Boolean if name == "blind" else None) for name in names))


def _votes(connection: sa.Connection, found: review.Outcome[_Given]) -> list[dict[str, Any]]:
    names = ("id", "sentence_id", "model", "assessed_at", "kind", "level")
    assessment = sa.table("assessment", *map(sa.column, names), sa.column("cues", sa.JSON))
    number, places = found.votes[0].sentence_id, review.places(found)
    assessments = connection.execute(
        sa.select(assessment).where(assessment.c.sentence_id == number).order_by(assessment.c.id)
    ).all()
    rows = []
    first = next((review.coded(given.kind, given.level) for given in found.votes if places.get(given.user_id) == 1), 0)
    for given in found.votes:
        shown = [made for made in assessments if made.model == given.model and made.assessed_at <= given.decided_at]
        said = (shown or assessments)[-1]
        verdict, place = review.coded(given.kind, given.level), places.get(given.user_id, 0)
        rows.append(
            {
                "sentence_id": number,
                "user_id": given.user_id,
                "decided_at": given.decided_at,
                "place": place,
                "said": (given.blind * review.CODES + verdict) * review.CODES + review.coded(said.kind, said.level),
                "pair": first * review.CODES + verdict if place == 2 else None,
                "mask": traits((cue[0] for cue in said.cues if cue[0] in CUE_BITS), ()),
            }
        )
    return rows

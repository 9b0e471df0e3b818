"""Keys of the HTTP interface, the outlet an article came from, what journalists said of sentences."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Two tables, a column, and what finds an article by outlet and a sentence by hash."""
    op.create_table(
        "key",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("may", sa.JSON(), nullable=False),
        sa.Column("outlet", sa.String(length=80), nullable=True),
        sa.Column("user_id", _ID, nullable=True),
        sa.Column("stores", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_key_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key")),
        sa.UniqueConstraint("digest", name=op.f("uq_key_digest")),
        sa.UniqueConstraint("name", name=op.f("uq_key_name")),
    )
    op.create_index(op.f("ix_key_outlet"), "key", ["outlet"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key_id", _ID, nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=16), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("fault", sa.String(length=16), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("purged_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["key_id"], ["key.id"], name=op.f("fk_feedback_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("key_id", "token", name=op.f("uq_feedback_key_id_token")),
    )
    op.create_index("ix_feedback_expiry", "feedback", ["purged_at", "received_at"], unique=False)
    op.create_index(op.f("ix_feedback_hash"), "feedback", ["hash"], unique=False)
    op.add_column("article", sa.Column("outlet", sa.String(length=80), nullable=True))
    op.create_index(op.f("ix_article_outlet"), "article", ["outlet"], unique=False)
    op.create_index(op.f("ix_sentence_hash"), "sentence", ["hash"], unique=False)

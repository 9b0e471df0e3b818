"""The first tables; decisions and the audit trail can only be added to, whoever holds the connection."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = ("decision", "audit")


def upgrade() -> None:
    """Tables, indexes, and triggers that refuse changes of what was recorded."""
    _tables()
    for table in _APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            if op.get_bind().dialect.name == "sqlite":
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} can only be added to'); END"
                )
                continue
            op.execute(
                f"CREATE FUNCTION {table}_no_{act.lower()}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{table} can only be added to'; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_no_{act.lower()}()"
            )


def _tables() -> None:
    op.create_table(
        "article",
        sa.Column("id", _ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.Column("purged_at", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("blocks", sa.JSON(), nullable=True),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("lexicon", sa.String(length=64), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=True),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("digest", name=op.f("uq_article_digest")),
    )
    op.create_index("ix_article_expiry", "article", ["purged_at", "stored_at"], unique=False)
    op.create_table(
        "sign_in_failure",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index(op.f("ix_sign_in_failure_failed_at"), "sign_in_failure", ["failed_at"], unique=False)
    op.create_index("ix_sign_in_failure_key", "sign_in_failure", ["key", "failed_at"], unique=False)
    op.create_table(
        "user",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("stamp", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("name", name=op.f("uq_user_name")),
    )
    op.create_table(
        "audit",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("user_id", _ID, nullable=True),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_audit_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_table(
        "sentence",
        sa.Column("id", _ID, nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=True),
        sa.Column("uncertainty", sa.Double(), nullable=False),
        sa.Column("margin", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_sentence_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sentence")),
        sa.UniqueConstraint("article_id", "position", name=op.f("uq_sentence_article_id_position")),
    )
    op.create_index("ix_sentence_age", "sentence", ["state", "stored_at", "id", "kind", "level"], unique=False)
    op.create_index("ix_sentence_kind", "sentence", ["state", "kind", "level"], unique=False)
    op.create_index("ix_sentence_level", "sentence", ["state", "level", "id", "kind"], unique=False)
    op.create_index("ix_sentence_margin", "sentence", ["state", "margin", "id", "kind", "level"], unique=False)
    op.create_index(
        "ix_sentence_uncertainty", "sentence", ["state", "uncertainty", "id", "kind", "level"], unique=False
    )
    op.create_table(
        "assessment",
        sa.Column("id", _ID, nullable=False),
        sa.Column("sentence_id", _ID, nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("lexicon", sa.String(length=64), nullable=False),
        sa.Column("assessed_at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("review", sa.Boolean(), nullable=False),
        sa.Column("probabilities", sa.JSON(), nullable=True),
        sa.Column("cues", sa.JSON(), nullable=False),
        sa.Column("contributions", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sentence_id"], ["sentence.id"], name=op.f("fk_assessment_sentence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("sentence_id", "model", "lexicon", name=op.f("uq_assessment_sentence_id_model_lexicon")),
    )
    op.create_table(
        "decision",
        sa.Column("id", _ID, nullable=False),
        sa.Column("sentence_id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=True),
        sa.Column("level", sa.BigInteger(), nullable=True),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("cues", sa.JSON(), nullable=False),
        sa.Column("wrong_cues", sa.JSON(), nullable=False),
        sa.Column("undoes", _ID, nullable=True),
        sa.ForeignKeyConstraint(["sentence_id"], ["sentence.id"], name=op.f("fk_decision_sentence_id")),
        sa.ForeignKeyConstraint(["undoes"], ["decision.id"], name=op.f("fk_decision_undoes")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_decision_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("token", name=op.f("uq_decision_token")),
        sa.UniqueConstraint("undoes", name=op.f("uq_decision_undoes")),
    )
    op.create_index(op.f("ix_decision_sentence_id"), "decision", ["sentence_id"], unique=False)
    op.create_index(op.f("ix_decision_user_id"), "decision", ["user_id"], unique=False)
    op.create_table(
        "lock",
        sa.Column("sentence_id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sentence_id"], ["sentence.id"], name=op.f("fk_lock_sentence_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_lock_user_id")),
        sa.PrimaryKeyConstraint("sentence_id", name=op.f("pk_lock")),
    )
    op.create_index(op.f("ix_lock_expires_at"), "lock", ["expires_at"], unique=False)
    op.create_index(op.f("ix_lock_user_id"), "lock", ["user_id"], unique=False)
    op.create_table(
        "sentence_cue",
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("sentence_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["sentence_id"], ["sentence.id"], name=op.f("fk_sentence_cue_sentence_id")),
        sa.PrimaryKeyConstraint("category", "sentence_id", name=op.f("pk_sentence_cue")),
    )
    op.create_index(op.f("ix_sentence_cue_sentence_id"), "sentence_cue", ["sentence_id"], unique=False)
    op.create_table(
        "note",
        sa.Column("decision_id", _ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_note_decision_id")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_note")),
    )

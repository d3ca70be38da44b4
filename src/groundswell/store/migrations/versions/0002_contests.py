"""Contests of numbers by those whom they are about, and the reviews of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "contests",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("platform", sa.String, nullable=False),
        sa.Column("handle", sa.String),
        sa.Column("signal", sa.String, nullable=False),
        sa.Column("because", sa.String, nullable=False),
        sa.Column("contested_by", sa.String, nullable=False),
        sa.Column("contested_at", sa.String, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "contest_reviews",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("contest", sa.Integer, sa.ForeignKey("contests.id"), nullable=False),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("reviewed_by", sa.String, nullable=False),
        sa.Column("reviewed_at", sa.String, nullable=False),
        sa.CheckConstraint("verdict in ('upheld', 'rejected')", name="contest_verdict"),
        sqlite_autoincrement=True,
    )

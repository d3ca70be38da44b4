"""Which accounts are one person, as a person said so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table of verdicts."""
    op.create_table(
        "unions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("one", sa.String, nullable=False),
        sa.Column("other", sa.String, nullable=False),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("evidence", sa.JSON, nullable=False),
        sa.Column("said_at", sa.String, nullable=False),
        sa.Column("undone_at", sa.String),
        sa.CheckConstraint("verdict in ('same', 'different')", name="union_verdict"),
        sqlite_autoincrement=True,
    )

"""Wishes not to be listed are counted; terms that the user accepted are noted, and which accounts are one person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Count wishes with each list; note agreements."""
    op.add_column("fetch_streams", sa.Column("unlisted", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "agreements",
        sa.Column("origin", sa.String, primary_key=True),
        sa.Column("at", sa.String, nullable=False),
    )
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

"""The first tables: imports (the one commit point) and remembered column mappings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("layout", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("observed_at", sa.String, nullable=False),
        sa.Column("started_at", sa.String, nullable=False),
        sa.Column("finished_at", sa.String),
        sa.Column("rows", sa.Integer, nullable=False, server_default="0"),
        sa.Column("rows_empty", sa.Integer, nullable=False, server_default="0"),
        sa.Column("rows_set_aside", sa.Integer, nullable=False, server_default="0"),
        sa.Column("records", sa.JSON, nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("notes", sa.JSON, nullable=False),
        sa.CheckConstraint("state in ('pending', 'live', 'undone')", name="import_state"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mappings",
        sa.Column("headers", sa.String, primary_key=True),
        sa.Column("layout", sa.String),
        sa.Column("mapping", sa.JSON, nullable=False),
        sa.Column("saved_at", sa.String, nullable=False),
    )

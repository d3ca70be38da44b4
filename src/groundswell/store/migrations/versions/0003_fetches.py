"""Fetches from live sources: what was asked, what was kept, at which pace; provenance of imports; purges."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables, and give imports their provenance."""
    for name in ("origin", "fetched_at", "terms", "expires_at", "purged_at"):
        op.add_column("imports", sa.Column(name, sa.String))
    _fetches()
    _pages_and_people()
    _client()
    op.create_table(
        "purges",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("said", sa.JSON, nullable=False),
        sqlite_autoincrement=True,
    )


def _fetches() -> None:
    """What was asked, and which lists that opened."""
    op.create_table(
        "fetches",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("asked", sa.JSON, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("because", sa.String, nullable=False, server_default=""),
        sa.Column("started_at", sa.String, nullable=False),
        sa.Column("ended_at", sa.String),
        sa.Column("requests", sa.Integer, nullable=False, server_default="0"),
        sa.Column("repeated", sa.Integer, nullable=False, server_default="0"),
        sa.CheckConstraint("state in ('open', 'done')", name="fetch_state"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "fetch_streams",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("fetch", sa.Integer, sa.ForeignKey("fetches.id"), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("depth", sa.Integer, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("wanted", sa.Integer),
        sa.Column("got", sa.Integer, nullable=False, server_default="0"),
        sa.Column("total", sa.Integer),
        sa.Column("pages", sa.Integer, nullable=False, server_default="0"),
        sa.Column("empty", sa.Integer, nullable=False, server_default="0"),
        sa.Column("round", sa.Integer, nullable=False, server_default="0"),
        sa.Column("cursor", sa.String),
        sa.Column("state", sa.String, nullable=False, server_default="open"),
        sa.Column("note", sa.String, nullable=False, server_default=""),
        sa.UniqueConstraint("fetch", "name", "subject"),
    )
    op.create_index("fetch_streams_next", "fetch_streams", ["fetch", "state", "depth", "pages", "rank", "id"])


def _pages_and_people() -> None:
    """What was kept, and whom it names."""
    op.create_table(
        "fetch_pages",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("fetch", sa.Integer, sa.ForeignKey("fetches.id"), nullable=False),
        sa.Column("stream", sa.Integer, sa.ForeignKey("fetch_streams.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("cursor", sa.String),
        sa.Column("hash", sa.String),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("items", sa.Integer, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("fetched_at", sa.String, nullable=False),
        sa.UniqueConstraint("fetch", "number"),
    )
    op.create_index("fetch_pages_stream", "fetch_pages", ["stream", "round"])
    op.create_index("fetch_pages_hash", "fetch_pages", ["hash"])
    op.create_table(
        "fetch_people",
        sa.Column("fetch", sa.Integer, sa.ForeignKey("fetches.id"), primary_key=True),
        sa.Column("person", sa.String, primary_key=True),
        sa.Column("depth", sa.Integer, nullable=False),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("lot", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
    )
    op.create_index("fetch_people_next", "fetch_people", ["fetch", "state", "depth", "seen", "lot"])


def _client() -> None:
    """What the client remembers: its pace, and what was answered."""
    op.create_table(
        "hosts",
        sa.Column("host", sa.String, primary_key=True),
        sa.Column("tokens", sa.Float, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
    )
    op.create_table(
        "responses",
        sa.Column("url", sa.String, primary_key=True),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("etag", sa.String),
        sa.Column("modified", sa.String),
        sa.Column("kept_at", sa.String, nullable=False),
    )

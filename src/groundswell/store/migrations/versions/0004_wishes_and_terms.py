"""Who asked not to be listed is counted, list by list, and not kept; terms of networks that the user accepted are noted."""

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

"""Who asked not to be listed is counted, list by list, and not kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Count them with each list."""
    op.add_column("fetch_streams", sa.Column("unlisted", sa.Integer, nullable=False, server_default="0"))

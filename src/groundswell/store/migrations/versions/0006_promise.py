"""A fetch may look for people who speak of something: how often each list spoke of it, and who was named by those who do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Note what speaks of what is looked for, list by list, and who promises to."""
    for table, column in (("fetch_streams", "fits"), ("fetch_streams", "promise"), ("fetch_people", "promise")):
        op.add_column(table, sa.Column(column, sa.Integer, nullable=False, server_default="0"))

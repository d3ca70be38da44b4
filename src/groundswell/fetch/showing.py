"""What came from a network as it came, for networks that let nobody measure it without their consent; and the note of that consent.

Their rows are in the workspace with the terms class `raw`. Whatever measures (signals, shortlists, plans, comparisons) does not see
them, until the user says that they accepted the network's terms for it. That can be taken back, and then they are unseen again.
"""

from __future__ import annotations

from typing import Any

from groundswell.errors import UsageError
from groundswell.sources.declaring import Source
from groundswell.sources.networks import SOURCES, source_called
from groundswell.store import RAW, Workspace

SHOWN = {
    "accounts": "account, handle, name, followers, posts_count, observed_at",
    "posts": "post, account, text, created_at, views, likes, replies, observed_at",
}
"""View -> the columns that are shown: numbers of the network's own, and nothing made of them."""


def as_they_came(workspace: Workspace, source: Source, most: int = 50) -> dict[str, list[dict[str, Any]]]:
    """The accounts and posts that are known from a network, newest first, with its own numbers."""
    order = {"accounts": "account", "posts": "created_at DESC NULLS LAST, post"}
    with workspace.engine(raw=True) as engine:
        return {
            view: engine.table(
                f"SELECT {columns} FROM {view} WHERE platform = $platform ORDER BY {order[view]} LIMIT $most",
                {"platform": source.platform, "most": most},
            ).to_pylist()
            for view, columns in SHOWN.items()
        }


def agree(workspace: Workspace, name: str, *, withdraw: bool = False) -> str:
    """Note that the user accepted a source's terms for measuring, or does so no longer; say what follows.

    Errors: UsageError for a source whose terms ask for no such thing.
    """
    source = source_called(name)
    if source.terms.kind != RAW:
        asks = ", ".join(one.id for one in SOURCES.values() if one.terms.kind == RAW)
        raise UsageError(
            f"{source.title} asks nobody to accept terms for measuring what came from it.",
            next_step=f"Those that do: {asks}.",
        )
    workspace.state.agree(source.id, withdraw=withdraw)
    if withdraw:
        return f"Noted. Nothing here measures what came from {source.title}, and it is kept for {source.retention_days} days."
    return (
        f"Noted: you accepted the terms of {source.title} for measures of your own ({source.terms.address}). What came from it is measured "
        "from now on. To take it back: groundswell agree " + f"{source.id} --withdraw"
    )

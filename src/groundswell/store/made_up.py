"""Who is made up: a community that was simulated says so in its rows, and real people may stand beside it in one workspace."""

from __future__ import annotations

from collections.abc import Iterable

from groundswell.store.workspace import Workspace

MARKED = "coalesce(lower(extra['simulated']) IN ('true', '1', 'yes'), false)"


def made_up_among(workspace: Workspace, accounts: Iterable[str]) -> frozenset[str]:
    """Which of these accounts are said to be made up."""
    if not workspace.simulated():
        return frozenset()
    with workspace.engine() as engine:
        found = engine.rows(
            f"SELECT account FROM accounts WHERE {MARKED} AND account IN (SELECT unnest(?))", [list(accounts)]
        )
    return frozenset(account for (account,) in found)


def real_beside_made_up(workspace: Workspace) -> bool:
    """Whether anybody is in the data who is not made up, beside people who are."""
    if not workspace.simulated():
        return False
    with workspace.engine() as engine:
        return bool(engine.rows(f"SELECT 1 FROM accounts WHERE NOT {MARKED} LIMIT 1"))

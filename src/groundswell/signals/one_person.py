"""Whose accounts belong together, as somebody confirmed (`groundswell same`): said beside each of them, and never summed.

Every account keeps its own rows, numbers and place. What follows from being one person is only what is true of people: somebody is
chosen once, written to once, and left out with all accounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.store import Workspace
from groundswell.store.unions import persons

pc: Any = _compute  # its functions are made at run time, no type checker knows them


def others_of(workspace: Workspace) -> Mapping[str, tuple[str, ...]]:
    """Account -> the other accounts of the same person; who has none is not there."""
    groups = persons(workspace.state)
    return {one: tuple(other for other in group if other != one) for group in groups for one in group}


def called(rows: pa.Table, accounts: Iterable[str]) -> dict[str, str]:
    """How these accounts are named in a sentence, as in "@ann (mastodon)"; by their id where nothing measured is known of one."""
    wanted = list(accounts)
    found = rows.select(["account", "platform", "handle"]).filter(
        pc.is_in(rows.column("account"), pa.array(wanted, pa.string()))
    )
    names = {row["account"]: f"@{row['handle']} ({row['platform']})" for row in found.to_pylist() if row["handle"]}
    return {one: names.get(one, one) for one in wanted}


__all__ = ["called", "others_of"]

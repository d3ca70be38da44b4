"""Colleagues as one table: a row each, who first, ids last."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from groundswell.advocacy.staff import STANDINGS, Colleague, Staff

COLUMNS: dict[str, pa.DataType] = {
    **dict.fromkeys(("who", "handle", "platform", "other accounts", "department", "subject", "how sure", "about", "topics"), pa.string()),
    **dict.fromkeys(("own posts", "posts naming the company"), pa.int64()),
    **dict.fromkeys(("share", "share at least", "share at most"), pa.float64()),
    **dict.fromkeys(("same words as", "first step", "why", "source", "voluntary", "account"), pa.string()),
}  # fmt: skip
SHARE = {"unit": "share"}
"""How a column of shares is marked, so that a workbook writes per cent."""


def staff_table(found: Staff) -> pa.Table:
    """One row a colleague: accounts, subject, company's share, same words, first step with its reason and source."""
    fields = [
        pa.field(name, kind, metadata=SHARE if pa.types.is_floating(kind) else None) for name, kind in COLUMNS.items()
    ]
    return pa.Table.from_pylist([_row(one, found.volunteers) for one in found.colleagues], schema=pa.schema(fields))


def _row(one: Colleague, voluntary: str) -> dict[str, Any]:
    share, step = one.company_share, one.step
    return {
        "who": one.person.name or one.person.called, "handle": one.person.handle, "platform": one.person.platform,
        "other accounts": "; ".join(it.account for it in one.others) or None, "department": one.department,
        "subject": one.subject, "how sure": STANDINGS[one.standing], "about": one.about,
        "topics": "; ".join(f"{name} {part:.0%}" for name, part in one.topics) or None,
        "own posts": one.own_posts, "posts naming the company": one.company_posts,
        "share": share.value, "share at least": share.low, "share at most": share.high,
        "same words as": "; ".join(one.shares_words_with) or None,
        "first step": step.says if step else None, "why": step.why if step else None, "source": step.source if step else None,
        "voluntary": voluntary, "account": one.person.account,
    }  # fmt: skip

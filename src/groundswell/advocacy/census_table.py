"""A census as one table: a row an account, who first, ids last."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from groundswell.advocacy.voices import EARLIEST, READING_WORDS, Census, Voice

COUNTED = ("mentions", "in different words", "only answered", "without a sign of payment")
TONES = ("in warm words", "with praise and a reservation", "in critical or grim words", "in neither", "not read")
SHARES = ("warmth", "warmth at least", "warmth at most")
SHARE = {"unit": "share"}
"""How a column of shares is marked, so that a workbook writes per cent."""


def census_table(found: Census) -> pa.Table:
    """One row an account, colleagues and those of the company itself last and marked."""
    schema, titles = _schema(found), tier_columns(found)
    everybody = (*found.voices, *found.colleagues, *found.itself)
    return pa.Table.from_pylist([_row(one, found, titles) for one in everybody], schema=schema)


def tier_columns(found: Census) -> dict[str, str]:
    """Tier set -> the title of its column; the set's own name where two have one title."""
    titles = [title for _, title in found.tier_titles]
    return {
        name: f"size by {title}" if titles.count(title) == 1 else f"size by {title} ({name})"
        for name, title in found.tier_titles
    }


def _row(one: Voice, found: Census, titles: Mapping[str, str]) -> dict[str, object]:
    outside = one not in found.colleagues and not one.itself
    tone = one.tone + one.paid_tone
    newest = sorted(
        one.evidence, key=lambda post: (post.created_at is None, -(post.created_at or EARLIEST).timestamp())
    )
    tones = (tone.warm, tone.both, tone.critical, tone.plain, tone.not_read)
    return {
        "who": one.name or (f"@{one.handle}" if one.handle else one.account), "handle": one.handle, "platform": one.platform,
        "followers": one.followers.value, "reading": READING_WORDS[one.reading] if one.mentions else None,
        "mentions": one.mentions, "in different words": one.different, "only answered": one.addressed,
        "without a sign of payment": one.unpaid if outside else None,
        "paid by": " and ".join("the company asked about" if by == "it" else by for by in one.paid_by) or None, "last": one.last_at,
        **{kind: dict(one.by_kind).get(kind, 0) for kind in found.names}, **dict(zip(TONES, tones, strict=True)),
        "warmth": one.warmth.value, "warmth at least": one.warmth.low, "warmth at most": one.warmth.high,
        "warmth unknown": one.warmth.reason, **{titles[name]: tier for name, tier in one.tiers},
        "colleague": "on your roster" if one in found.colleagues else None,
        "the company itself": one.itself if one.surely or not one.itself else f"Probably: {one.itself}",
        "says": one.sentence, "not known": " ".join(one.unknown) or None,
        "posts": "; ".join(post.url or post.post for post in one.evidence),
        "newest words": newest[0].text if newest else None, "account": one.account,
    }  # fmt: skip


def _schema(found: Census) -> pa.Schema:
    counts = dict.fromkeys((*COUNTED, *found.names, *TONES), pa.int64())
    kinds = dict.fromkeys(("followers", *SHARES), pa.float64()) | counts | {"last": pa.timestamp("us", "UTC")}
    names = [
        "who", "handle", "platform", "followers", "reading", *COUNTED, "paid by", "last", *found.names, *TONES, *SHARES,
        "warmth unknown", *tier_columns(found).values(), "colleague", "the company itself", "says", "not known", "posts",
        "newest words", "account",
    ]  # fmt: skip
    return pa.schema(
        [pa.field(name, kinds.get(name, pa.string()), metadata=SHARE if name in SHARES else None) for name in names]
    )

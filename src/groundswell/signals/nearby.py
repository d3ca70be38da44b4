"""The facts near a few accounts, in place of all facts: what they posted, what they did and what was done to them.

An update asks every grain about few accounts. If each went through ten million posts to find theirs, it would cost nearly as much as
to ask about everybody. So they are gathered once, into tables that stand before the views of the same names while grains are asked;
a grain that looks further than one step asks the views themselves (`beyond` in `array_grain`, `EVERYTHING` in its SQL).
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from groundswell.signals.grains import WORDLESS
from groundswell.store import Engine

EVERYTHING = "memory.main."
"""Before the name of a view: its rows of everybody, whatever stands before it."""
MINE = "(SELECT account FROM wanted_accounts)"
SPEAKING = "('reply', 'quote', 'repost', 'mention')"
NEAR: dict[str, str] = {
    # Most acts say nothing. Of those it counts who did them and when, with the account that they were done to.
    "interactions": f"""SELECT account, actor, verb, post, via, acted_at FROM {EVERYTHING}interactions
                        WHERE verb IN {SPEAKING} AND (account IN {MINE} OR actor IN {MINE})
                        UNION ALL
                        SELECT account, actor, verb, NULL, NULL, acted_at FROM {EVERYTHING}interactions
                        WHERE verb NOT IN {SPEAKING} AND account IN {MINE}""",
    "follows": f"SELECT * FROM {EVERYTHING}follows WHERE follower IN {MINE} OR followed IN {MINE}",
    # Their posts, and comments on either side. What evidence shows, and no number is made of, is left where it lies; of a text, which
    # costs as much to read as all the rest, only whether there is any.
    "posts": f"""SELECT * EXCLUDE (extra, hashtags, mentions, thread, reply_to, reply_to_account, member, content)
                        REPLACE (CASE WHEN text_hash <> {WORDLESS} THEN '' END AS text,
                                 NULL::VARCHAR AS platform, NULL::VARCHAR AS url, NULL::BIGINT AS import_id, NULL::BIGINT AS line)
                 FROM {EVERYTHING}posts
                 WHERE account IN {MINE} OR key IN (SELECT key_of_post(via) FROM interactions WHERE verb = 'reply' AND via IS NOT NULL)""",
} | {
    name: f"SELECT * FROM {EVERYTHING}{name} WHERE text_hash IN (SELECT text_hash FROM posts)"
    for name in ("wording", "topic_of_text", "voice", "tone", "remarks")
}  # fmt: skip
"""View -> those of its rows that concern the accounts in `wanted_accounts`, in the order in which to gather."""


@contextmanager
def near(engine: Engine) -> Generator[None]:
    """While it lasts, grains see only what concerns the accounts in `wanted_accounts`."""
    try:
        for name, rows in NEAR.items():
            engine.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {rows}")
        yield
    finally:
        for name in NEAR:
            engine.execute(f"DROP TABLE IF EXISTS temp.{name}")


__all__ = ["EVERYTHING", "NEAR", "SPEAKING", "near"]

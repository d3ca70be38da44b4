"""What people also call a post by: its address, and the number that a feed gives an entry. In a table they stand for its id.

Asked when something is read, never written down: so it does not matter whether the posts or what answers them came first.
"""

from __future__ import annotations

ANSWERED = "CASE WHEN regexp_matches(i.post, '^[a-z]+:https?://') THEN {address} ELSE i.post END".format(
    address=r"regexp_replace(i.post, '^[a-z]+:https?://(www\.)?|/*(#.*)?$', '', 'g')"
)
"""SQL: by which name an act `i` calls the post that it concerns."""


def other_names(posts: str, where: str = "true") -> str:
    """SQL of (post, name) for posts of a table or view. An address counts with or without `www` and a stroke at its end."""
    return rf"""
        SELECT post, regexp_replace(url, '^https?://(www\.)?|/*(#.*)?$', '', 'g') AS name FROM {posts}
        WHERE {where} AND url IS NOT NULL
        UNION ALL SELECT post, 'blog:' || regexp_extract(post, '#(.+)$', 1) FROM {posts}
        WHERE {where} AND regexp_matches(post, '^blog:[^:]+#.')
    """

"""The grain `speaker`: one row an account, of what its bio says it is and what its own posts were heard to say.

Posts count where their language is listened to; bios are short and count in any. What was heard in texts is kept as
findings (see `hearing`); the table of occupations is looked up anew each time, so that a user's own lines need no reading again.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.callings import (
    ACADEMICS,
    CALLINGS,
    academic_terms,
    callings_version,
    occupation_terms,
    said_in_bios,
)
from groundswell.signals.grains import WORDLESS
from groundswell.signals.hearing import (
    LANGUAGES,
    SITES,
    bio_kinds,
    bio_pattern,
    hearing_version,
    marks,
    phrase_pattern,
    plain,
    quoted,
)

SPEAKER = "speaker"
"""The grain's name."""
OWN = "(p.kind IS NULL OR p.kind IN ('post', 'quote'))"
SAID_AT_LEAST = 2
"""Posts that must say the same occupation before they count: one may be a joke or a quote (design choice)."""
SELF_LINKS = (
    "x.com",
    "twitter.com",
    "pic.twitter.com",
    "instagram.com",
    "facebook.com",
    "tiktok.com",
    "bsky.app",
    "threads.net",
)
"""Links to posts and pictures of the platforms themselves name no source (design choice)."""
SHORTENERS = (
    "t.co", "bit.ly", "buff.ly", "ow.ly", "tinyurl.com", "goo.gl", "lnkd.in", "fb.me", "dlvr.it", "ift.tt", "amzn.to", "trib.al",
    "is.gd", "rebrand.ly", "j.mp", "shorturl.at", "cutt.ly", "rb.gy",
)  # fmt: skip
"""Sites that hide where a link leads (the common ones, design choice): such a link is not known, rather than to one source."""
ADDRESS = r"[\w.+-]+@[\w-]+\.[\w.]+"

COUNTS = ("use", "opinion", "correction", "explains", "trade", "funny", "published")


@array_grain(
    SPEAKER,
    columns={
        "account": pa.string(),
        "bio_known": pa.bool_(),
        "texts": pa.int64(),
        **{f"{name}_posts": pa.int64() for name in COUNTS},
        "use_months": pa.int64(),
        "own_posts": pa.int64(),
        "paid_posts": pa.int64(),
        "sites": pa.int64(),
        "site_posts": pa.int64(),
        "hidden_links": pa.int64(),
        "top_site": pa.string(),
        "top_site_posts": pa.int64(),
        "calling": pa.string(),
        "calling_kind": pa.string(),
        "calling_posts": pa.int64(),
        "amuses": pa.bool_(),
        "academic_kinds": pa.int64(),
        "academic_told": pa.string(),
        "trade_marks": pa.int64(),
        "trade_told": pa.string(),
        "standings": pa.int64(),
        "standing_told": pa.string(),
    },
    fit_version=lambda fits: f"{hearing_version()}-{callings_version(fits.parent)}",
)
def speaker(asked: Asked) -> pa.Table:
    """What each account says of itself and how it speaks."""
    engine = asked.engine
    _register_terms(asked, asked.fits.parent)
    said_in_bios(engine, CALLINGS, asked.where("account"))
    said_in_bios(engine, ACADEMICS, asked.where("account"))
    for name, sql in _steps(asked).items():
        engine.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")
    found = engine.table(JOINED.replace("{asked}", asked.where("a.account")))
    for name in [*_steps(asked), "said_calling_terms", "said_academic_terms"]:
        engine.execute(f"DROP TABLE {name}")
    return found


def _register_terms(asked: Asked, workspace: Path) -> None:
    asked.engine.register(CALLINGS, occupation_terms(workspace))
    asked.engine.register(ACADEMICS, academic_terms(workspace))


def _steps(asked: Asked) -> dict[str, str]:
    """Temporary table -> the query that fills it, in order."""
    mine = asked.where("p.account")
    return {
        "spoken_posts": _posts(mine),
        "spoken_sites": _sites(mine),
        "post_callings": _callings_in_posts(mine),
        "bio_said": _bios(asked.where("account")),
    }


def _posts(mine: str) -> str:
    """One row an account: how many own posts were heard to say what.

    Few texts bear a mark, so that these are counted apart: a quarter of the rows to carry through seven counts and the months. And
    few are in a language that is not listened to: these are looked up, where all would be as many as there are posts.
    """
    listed = f"language IN ({', '.join(map(quoted, LANGUAGES))})"
    readable = f"coalesce(p.{listed}, v.readable)"
    heard = {name: f"marks & {marks()[name]} > 0" for name in COUNTS}
    counts = ", ".join(f"count(*) FILTER ({condition}) AS {name}_posts" for name, condition in heard.items())
    names = [*(f"{name}_posts" for name in COUNTS), "use_months"]
    return f"""
        WITH marked AS (
            SELECT account, {counts}, count(DISTINCT month) AS use_months
            FROM (
                SELECT p.account, v.marks, CASE WHEN {heard["use"]} THEN date_trunc('month', p.created_at) END AS month
                FROM posts AS p
                JOIN (SELECT text_hash, marks, {listed} AS readable FROM voice WHERE marks <> 0) AS v
                    ON v.text_hash = p.text_hash
                WHERE {OWN} AND {mine} AND {readable}
            ) GROUP BY account
        ),
        whole AS (
            SELECT p.account, count(*) FILTER (coalesce(p.{listed}, u.text_hash IS NULL)) AS texts, count(*) AS own_posts,
                   count(*) FILTER (coalesce(p.paid_label, false) OR w.text_hash IS NOT NULL) AS paid_posts
            FROM posts AS p
            LEFT JOIN (SELECT text_hash FROM voice WHERE ({listed}) IS NOT TRUE) AS u ON u.text_hash = p.text_hash
            LEFT JOIN (SELECT text_hash FROM wording WHERE clear IS NOT NULL OR unclear IS NOT NULL) AS w
                ON w.text_hash = p.text_hash
            WHERE {OWN} AND p.text_hash <> {WORDLESS} AND {mine} GROUP BY p.account
        )
        SELECT whole.*, {", ".join(f"coalesce(marked.{name}, 0) AS {name}" for name in names)}
        FROM whole LEFT JOIN marked ON marked.account = whole.account"""


def _sites(mine: str) -> str:
    """One row an account: distinct sites that its own posts link to, and the commonest."""
    shorteners, own = (", ".join(map(quoted, some)) for some in (SHORTENERS, SELF_LINKS))
    return f"""
        WITH linked AS (
            SELECT p.account, p.key, unnest(v.sites) AS site
            FROM posts AS p JOIN (SELECT text_hash, sites FROM voice WHERE sites IS NOT NULL) AS v ON v.text_hash = p.text_hash
            WHERE {OWN} AND {mine}
            UNION ALL
            SELECT account, key, regexp_extract(lower(link), {quoted(SITES)}, 1) AS site
            FROM (SELECT p.account, p.key, unnest(p.links) AS link FROM posts AS p
                  WHERE p.links IS NOT NULL AND {OWN} AND {mine})
        ),
        named AS (
            SELECT account, regexp_replace(site, '^(m|mobile|amp)[.]', '') AS site, key FROM linked WHERE site <> ''
        ),
        counted AS (
            SELECT account, site, count(DISTINCT key) AS posts, site IN ({shorteners}) AS hidden
            FROM named WHERE site NOT IN ({own}) GROUP BY ALL
        )
        SELECT account, count(*) FILTER (NOT hidden) AS sites, sum(posts) FILTER (NOT hidden) AS site_posts,
               coalesce(sum(posts) FILTER (hidden), 0) AS hidden_links,
               arg_min(site, (-posts, site)) FILTER (NOT hidden) AS top_site, max(posts) FILTER (NOT hidden) AS top_site_posts
        FROM counted GROUP BY account"""


def _callings_in_posts(mine: str) -> str:
    """One row an account: the occupation that most of its own posts say, where enough do."""
    return f"""
        WITH roles AS (
            SELECT p.account, string_split(replace(v.said_to_be, '-', ' '), ' ') AS words
            FROM posts AS p JOIN (SELECT text_hash, said_to_be FROM voice WHERE said_to_be IS NOT NULL) AS v
                ON v.text_hash = p.text_hash
            WHERE {OWN} AND {mine}
        ),
        begun AS (SELECT *, row_number() OVER () AS number FROM roles),
        runs AS (SELECT account, number, words, unnest(range(1, 5)) AS size FROM begun),
        found AS (
            SELECT r.account, arg_max(t.name, r.size) AS name, arg_max(t.kind, r.size) AS kind, bool_or(t.name IS NULL) AS other
            FROM runs AS r JOIN calling_terms AS t ON t.term = array_to_string(r.words[1 : r.size], ' ') AND t.words = r.size
            GROUP BY r.account, r.number
        ),
        counted AS (SELECT account, name, kind, count(*) AS posts FROM found WHERE NOT other GROUP BY ALL)
        SELECT account, arg_min(name, (-posts, name)) AS calling, arg_min(kind, (-posts, name)) AS kind, max(posts) AS posts
        FROM counted WHERE posts >= {SAID_AT_LEAST} GROUP BY account"""


def _bios(mine: str) -> str:
    """One row an account with a bio: the kinds of evidence in it that its owner works for an audience."""
    marks_of = [
        f"CASE WHEN regexp_matches(said, {quoted(bio_pattern(kind))}) THEN {quoted(kind)} END" for kind in bio_kinds()
    ]
    address = f"CASE WHEN regexp_matches(bio, {quoted(ADDRESS)}) THEN 'e-mail address' END"
    amused = f"regexp_matches(said, {quoted(phrase_pattern('funny'))})"
    return f"""
        SELECT account, list_filter([{", ".join([*marks_of, address])}], lambda kind: kind IS NOT NULL) AS bio_marks,
               {amused} AS amused
        FROM (SELECT account, bio, {plain("concat_ws(' ', left(bio, 1000), url)")} AS said
              FROM accounts WHERE bio IS NOT NULL AND {mine})"""


TRADE_POSTS = 2
"""Own posts with codes, deals or calls to follow before they count as a mark (design choice)."""
PAID_POSTS, PAID_SHARE = 3, 0.1
"""Sponsored-looking posts, and their share of own posts, before they count as a mark (design choice)."""
PAPERS = 2
"""Own posts that speak of own scholarly work before they count as publications (design choice)."""
JOINED = f"""
    WITH callings AS (
        SELECT account, arg_min(name, (kind <> 'work', place)) AS calling, arg_min(kind, (kind <> 'work', place)) AS kind,
               bool_or(name = 'entertainer') AS amuses
        FROM said_calling_terms GROUP BY account
    ),
    academics AS (
        SELECT account, list_sort(list(DISTINCT name || ': ' || term)) AS told, count(DISTINCT name) AS kinds
        FROM said_academic_terms GROUP BY account
    ),
    whole AS (
        SELECT a.account, b.account IS NOT NULL AS bio_known, p.* EXCLUDE (account), s.* EXCLUDE (account),
               coalesce(c.calling, o.calling) AS calling, coalesce(c.kind, o.kind) AS calling_kind,
               CASE WHEN c.calling IS NULL THEN o.posts END AS calling_posts,
               CASE WHEN b.account IS NOT NULL
                    THEN coalesce(c.amuses, false) OR b.amused OR list_contains(b.bio_marks, 'means to amuse') END AS amuses,
               coalesce(d.kinds, 0) + (coalesce(p.published_posts, 0) >= {PAPERS})::BIGINT AS academic_kinds,
               list_concat(coalesce(d.told, []),
                   CASE WHEN p.published_posts >= {PAPERS} THEN ['publications: in its posts'] ELSE [] END) AS academic,
               list_concat(list_filter(coalesce(b.bio_marks, []), lambda kind: kind <> 'means to amuse'),
                   CASE WHEN p.trade_posts >= {TRADE_POSTS} THEN ['codes, deals or calls to follow in posts'] ELSE [] END,
                   CASE WHEN p.paid_posts >= {PAID_POSTS} AND p.paid_posts >= {PAID_SHARE:e} * p.own_posts
                        THEN ['sponsored posts'] ELSE [] END) AS trade
        FROM accounts AS a
        LEFT JOIN bio_said AS b ON b.account = a.account
        LEFT JOIN spoken_posts AS p ON p.account = a.account
        LEFT JOIN spoken_sites AS s ON s.account = a.account
        LEFT JOIN post_callings AS o ON o.account = a.account
        LEFT JOIN callings AS c ON c.account = a.account
        LEFT JOIN academics AS d ON d.account = a.account
        WHERE {{asked}} AND (b.account IS NOT NULL OR p.account IS NOT NULL OR s.account IS NOT NULL)
    )
    SELECT *, array_to_string(academic, '; ') AS academic_told, len(trade) AS trade_marks, array_to_string(trade, '; ') AS trade_told,
           len(standing) AS standings, array_to_string(standing, '; ') AS standing_told
    FROM (SELECT *, list_concat(CASE WHEN calling_kind = 'work' THEN [calling] ELSE [] END, academic) AS standing FROM whole)
"""

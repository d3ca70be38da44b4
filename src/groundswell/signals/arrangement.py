"""Do people act by arrangement? Pods that comment on one another's posts, and accounts that share the same things at once.

Friends do from outside what a pod does: they comment on one another, again and again, all of them. So a recurring set is only
where one begins. It has to recur beyond chance (everybody's number of ties kept, the ends dealt out anew), and then six things are
asked of each tie: haste (within half an hour of the post, or within five minutes of another of the set), generic words (few, none of
the post's own, or the same ones again), no talk (never an answer to an answer), duty (how many of the author's posts), another subject
than the author's, and no follow before. The more of it holds on average, the more its comments count as arranged.

After Weerasinghe et al., WWW 2020 (doi 10.1145/3366423.3380256), and, for sharing, CooRTweet (Righetti & Balluff 2025): the idea, not
the code. The limits in minutes and words are design choices. Nobody is accused: a share is told, and whoever it is about can answer.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.columns import in_one
from groundswell.graph import numbered
from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.crowds import embedded
from groundswell.signals.declaring import Columns, signal, wilson
from groundswell.signals.grains import WORDLESS
from groundswell.signals.nearby import EVERYTHING

pc: Any = _compute  # its functions are made at run time, no type checker knows them
AGAIN = 3
"""Posts of the same author that one has to comment on to be tied to them (design choice)."""
SHARED_TIES = 2
"""Others of the author's commenters whom one comments on as well, at least (design choice: a set has four people or more)."""
CHANCE = 0.01
"""How likely so many shared ties may be by chance (design choice)."""
HASTE_MINUTES, TOGETHER_MINUTES = 30, 5
FEW_WORDS = 6
TALK = 0.1
"""Share of answers to answers from which two people talk (design choice)."""
ENOUGH_KNOWN = 3
STRANGER_UNKNOWN = 0.2
"""Where follows are not in the data, most are taken for people who followed before: the doubt is theirs (design choice). In the lower
limit they count as friends altogether: of made-up groups of friends 19 % were flagged without follows, and 3 % with them."""
LITTLE, MUCH = 0.4, 0.8
"""A comment counts in full from where so much of what is known speaks for arrangement, not at all below so little, in parts between
(chosen on three made-up worlds that no figure is taken from)."""
FLAGGED_FROM = 0.3
"""An account whose share's lower bound reaches this is flagged (the lowest at which no group
of friends was flagged in the three worlds)."""
COMMENTS_FROM = 10
WORDS = r"[\p{L}\p{N}]+"
LONG_WORDS = r"[\p{L}\p{N}]{4,}"
UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]"
"""Scripts that set no spaces between words: whether such a comment is generic is not told."""

COMMENTS = """
    SELECT p.account, p.actor, p.post, p.via, epoch(p.acted_at) AS clock, hash(p.actor, p.account) AS pair FROM interactions AS p
    WHERE p.verb = 'reply' AND p.account IS NOT NULL AND p.actor <> p.account AND p.post IS NOT NULL AND p.acted_at IS NOT NULL
      AND {near}
"""
# Whoever has commented too seldom to be tied has no part in what recurs.
NEAR = f"""
    SELECT account FROM wanted_accounts
    UNION SELECT actor FROM (SELECT actor FROM interactions WHERE verb = 'reply' AND account IN (SELECT account FROM wanted_accounts)
                             GROUP BY actor, account HAVING count(*) >= {AGAIN})
"""
# Most pairs meet once or twice: their hashes tell, far cheaper than to count the different posts of all.
TIES = f"""
    SELECT actor, account, min(clock) AS first_at FROM comments
    WHERE pair IN (SELECT pair FROM comments GROUP BY pair HAVING count(*) >= {AGAIN})
    GROUP BY actor, account HAVING count(DISTINCT post) >= {AGAIN}
"""

# Each of the long tables is read once, for the few rows that ties are judged by.
MUTUAL = """
    SELECT c.account, c.actor, c.post, c.via, c.clock FROM comments AS c
    JOIN (SELECT actor, account, hash(actor, account) AS pair FROM arranged
          UNION SELECT account, actor, hash(account, actor) FROM arranged) AS t
    ON t.pair = c.pair AND t.actor = c.actor AND t.account = c.account
"""
THEIRS = """
    SELECT *, key_of_post(post) AS post_key, key_of_post(via) AS via_key
    FROM mutual SEMI JOIN arranged USING (actor, account)
"""
WORDED = """
    SELECT key, text, text_hash, created_at FROM posts
    WHERE key IN (SELECT post_key FROM theirs UNION SELECT via_key FROM theirs)
"""
ANSWERED = """
    WITH given AS (SELECT DISTINCT account, post FROM comments WHERE account IN (SELECT account FROM arranged)),
    answers AS (SELECT DISTINCT via FROM comments WHERE via IN (SELECT post FROM given))
    SELECT account, count(*) AS posts FROM given ANTI JOIN answers ON answers.via = given.post GROUP BY account
"""
# Whom an answer answers is read from the acts: what it was given to is itself an answer to the same person, or it is not.
SAID = f"""
    WITH said AS (
        SELECT c.account, c.actor, c.post, c.via, c.clock, c.clock - epoch(p.created_at) AS delay, r.via IS NULL AS direct,
               q.via IS NOT NULL AS talk, v.text_hash, v.text IS NOT NULL AND NOT regexp_matches(v.text, '{UNSPACED}') AS readable,
               len(regexp_extract_all(regexp_replace(v.text, '@[\\w.]+', '', 'g'), '{WORDS}')) AS words,
               CASE WHEN words <= {FEW_WORDS} THEN list_has_any(regexp_extract_all(lower(v.text), '{LONG_WORDS}'),
                                                                regexp_extract_all(lower(p.text), '{LONG_WORDS}')) END AS specific
        FROM theirs AS c
        LEFT JOIN mutual AS r ON r.via = c.post AND r.actor = c.account AND r.account = c.actor
        LEFT JOIN mutual AS q ON q.via = r.post AND q.actor = c.actor AND q.account = c.account
        LEFT JOIN worded AS p ON p.key = c.post_key
        LEFT JOIN worded AS v ON v.key = c.via_key
    ),
    timed AS (
        SELECT *, least(clock - lag(clock) OVER w, lead(clock) OVER w - clock) <= {TOGETHER_MINUTES * 60} AS beside,
               count(*) OVER (PARTITION BY actor, account, text_hash) > 1 AS repeated
        FROM said WINDOW w AS (PARTITION BY post ORDER BY clock, actor)
    )
    SELECT t.actor, t.account,
           avg((coalesce(beside, false) OR delay <= {HASTE_MINUTES * 60})::INT) FILTER (direct AND (delay >= 0 OR beside)) AS haste,
           avg((repeated OR (words <= {FEW_WORDS} AND NOT coalesce(specific, false)))::INT) FILTER (direct AND readable) AS generic,
           CASE WHEN count(via) > 0 THEN 1 - least(1, count(*) FILTER (talk) / ({TALK} * count(*))) END AS silent,
           count(DISTINCT post) FILTER (direct) / any_value(n.posts)::DOUBLE AS dutiful
    FROM timed AS t JOIN ({ANSWERED}) AS n USING (account) GROUP BY t.actor, t.account
"""
SUBJECT = """
    WITH own AS (
        SELECT account, text_hash, count(*) AS posts FROM posts
        WHERE (kind IS NULL OR kind IN ('post', 'quote')) AND account IN (SELECT actor FROM arranged UNION SELECT account FROM arranged)
        GROUP BY ALL
    )
    SELECT account, arg_max(topic, (posts, -topic)) AS topic FROM (
        SELECT o.account, t.topic, sum(o.posts) AS posts FROM own AS o JOIN topic_of_text AS t ON t.text_hash = o.text_hash
        WHERE t.topic IS NOT NULL GROUP BY ALL) GROUP BY account
"""
# A file of follows says something of a tie only where it says anything of one of the two.
FOLLOWED = """
    WITH either AS (
        SELECT actor AS follower, account AS followed, actor, account, first_at FROM arranged
        UNION ALL SELECT account, actor, actor, account, first_at FROM arranged
    ),
    before AS (
        SELECT t.actor, t.account FROM follows AS f JOIN either AS t ON t.follower = f.follower AND t.followed = f.followed
        GROUP BY t.actor, t.account HAVING bool_or(f.since IS NULL OR epoch(f.since) <= t.first_at)
    ),
    known AS (
        SELECT followed AS account FROM follows WHERE followed IN (SELECT account FROM arranged)
        UNION SELECT follower FROM follows WHERE follower IN (SELECT account FROM arranged)
    )
    SELECT t.actor, t.account, CASE WHEN b.actor IS NOT NULL THEN 0 WHEN k.account IS NOT NULL THEN 1 END AS stranger
    FROM arranged AS t LEFT JOIN before AS b ON b.actor = t.actor AND b.account = t.account
    LEFT JOIN known AS k ON k.account = t.account
"""
JUDGED_BY = {"mutual": MUTUAL, "theirs": THEIRS, "worded": WORDED, "subjects": SUBJECT}
"""Tables that ties are judged by, in the order in which they are made."""
POD = {
    "account": pa.string(),
    "comments": pa.int64(),
    "arranged": pa.float64(),
    "sure": pa.float64(),
    "people": pa.int64(),
    "open": pa.int64(),
}
# Who is tied to whom decides what recurs, and those who were touched are all whose ties can be others now.
POD_TOUCHES = f"""
    SELECT account FROM interactions
    WHERE verb = 'reply' AND account IS NOT NULL AND post IS NOT NULL AND actor IN (SELECT account FROM touched_accounts)
    GROUP BY actor, account HAVING count(DISTINCT post) >= {AGAIN}
"""


def ties_version(folder: Path) -> str | None:
    """The version of the fit that says how many ties there are in all."""
    newest = max(folder.glob("ties-*.json"), default=None)
    return newest.stem.removeprefix("ties-") if newest else None


def ties_in_all(asked: Asked, now: int) -> int:
    """Ties in the world when it was last fitted (so that strangers change nothing); fitted now where that may be."""
    version = ties_version(asked.fits)
    if asked.may_fit and (version is None or asked.anew):
        version = f"{int(version or 0) + 1:06d}"
        asked.fits.mkdir(parents=True, exist_ok=True)
        part = asked.fits / f"ties-{version}.json.part"
        part.write_text(json.dumps({"ties": now}), encoding="utf-8")
        part.replace(asked.fits / f"ties-{version}.json")
    if version is None:
        return now
    return int(json.loads((asked.fits / f"ties-{version}.json").read_text(encoding="utf-8"))["ties"])


@array_grain("pod", columns=POD, touches=POD_TOUCHES, fit_version=ties_version, beyond=True)
def pod(asked: Asked) -> pa.Table:
    """One row an account that got dated comments: how many, how many of them by arrangement, and by how many people."""
    engine = asked.engine
    near = "true"
    if asked.only:
        engine.execute(f"CREATE OR REPLACE TEMP TABLE near_pods AS {NEAR}")
        near = "(p.actor IN (SELECT account FROM near_pods) OR p.account IN (SELECT account FROM near_pods))"
    engine.execute(f"CREATE OR REPLACE TEMP TABLE comments AS {COMMENTS.format(near=near)}")
    recurring, untold = _recurring(asked)
    engine.register("arranged", recurring)
    engine.register("untold", untold)
    engine.register("arranged", _by_arrangement(asked))
    found = engine.table(
        f"""SELECT c.account, count(*) AS comments, coalesce(sum(t.weight), 0) AS arranged,
                   coalesce(sum(t.weight) FILTER (t.followed_known), 0) AS sure, count(DISTINCT t.actor) AS people, count(u.actor) AS open
            FROM comments AS c LEFT JOIN arranged AS t ON t.actor = c.actor AND t.account = c.account
            LEFT JOIN untold AS u ON u.actor = c.actor AND u.account = c.account
            WHERE {asked.where("c.account")} GROUP BY c.account"""
    )
    engine.execute("DROP TABLE comments")
    return found


def _recurring(asked: Asked) -> tuple[pa.Table, pa.Table]:
    """Ties to accounts asked for whose actor has more ties in common with the author's other commenters than by chance.

    And those that share as many but of which chance could not tell it: in a file of few people who all comment on one another.
    """
    ties = asked.engine.table(TIES)
    ids, (one, other) = numbered([ties.column("actor"), ties.column("account")])
    shared, chance, at_best = embedded(one, other, len(ids), ties_in_all(asked, len(one)))
    several = shared >= SHARED_TIES
    both = [ties.filter(pa.array(several & found)) for found in (chance < CHANCE, at_best >= CHANCE)]
    if asked.only:
        wanted = in_one(asked.engine.table("FROM wanted_accounts").column(0))
        both = [some.filter(pc.is_in(some.column("account"), value_set=wanted)) for some in both]
    return both[0], both[1]


def _by_arrangement(asked: Asked) -> pa.Table:
    """Of the recurring ties, those where more than half of what is known speaks for arrangement."""
    engine = asked.engine
    for name, sql in JUDGED_BY.items():
        engine.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")
    found = engine.table(
        f"""WITH parts AS (
                SELECT t.actor, t.account, s.haste, s.generic, s.silent, s.dutiful, f.stranger, (a.topic <> b.topic)::INT AS elsewhere
                FROM arranged AS t LEFT JOIN ({SAID}) AS s USING (actor, account) LEFT JOIN ({FOLLOWED}) AS f USING (actor, account)
                LEFT JOIN subjects AS a ON a.account = t.actor LEFT JOIN subjects AS b ON b.account = t.account),
            held AS (SELECT actor, account, list_filter([haste, generic, silent, dutiful, elsewhere], lambda x: x IS NOT NULL) AS known,
                            coalesce(stranger, {STRANGER_UNKNOWN}) AS stranger, stranger IS NOT NULL AS followed_known
                     FROM parts)
            SELECT actor, account, followed_known, least(1, (speaks - {LITTLE}) / {MUCH - LITTLE}) AS weight
            FROM (SELECT *, (list_sum(known) + stranger) / (len(known) + 1) AS speaks FROM held)
            WHERE len(known) >= {ENOUGH_KNOWN} AND speaks > {LITTLE}"""
    )
    for name in JUDGED_BY:
        engine.execute(f"DROP TABLE {name}")
    return found


@signal(
    title="Comments by arrangement", grain="pod", unit="share", better="lower",
    says="{value:.0%} of the comments it gets look arranged ({low:.0%} to {high:.0%} of {n:,.0f}), by {label} people who comment on one another: "
    "a question to ask, not a verdict.",
    unknown="At least ten dated comments by others must be known, and ties of so many other people that a set that recurs can be told from chance.",
    source="Weerasinghe et al. 2020, doi 10.1145/3366423.3380256; null: Chung & Lu 2002, doi 10.1073/pnas.252631999; own rule for telling friends "
    "apart (design choice)",
    needs=("interaction.account", "interaction.acted_at", "post.text"), lifecycle="experimental",
)  # fmt: skip
def pod_share() -> Columns:
    """Share of dated comments by people who recur as a set beyond chance and comment as pods do and friends do not.

    Haste, generic words, no talk, duty, another subject and no follow before are averaged, as far as they are known (three at least,
    besides the follow); a comment counts in full from .8 on, not at all below .4, in parts between. The lower limit counts only
    comments between people of whom follows are known: without them a circle of friends cannot be ruled out. Nothing is said where
    more comments come from people of whom chance cannot tell whether they recur, than are found arranged.
    """
    sure, found = wilson("sure", "comments").low, wilson("arranged", "comments", at_least=COMMENTS_FROM, label="people")
    told = "CASE WHEN open <= arranged THEN {} END"
    return replace(
        found, value=told.format(found.value), low=told.format(sure), high=told.format(found.high),
        reason=f"CASE WHEN open > arranged AND comments >= {COMMENTS_FROM} THEN 'too_few' END",
    )  # fmt: skip


# -- sharing the same at once ------------------------------------------------------------------------------------------------

AT_ONCE = 60
"""Seconds within which two shares of the same are at once (CooRTweet's example window)."""
OBJECTS_FROM = 3
"""Different things that two accounts must have shared at once (design choice)."""
NEXT = 5
"""Shares of the same thing looked at after each one: what thousands pass on in a minute says nothing of any two of them."""
SHARES_FROM = 5
# Posts and what they share go by the hashes of their names: whole numbers are sorted and compared many times faster than texts.
OBJECT = f"coalesce(key_of_post(coalesce(p.repost_of, p.links[1])), CASE WHEN p.text_hash <> {WORDLESS} THEN p.text_hash END)"
SHARES = f"""
    SELECT p.account, p.key, epoch(p.created_at) AS clock, {OBJECT} AS object
    FROM posts AS p
    WHERE p.created_at IS NOT NULL AND (p.kind IS NULL OR p.kind IN ('post', 'quote', 'repost')) AND {{wanted}}
"""
SHARING = {"account": pa.string(), "shares": pa.int64(), "at_once": pa.int64(), "partners": pa.int64()}
# What was touched lies near; who else shared it is looked for among everybody, once.
SHARING_TOUCHES = f"""
    WITH mine AS MATERIALIZED (
        SELECT DISTINCT account, object FROM ({SHARES.format(wanted="p.account IN (SELECT account FROM touched_accounts)")})
        WHERE object IS NOT NULL
    ),
    changed AS (SELECT {OBJECT} AS object FROM changed_posts AS p),
    others AS MATERIALIZED (
        SELECT DISTINCT account, object FROM ({SHARES.format(wanted="true").replace("FROM posts", f"FROM {EVERYTHING}posts")})
        WHERE object IN (SELECT object FROM mine UNION SELECT object FROM changed)
    )
    SELECT account FROM others WHERE object IN (SELECT object FROM changed)
    UNION SELECT o.account FROM others AS o JOIN mine AS m ON m.object = o.object AND m.account <> o.account
    GROUP BY o.account, m.account HAVING count(*) >= {OBJECTS_FROM}
"""


@array_grain("sharing", columns=SHARING, touches=SHARING_TOUCHES, beyond=True)
def sharing(asked: Asked) -> pa.Table:
    """One row an account with dated posts: how many, and how many the same as a partner's at once, again and again."""
    engine = asked.engine
    _gather_shares(asked)
    engine.register("pairs", _at_once(asked))
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE partners AS
            SELECT least(one, other) AS one, greatest(one, other) AS other, count(DISTINCT object) AS objects FROM pairs
            GROUP BY ALL HAVING count(DISTINCT object) >= {OBJECTS_FROM}"""
    )
    engine.register("partners_kept", _beyond_chance(asked))
    found = engine.table(
        f"""WITH either AS (SELECT one AS person, other AS partner FROM partners_kept UNION ALL SELECT other, one FROM partners_kept),
            hits AS (SELECT one AS person, other AS partner, post_one AS post FROM pairs
                     UNION ALL SELECT other, one, post_other FROM pairs),
            counted AS (SELECT person, count(DISTINCT post) AS at_once, count(DISTINCT partner) AS partners
                        FROM hits JOIN either USING (person, partner) GROUP BY person),
            dated AS (SELECT person, count(*) AS shares FROM shares GROUP BY person)
            SELECT account, shares, coalesce(at_once, 0) AS at_once, coalesce(partners, 0) AS partners
            FROM dated JOIN sharers USING (person) LEFT JOIN counted USING (person) WHERE {asked.where("account")}"""
    )
    for table in ("shares", "sharers", "partners"):
        engine.execute(f"DROP TABLE {table}")
    return found


def _gather_shares(asked: Asked) -> None:
    """Shares of everybody; of few, theirs, of the same things, and all of those who shared any of them."""
    rows = SHARES.format(wanted="true")
    if asked.only:
        rows = f"""WITH s AS ({rows}),
            theirs AS (SELECT DISTINCT object FROM s WHERE {asked.where("account")}),
            people AS (SELECT DISTINCT account FROM s SEMI JOIN theirs USING (object) UNION SELECT account FROM wanted_accounts)
            SELECT * FROM s WHERE account IN (SELECT account FROM people)"""
    # Numbers in the order of the names, so that nothing depends on who was read first.
    asked.engine.execute(
        """CREATE OR REPLACE TEMP TABLE sharers AS
           SELECT account, row_number() OVER (ORDER BY account) AS person FROM (SELECT DISTINCT account FROM posts)"""
    )
    asked.engine.execute(
        f"CREATE OR REPLACE TEMP TABLE shares AS SELECT person, key, clock, object FROM ({rows}) JOIN sharers USING (account)"
    )


def _at_once(asked: Asked) -> pa.Table:
    """Pairs of shares of the same thing by two accounts at once."""
    placed = asked.engine.table(
        """SELECT object, clock, person, key FROM shares
           WHERE object IN (SELECT object FROM shares GROUP BY object HAVING count(*) > 1)
           ORDER BY object, clock, person, key"""
    )
    thing, clock, person, key = (placed.column(name).to_numpy() for name in ("object", "clock", "person", "key"))
    found = [
        np.flatnonzero((thing[step:] == thing[:-step]) & (clock[step:] - clock[:-step] <= AT_ONCE) & (person[step:] != person[:-step]))
        for step in range(1, NEXT + 1)
    ]  # fmt: skip
    first = np.concatenate(found)
    then = first + np.repeat(np.arange(1, NEXT + 1), [len(places) for places in found])
    return pa.table(
        {
            "one": person[first],
            "other": person[then],
            "object": thing[first],
            "post_one": key[first],
            "post_other": key[then],
        }
    )


def _beyond_chance(asked: Asked) -> pa.Table:
    """Pairs that share at once more often than if each had dealt out its own times anew over what it shared."""
    from scipy.special import pdtrc

    found = asked.engine.table(
        f"""WITH mine AS (SELECT person, object, clock, floor(clock / {AT_ONCE}) AS slot FROM shares
                          WHERE person IN (SELECT one FROM partners UNION SELECT other FROM partners)),
            many AS (SELECT person, count(*) AS n FROM mine GROUP BY person),
            things AS (SELECT DISTINCT person, object FROM mine),
            common AS (SELECT p.one, p.other, count(*) AS common FROM partners AS p JOIN things AS a ON a.person = p.one
                       JOIN things AS b ON b.person = p.other AND b.object = a.object GROUP BY ALL),
            close AS (SELECT p.one, p.other, count(*) AS close FROM partners AS p JOIN mine AS a ON a.person = p.one
                      JOIN mine AS b ON b.person = p.other AND b.slot BETWEEN a.slot - 1 AND a.slot + 1
                      WHERE abs(a.clock - b.clock) <= {AT_ONCE} GROUP BY ALL)
            SELECT one, other, objects, common * close / (a.n * b.n)::DOUBLE AS chance
            FROM partners JOIN common USING (one, other) JOIN close USING (one, other)
            JOIN many AS a ON a.person = one JOIN many AS b ON b.person = other"""
    )
    objects, chance = (
        np.asarray(found.column(name).to_numpy(zero_copy_only=False), float) for name in ("objects", "chance")
    )
    return found.filter(pa.array(pdtrc(objects - 1, np.maximum(chance, 1e-12)) < CHANCE))


@signal(
    title="Shares at once with others", grain="sharing", unit="share", better="lower",
    says="{value:.0%} of its {n:,.0f} dated posts say or pass on the same as a partner within a minute, again and again ({low:.0%} to {high:.0%}; "
    "partners: {label}).",
    unknown="At least five dated posts must be known.",
    source="The idea of CooRTweet (Righetti & Balluff 2025): same object, short window, again; null: the times of each dealt out anew",
    needs=("post.created_at", "post.text"), lifecycle="experimental",
)  # fmt: skip
def coordinated_sharing() -> Columns:
    """Share of dated posts with the same reposted post, link or words as a partner's within 60 seconds.

    Partners are two who did so with three things or more, and more often than by chance (below one in a hundred) had each dealt
    out its own times anew over what it shared.
    """
    return wilson("at_once", "shares", at_least=SHARES_FROM, label="partners")

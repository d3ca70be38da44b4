"""Who speaks to you: the oldest questions that wait for an answer, and what your posts sparked.

A reply holds a question when its text does, addresses left out. It is open when no reply of yours to it is in the data. A reply of yours to the same person
within two weeks, of which the data does not say what it answers, is a probable answer and told apart. Where not one reply of yours is in the data, a file may simply leave replies out: the questions are shown, and said to be unsure.

What was sparked is a ledger: replies that say bought, tried, signed up, joined or made (sparked.toml), reposts and quotes, each
with its row. They are associated with a post, not shown to be caused by it: who replies "bought it" might have bought anyway.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from groundswell.coach.own_posts import address
from groundswell.store import Engine

OLDEST = 5
FURTHER = 95
"""Open questions that are listed beyond the oldest; all are counted."""
LEDGER = 200
"""Lines of the ledger that are listed; all are counted."""
TELLS = re.compile(r"[^.!?…\n]+[.!?…]*")
NOT_SAID = re.compile(
    r"\b(?:not|never|no|haven'?t|didn'?t|don'?t|won'?t|wouldn'?t|couldn'?t|if|should|could|would|wish|nicht|nie|kein\w*|ob|wenn|nunca|si)\b"
    r"|\b\w+n't\b",
    re.IGNORECASE,
)
"""A sentence with one of these does not say that it was done."""
SOON_DAYS = 14
"""A reply to the same person within so many days of a question probably answers it (design choice)."""
PROBABLY = """via IN (
    SELECT q.via FROM received AS q
    JOIN (SELECT *, {whom} AS whom FROM its_acts WHERE actor = $1 AND verb = 'reply') AS r
      ON r.whom = {who} AND r.acted_at > q.moment AND r.acted_at <= q.moment + INTERVAL {days} DAY
    WHERE coalesce(r.post NOT IN (SELECT via FROM received WHERE via IS NOT NULL), true))""".format(
    # A handmade table says @ann, an archive @ann@server: the server counts only where both say it, which a probable answer may pass over.
    whom="CASE WHEN account LIKE '%:@%' THEN regexp_extract(account, '^[^:]+:@[^@]+') ELSE account END",
    who="CASE WHEN q.actor LIKE '%:@%' THEN regexp_extract(q.actor, '^[^:]+:@[^@]+') ELSE q.actor END",
    days=SOON_DAYS,
)
"""SQL: questions of a person to whom the account soon wrote, in a reply that answers nothing else in the data."""
PASSED_ON = ("repost", "quote")
RECEIVED = """
    SELECT i.verb, i.actor, i.post, i.via, i.acted_at, i.import_id, i.line, coalesce(a.handle, a.name) AS who,
           v.text, v.url AS via_url, coalesce(i.acted_at, v.created_at) AS moment,
           o.text AS on_text, o.url AS on_url, o.created_at AS on_date, own.via IS NULL AS begins, own.post AS after
    FROM its_acts AS i
    LEFT JOIN (SELECT via, account, any_value(post) AS post FROM its_acts WHERE actor = $1 AND verb = 'reply' GROUP BY ALL) AS own
        ON own.via = i.post AND own.account = i.actor  -- what answers a word of its own begins nothing
    LEFT JOIN posts AS v ON v.post = i.via
    LEFT JOIN posts AS o ON o.post = i.post
    LEFT JOIN accounts AS a ON a.account = i.actor
    WHERE i.account = $1 AND i.actor <> $1
"""


@dataclass(frozen=True)
class Act:
    """Something that somebody did on one of your posts, with its row."""

    what: str
    """reply, repost, quote; or what a reply says was done: bought, tried, signed up, joined, made."""
    who: str
    """Handle or name, else the id."""
    text: str
    when: datetime | None
    link: str | None
    post: str | None
    """The post of the account that it was done on."""
    post_link: str | None
    post_text: str
    via: str | None
    """The actor's own post that is the act."""
    source: str
    import_id: int
    line: int


@dataclass(frozen=True)
class Question:
    """A question under one of your posts."""

    act: Act
    age_days: float | None
    """From the question to the end of the data."""


@dataclass(frozen=True)
class Questions:
    """The oldest questions that wait."""

    open: tuple[Question, ...]
    waiting: int
    """How many wait in all."""
    asked: int
    """Questions in replies, answered ones included."""
    sure: bool
    """False: no reply of the account's own is in the data, so it may have answered."""
    sentence: str
    unknown: str | None = None
    further: tuple[Question, ...] = ()
    """The next oldest, at most 95."""
    probably: tuple[Question, ...] = ()
    """Probably answered: the account soon wrote to the same person. Not among those that wait; at most 100."""


@dataclass(frozen=True)
class Tally:
    """One kind of act, counted."""

    what: str
    times: int
    people: int


@dataclass(frozen=True)
class Sparked:
    """What the account's posts sparked."""

    ledger: tuple[Act, ...]
    """What replies say was done first, then quotes, then reposts; newest first. At most 200."""
    tallies: tuple[Tally, ...]
    replies_read: int
    """Replies whose text is in the data."""
    sentences: tuple[str, ...]
    unknown: str | None = None


def hear(engine: Engine, account: str) -> None:
    """Fetch once what others did on the account's posts, out of `its_acts`: afterwards the table `received` exists."""
    engine.register("received", engine.table(RECEIVED, [account]))


def read_questions(
    engine: Engine, account: str, until: datetime | None, *, counted: int | None, simulated: bool
) -> Questions:
    """Find the oldest questions that the account has not answered; `counted`: replies that the posts themselves tell of."""
    replies, read = engine.rows("SELECT count(*), count(text) FROM received WHERE verb = 'reply'")[0]
    if not read:
        why = (
            "replies are counted in the data, but what they say is not"
            if replies or counted
            else "no replies to your posts are in the data"
        )
        return Questions((), 0, 0, False, f"Questions that wait: unknown, {why}.", "not_observed")
    own, asked = (
        engine.rows("SELECT count(*) FROM its_acts WHERE actor = $1 AND verb = 'reply'", [account])[0][0],
        _asked(),
    )
    answered = "via IN (SELECT post FROM its_acts WHERE actor = $1 AND verb = 'reply')"
    open_ = f"{asked} AND NOT ({answered})"
    total, waiting, probably = engine.rows(
        f"""SELECT count(*), count(*) FILTER (NOT ({answered}) AND NOT ({PROBABLY})), count(*) FILTER (NOT ({answered}) AND {PROBABLY})
            FROM received WHERE {asked}""",
        [account],
    )[0]

    def oldest(which: str) -> tuple[Question, ...]:
        rows = engine.table(
            f"SELECT * FROM received WHERE {open_} AND {which} ORDER BY moment NULLS LAST, via LIMIT {OLDEST + FURTHER}",
            [account],
        )
        acts = [_act(row, "asked", simulated) for row in rows.to_pylist()]
        return tuple(Question(act, _age(act.when, until)) for act in acts)

    found = oldest(f"NOT ({PROBABLY})")
    return Questions(
        found[:OLDEST],
        waiting,
        total,
        own > 0,
        _waiting(total, waiting, own, read, probably),
        further=found[OLDEST:],
        probably=oldest(PROBABLY) if probably else (),
    )


def read_sparked(engine: Engine, *, counts: str, simulated: bool) -> Sparked:
    """Count and list what was done on the account's posts; `counts` says what the posts themselves count."""
    read, told = engine.rows(
        "SELECT count(*) FILTER (verb = 'reply' AND text IS NOT NULL), count(*) FROM received "
        "WHERE verb IN ('reply', 'repost', 'quote')"
    )[0]  # fmt: skip
    if not told:
        return Sparked(
            (),
            (),
            0,
            (_only_counted(counts),),
            "not_observed",
        )
    done = _done(engine, simulated)
    passed = engine.table(
        f"SELECT * FROM received WHERE verb IN ('repost', 'quote') ORDER BY verb, moment DESC NULLS LAST, via, actor LIMIT {LEDGER}",
    ).to_pylist()
    ledger = [*done, *(_act(row, row["verb"], simulated) for row in passed)][:LEDGER]
    tallies = (*_tallies(done), *_passed_on(engine))
    return Sparked(tuple(ledger), tallies, read, _said(tallies, read))


def _only_counted(counts: str) -> str:
    if not counts:
        return "What your posts sparked: unknown, no replies, reposts or quotes are in the data."
    return f"Your posts count {counts}; who that was and what the replies say is not in the data."


def looked_for() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(action, its terms in every language): the words by which a reply tells what was done."""
    rules = tomllib.loads((files("groundswell.coach") / "sparked.toml").read_text("utf-8"))["action"]
    return tuple((rule["name"], tuple(term for some in rule["terms"].values() for term in some)) for rule in rules)


def done_in(text: str) -> str | None:
    """What a reply says its author did: bought, tried, signed up, joined, made; None when it says nothing of the kind."""
    for sentence in TELLS.findall(text.replace("’", "'")):
        if "?" in sentence or NOT_SAID.search(sentence):
            continue
        for action, pattern in action_patterns():
            if pattern.search(sentence):
                return action
    return None


@cache
def action_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """(action, pattern of its terms in every language), from sparked.toml."""
    rules = tomllib.loads((files("groundswell.coach") / "sparked.toml").read_text("utf-8"))["action"]
    return tuple((rule["name"], re.compile(_any_of(rule["terms"]), re.IGNORECASE)) for rule in rules)


def may_say_done() -> str:
    """SQL: replies that hold a term of sparked.toml at all, so that the others need not be fetched."""
    rules = tomllib.loads((files("groundswell.coach") / "sparked.toml").read_text("utf-8"))["action"]
    words = sorted({term for rule in rules for some in rule["terms"].values() for term in some})
    pattern = "|".join(words).replace("'", "''")
    return f"verb = 'reply' AND regexp_matches(replace(lower(text), '’', chr(39)), '{pattern}')"


def _any_of(terms: dict[str, list[str]]) -> str:
    words = sorted({re.escape(term) for some in terms.values() for term in some}, key=lambda term: (-len(term), term))
    return rf"(?<!\w)(?:{'|'.join(words)})(?!\w)"


def _done(engine: Engine, simulated: bool) -> list[Act]:
    rows = engine.table(
        f"SELECT * FROM received WHERE {may_say_done()} ORDER BY moment DESC NULLS LAST, via",
    ).to_pylist()
    return [_act(row, what, simulated) for row in rows if (what := done_in(row["text"]))]


def _tallies(done: Sequence[Act]) -> list[Tally]:
    counts = Counter(act.what for act in done)
    return [
        Tally(action, counts[action], len({act.who for act in done if act.what == action}))
        for action, _ in action_patterns()
        if counts[action]
    ]


def _passed_on(engine: Engine) -> list[Tally]:
    rows = engine.rows(
        "SELECT verb, count(*), count(DISTINCT actor) FROM received WHERE verb IN ('repost', 'quote') GROUP BY verb ORDER BY verb",
    )
    return [Tally(verb, times, people) for verb, times, people in rows]


def _said(tallies: Sequence[Tally], read: int) -> tuple[str, ...]:
    lines = [f"{_sentence(tally)}" for tally in tallies]
    if read and not any(tally.what not in PASSED_ON for tally in tallies):
        lines.append(
            f"None of the {read:,} replies read says in so many words that somebody bought, tried, joined or made something."
        )
    if not read:
        lines.append("What replies say is not in the data.")
    return (
        (*lines, "These acts are associated with your posts; the data does not show that the posts caused them.")
        if tallies
        else tuple(lines)
    )


def _sentence(tally: Tally) -> str:
    people = "1 person" if tally.people == 1 else f"{tally.people:,} people"
    if tally.what in PASSED_ON:
        what = {"repost": "passed on a post of yours", "quote": "quoted a post of yours"}[tally.what]
        return f"{people} {what}, {tally.times:,} times in all." if tally.times > tally.people else f"{people} {what}."
    times = "1 reply says" if tally.times == 1 else f"{tally.times:,} replies say"
    return f"{times} that somebody {tally.what} something ({people})."


def _asked() -> str:
    """SQL: a reply that holds a question, addresses left out; not one back, under a post that the account itself commented on."""
    under = "(begins OR after IN (SELECT via FROM received WHERE via IS NOT NULL))"
    return rf"verb = 'reply' AND {under} AND regexp_matches(regexp_replace(text, 'https?://\S+', '', 'g'), '[?？؟]')"


def _waiting(total: int, waiting: int, own: int, read: int, probably: int = 0) -> str:
    if not total:
        return f"None of the {read:,} replies read holds a question."
    asked = "1 question was asked" if total == 1 else f"{total:,} questions were asked"
    if not own:
        return f"{asked} under your posts. No reply of yours is in the data: either they wait, or the file leaves your replies out."
    soon = (
        f" {probably:,} you probably answered: within two weeks you wrote to the same person, in a reply of which the data does not say "
        "what it answers."
        if probably
        else ""
    )
    if not waiting and not probably:
        return f"{asked} under your posts, and you answered {'it' if total == 1 else 'them all'}."
    if not waiting:
        return f"{asked} under your posts; none waits.{soon}"
    return f"{asked} under your posts; {waiting:,} {'has' if waiting == 1 else 'have'} no answer from you in the data.{soon}"


def _age(when: datetime | None, until: datetime | None) -> float | None:
    return (until - when).total_seconds() / 86_400 if when and until else None


def _act(row: dict[str, object], what: str, simulated: bool) -> Act:
    def words(name: str) -> str | None:
        value = row[name]
        return None if value is None else str(value)

    moment = row["moment"]
    return Act(
        what=what, who=words("who") or str(row["actor"]), text=words("text") or "",
        when=moment if isinstance(moment, datetime) else None,
        link=address(words("via"), words("via_url"), simulated=simulated),
        post=words("post"), post_link=address(words("post"), words("on_url"), simulated=simulated), post_text=words("on_text") or "",
        via=words("via"), source=f"import {row['import_id']}, line {row['line']}",
        import_id=int(str(row["import_id"])), line=int(str(row["line"])),
    )  # fmt: skip

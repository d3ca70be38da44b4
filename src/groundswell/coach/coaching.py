"""One account, coached: what it stands for, its rhythm, who waits, how it weighs, what it sparked, where it stands, what next.

The same signals as everywhere, spoken to the person they are about. Nothing here is computed for a brand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from groundswell.coach.advice import Action, Fact, Gap, gaps, next_actions, peers_from
from groundswell.coach.also import Also, read_also
from groundswell.coach.balance import Balance, read_balance
from groundswell.coach.conversation import PASSED_ON, Questions, Sparked, hear, read_questions, read_sparked
from groundswell.coach.own_posts import (
    OwnPost,
    bio_would_be_known,
    collected_until,
    data_ends,
    gather_acts,
    newest_of,
    own_replies,
    read_own_posts,
)
from groundswell.coach.received import Received, read_received
from groundswell.coach.rhythm import FAR_ABOVE, POSTS_NEEDED, Rhythm, read_rhythm
from groundswell.coach.standing import Peers, read_peers
from groundswell.coach.subject import Subject, read_subject
from groundswell.explain import find_account
from groundswell.signals import REASONS, Value
from groundswell.signals.findings import Progress
from groundswell.signals.posts import Evidence
from groundswell.signals.present import Present, open_present
from groundswell.store import Workspace

POSTS_SHOWN, NEWEST = 3, 10
OLD_DAYS = 183.0
"""Half a year after the data ends, nothing is advised about what was waiting then (design choice)."""


@dataclass(frozen=True)
class Coaching:
    """Everything that is said to one account about itself."""

    account: str
    profile: dict[str, Any]
    data_ends: datetime | None
    """The last moment that the data speaks of: ages are reckoned from here."""
    notice: str
    """Said once, where the data ends long ago; else empty."""
    own_posts: int
    own_replies: int
    newest: tuple[Evidence, ...]
    """The ten newest own posts, which others may have answered."""
    subject: Subject
    rhythm: Rhythm
    questions: Questions
    balance: Balance
    received: Received
    sparked: Sparked
    peers: Peers
    also: tuple[Also, ...]
    """Accounts that may be theirs, too, and those of which somebody said that they are, or are not."""
    actions: tuple[Action, ...]
    """One a week, the most important first."""
    gaps: tuple[Gap, ...]
    """What cannot be known yet, and which file would settle it."""
    values: dict[str, Value]
    sources: dict[int, str]
    """Import -> the file it brought."""
    simulated: bool
    facts_version: str


def coach(
    workspace: Workspace, account_name: str, *, progress: Progress | None = None, present: Present | None = None
) -> Coaching:
    """Coach one account, named by id, `platform:@handle` or `@handle`; with `present`, from what is open already.

    Errors: UnknownNameError when nobody has the name (the nearest is offered); UsageError when several accounts have it.
    """
    if present is None:
        with open_present(workspace, progress) as present:
            return _coached(present, account_name, progress)
    return _coached(present, account_name, progress)


def _coached(present: Present, account_name: str, progress: Progress | None) -> Coaching:
    workspace, table = present.workspace, present.table
    account = find_account(table, account_name)
    profile, values, simulated = table.profile(account), table.values(account), workspace.simulated()
    with present.engine([account]) as engine:
        gather_acts(engine, account)
        posts, until = read_own_posts(engine, account, simulated=simulated), data_ends(engine, account)
        replies, seen = own_replies(engine, account), collected_until(engine, account)
        subject = read_subject(engine, present, account, posts, values["language"].label)
        hear(engine, account)
        received = read_received(posts, values)
        questions = read_questions(engine, account, until, counted=received.replies, simulated=simulated)
        balance = read_balance(engine, account, posts)
        sparked = read_sparked(engine, counts=received.acts, simulated=simulated)
        bio_asked, also = bio_would_be_known(engine, account), read_also(engine, present, account)
    rhythm = read_rhythm(values, posts, seen, replies=replies, now=None if simulated else datetime.now(UTC))
    old = None if simulated else _old_days(until)
    facts = facts_of(values, posts, replies, subject, rhythm, questions, balance, sparked)
    facts |= {
        "has_bio": "yes" if profile.get("bio") else "no" if bio_asked else None,
        "data_is_recent": "no" if old else "yes",
    }
    return Coaching(
        account=account, profile=profile, data_ends=until, notice=_notice(until, old), own_posts=len(posts), own_replies=replies, newest=newest_of(posts, NEWEST, "newest"), subject=subject, rhythm=rhythm,
        questions=questions, balance=balance, received=received, sparked=sparked,
        peers=read_peers(present, account, peers_from(profile["platform"]), progress),
        also=also,
        actions=next_actions(facts, _evidence(posts, rhythm, sparked)),
        gaps=gaps(_unknown(values, posts, questions), profile["platform"]), values=values,
        sources={one.id: f"{one.source} ({one.layout})" for one in workspace.state.imports() if one.state == "live"},
        simulated=simulated, facts_version=table.facts_version,
    )  # fmt: skip


def facts_of(
    values: Mapping[str, Value], posts: Sequence[OwnPost], replies: int, subject: Subject, rhythm: Rhythm,
    questions: Questions, balance: Balance, sparked: Sparked,
) -> dict[str, Fact]:  # fmt: skip
    """What the rules of advice ask about, by name; None where it is unknown."""
    silent = next((one.days for one in rhythm.silences if one.after is None), None)
    first = subject.topics[0] if subject.topics else None
    done = [act for act in sparked.ledger if act.what not in PASSED_ON]
    unclear = len(_unclear(posts))
    sure = questions.sure and not questions.unknown
    return {
        "own_posts": len(posts),
        "own_posts_words": "1 post is" if len(posts) == 1 else f"{len(posts)} posts are",
        "only_replies": f", only {replies:,} replies" if replies > 1 else ", only a reply" if replies else "",
        "questions_waiting": questions.waiting if sure else None,
        "questions_unsure": questions.waiting if not questions.sure and not questions.unknown else None,
        "questions_asked_words": "1 question was asked"
        if questions.asked == 1
        else f"{questions.asked:,} questions were asked",
        "questions_words": "1 question is" if questions.waiting == 1 else f"{questions.waiting:,} questions are",
        "question_who": f"@{questions.open[0].act.who}" if questions.open else None,
        "question_when": _day(questions.open[0].act.when) if questions.open else None,
        "silent_days": silent,
        "longest_silence": rhythm.silences[0].days if rhythm.silences else None,
        "silences": len(rhythm.silences) if rhythm.silences or len(posts) >= POSTS_NEEDED else None,
        "at_plateau": None if rhythm.at_plateau is None else "yes" if rhythm.at_plateau else "no",
        "per_week": rhythm.per_week.value,
        "posts_to_leave": "a few posts" if (rhythm.per_week.value or 0) >= FAR_ABOVE else "one post",
        "burstiness_low": rhythm.burstiness.low,
        "praise": balance.share.value if balance.share else None,
        "praise_low": balance.share.low if balance.share else None,
        "praise_high": balance.share.high if balance.share else None,
        "undisclosed_posts": unclear,
        "undisclosed_share": unclear / len(posts) if posts else None,
        "undisclosed_words": "There is 1 post" if unclear == 1 else f"There are {unclear} posts",
        "focus_high": values["topic_focus"].high,
        "subjects": len(subject.topics),
        "subject": first.name if first else None,
        "subject_share": first.share.value if first else None,
        "subject_clause": f" about “{first.name}”" if first else "",
        "questions_of_mine": sum("?" in (post.text or "") for post in posts)
        if any(post.text for post in posts)
        else None,
        "latency_hours": values["reply_latency_hours"].value,
        "did_something": len(done) if sparked.replies_read else None,
        "doer": f"@{done[0].who}" if done else None,
        "did_words": f"{done[0].what} something" if done else None,
    }


def _old_days(until: datetime | None) -> float | None:
    """How long ago the data ends, where that is long."""
    days = (datetime.now(UTC) - until).total_seconds() / 86_400 if until else 0.0
    return days if days > OLD_DAYS else None


def _notice(until: datetime | None, old: float | None) -> str:
    if until is None or old is None:
        return ""
    return f"The data ends on {until:%Y-%m-%d}, {old:,.0f} days before today: all of this was so then. Bring in newer posts to see how it is now."


def _unclear(posts: Sequence[OwnPost]) -> list[OwnPost]:
    """Posts with words of payment that no guide accepts as a disclosure."""
    return [post for post in posts if post.paid and not post.disclosed]


def _evidence(posts: Sequence[OwnPost], rhythm: Rhythm, sparked: Sparked) -> dict[str, tuple[Evidence, ...]]:
    """The posts that a rule speaks of."""
    unclear = tuple(post.shown("words of payment that guides call unclear") for post in _unclear(posts)[:POSTS_SHOWN])
    silent = tuple(one.before for one in rhythm.silences if one.after is None)
    sparking = {act.post for act in sparked.ledger if act.what not in PASSED_ON}
    shown = tuple(post.shown("what it sparked") for post in posts if post.post in sparking)
    return {"disclose": unclear, "break_silence": silent, "thank_the_doers": shown[:1]}


def _unknown(values: Mapping[str, Value], posts: Sequence[OwnPost], questions: Questions) -> dict[str, str]:
    """What is not known of the account, by the thing that a file could bring -> why."""
    if not posts:
        return {"posts": "no post of yours is in the data"}
    found: dict[str, str] = {}
    if questions.unknown:
        found["replies"] = "what people reply to you is not in the data"
    elif questions.asked and not questions.sure:
        found["my_replies"] = "no reply of yours is in the data"
    if not values["followers"].known:
        found["followers"] = REASONS[values["followers"].reason or "not_observed"]
    elif not values["like_rate"].known:
        found["likes"] = REASONS[values["like_rate"].reason or "not_observed"]
    if not values["reach_rate"].known:
        lacking = [words for name, words in OF_REACH.items() if all(getattr(post, name) is None for post in posts)]
        if "reach" in lacking:
            found["reach"] = "only you can see it"
        elif lacking:
            found["reach_rest"] = f"reach is in the data, but {_and(lacking)} of your posts are not"
    return found


OF_REACH = {"likes": "likes", "replies": "comments", "reposts": "shares", "saves": "saves", "reach": "reach"}
"""What must be known of a post before it can be said how many of those reached acted."""


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "a day that the data does not name"

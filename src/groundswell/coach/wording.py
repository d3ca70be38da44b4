"""The coaching as lines that a person reads: the same numbers, in the order in which they matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from groundswell.coach.coaching import Coaching
from groundswell.coach.conversation import PASSED_ON, Act
from groundswell.signals.posts import Evidence

WIDTH = 140
SHOWN = 6
WORDS = 5


def sentences_of(found: Coaching) -> list[str]:
    """Everything a coaching says, as lines of text; evidence is indented."""
    who = found.profile
    ends = f"; the data ends on {found.data_ends:%Y-%m-%d}" if found.data_ends else ""
    posts = "1 post" if found.own_posts == 1 else f"{found.own_posts:,} posts"
    replies = (
        f" and {found.own_replies:,} {'reply' if found.own_replies == 1 else 'replies'}" if found.own_replies else ""
    )
    head = f"{'SIMULATED. ' if found.simulated else ''}@{who['handle'] or found.account} ({who['platform']}): {posts} of your own{replies}{ends}."
    parts = (_next, _also, _subject, _rhythm, _questions, _balance, _received, _sparked, _peers, _gaps)
    return [head, *([found.notice] if found.notice else []), *(line for part in parts for line in part(found))]


def _next(found: Coaching) -> Iterator[str]:
    yield "\nOne step a week"
    for action in found.actions:
        yield f"  {action.week}. {action.do}"
        yield f"     Why: {action.why} ({action.source})"
        yield from _posts(action.evidence)


def _also(found: Coaching) -> Iterator[str]:
    asked = [one for one in found.also if not one.verdict]
    if asked:
        yield "\nIs this also you?"
    for one in asked:
        yield f"  {one.account}: {'; '.join(one.evidence)}"
        yield f"     To say so: groundswell same {found.account} {one.account} (with --different, if not)"


def _subject(found: Coaching) -> Iterator[str]:
    yield "\nWhat you stand for"
    yield f"  {found.subject.sentence}"
    for topic in found.subject.topics:
        share = topic.share
        yield f"  {share.value:.0%} {topic.name} ({share.hits:,.0f} of {share.n:,} posts; 90 % interval {share.low:.0%} to {share.high:.0%})"
        yield from _posts(topic.evidence[:1])
    if not found.subject.topics:
        for tag in found.subject.tags:
            yield f"  #{tag.tag} in {tag.share.hits:,.0f} of {tag.share.n:,} posts{_newest(tag.evidence)}"
    for word in found.subject.words[:WORDS]:
        yield f"  {word.sentence}{_newest(word.evidence)}"


def _rhythm(found: Coaching) -> Iterator[str]:
    yield "\nRhythm and silences"
    yield from (f"  {sentence}" for sentence in found.rhythm.sentences)


def _questions(found: Coaching) -> Iterator[str]:
    yield "\nWho waits for an answer"
    yield f"  {found.questions.sentence}"
    for question in found.questions.open:
        age = f", {question.age_days:,.0f} days before the data ends" if (question.age_days or 0) >= 1 else ""
        yield f"  @{question.act.who}{_on(question.act.when)}{age}: {_cut(question.act.text)}"
        yield from _where(question.act)
    if left := found.questions.waiting - len(found.questions.open):
        yield f"  and {left:,} more"


def _balance(found: Coaching) -> Iterator[str]:
    yield "\nWhat you say about products"
    yield f"  {found.balance.sentence}"
    yield from _posts((*found.balance.praising[:1], *found.balance.reserved[:1]))


def _received(found: Coaching) -> Iterator[str]:
    yield "\nHow your posts are received"
    yield from (f"  {sentence}" for sentence in found.received.sentences)


def _sparked(found: Coaching) -> Iterator[str]:
    yield "\nWhat your posts sparked"
    yield from (f"  {sentence}" for sentence in found.sparked.sentences)
    for act in [act for act in found.sparked.ledger if act.what not in PASSED_ON][:SHOWN]:
        yield f"  {act.what}: @{act.who}{_on(act.when)}: {_cut(act.text)}"
        yield from _where(act)


def _peers(found: Coaching) -> Iterator[str]:
    yield "\nWhere you stand"
    yield f"  {found.peers.says}"
    yield from (f"  {standing.sentence}" for standing in found.peers.standings)
    if found.peers.next_step:
        yield f"  {found.peers.next_step}"


def _gaps(found: Coaching) -> Iterator[str]:
    if found.gaps:
        yield "\nWhat cannot be known yet, and the one file that would tell"
    for gap in found.gaps:
        yield f"  {gap.what[0].upper()}{gap.what[1:]}: {gap.why}."
        yield f"    {gap.how}"


def _posts(posts: Iterable[Evidence]) -> Iterator[str]:
    for post in posts:
        place = f" {post.url}" if post.url else ""
        yield f"     post{_on(post.created_at)} ({post.source}){place}: {_cut(post.text)}"


def _newest(posts: Sequence[Evidence]) -> str:
    return f" Newest:{_on(posts[0].created_at)} {posts[0].url or f'({posts[0].source})'}" if posts else ""


def _where(act: Act) -> Iterator[str]:
    place = f" {act.link}" if act.link else ""
    if act.post_text:
        yield f"     under: {_cut(act.post_text)} ({act.source}){place}"
    else:
        yield f"     ({act.source}){place}"


def _on(moment: datetime | None) -> str:
    return f" on {moment:%Y-%m-%d}" if moment else ""


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1].rstrip()}…"

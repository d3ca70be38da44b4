"""Who of us could speak? What colleagues already stand for, in whose words, and a first step for each who wants one.

Seed 001: "businesses should empower their employees to become micro-influencers". A colleague with a subject of their own is
believed; colleagues who post one text together are not. So the first thing looked for is a subject, the second the same words.
Everything is for volunteers: the report proposes, it ranks nobody and assigns nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import pyarrow as pa

from groundswell.advocacy.facts import facts_of
from groundswell.advocacy.flags import as_evidence, own_posts
from groundswell.advocacy.naming import names_in
from groundswell.advocacy.people import Listed, listed_people, several
from groundswell.advocacy.same_words import Said, SameWords, same_across
from groundswell.definitions.sections import Section, read_section
from groundswell.errors import UsageError
from groundswell.signals import SIGNALS, Value, signal_table
from groundswell.signals.findings import Progress
from groundswell.signals.posts import Evidence, posts_of
from groundswell.store import Workspace

VOLUNTEERS = (
    "Speaking is voluntary. Ask before anything is read that is not public, show each colleague their own line first, "
    "and take out whoever does not want to be here."
)
SUBJECT = 0.5
"""A subject of its own: the lower end of focus is at least this, as in field_geek@1 (design choice there as here)."""
POSTS_SHOWN = 3
POSTS_NEEDED = 10
"""Own posts with a topic from which a subject is told, as the signal `topic_focus` has it."""
QUANTITIES = ("own_posts", "company_share", "has_subject", "same_words", "silent_days", "reply_rate")


@dataclass(frozen=True)
class Step:
    """A first step, with the reason and where the advice comes from."""

    name: str
    says: str
    why: str
    source: str
    at_least: tuple[tuple[str, float], ...] = ()
    at_most: tuple[tuple[str, float], ...] = ()

    def fits(self, known: Mapping[str, float | None]) -> bool:
        """Whether every line is known to hold; what is unknown proposes nothing."""
        return all((x := known[name]) is not None and x >= line for name, line in self.at_least) and all(
            (x := known[name]) is not None and x <= line for name, line in self.at_most
        )


@dataclass(frozen=True)
class Colleague:
    """One account of a colleague."""

    person: Listed
    own_posts: int
    company_posts: int
    company_share: Value
    """Share of own posts that name the company, with a Wilson interval."""
    subject: str | None
    """What they surely stand for; None: no single subject can be told, and `about` says why."""
    about: str
    """Focus in one sentence, or why it is not known."""
    topics: tuple[tuple[str, float], ...]
    shares_words_with: tuple[str, ...]
    step: Step | None
    evidence: tuple[Evidence, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Staff:
    """The colleagues of a roster."""

    colleagues: tuple[Colleague, ...]
    company_terms: tuple[str, ...]
    same_words: tuple[SameWords, ...]
    not_found: tuple[str, ...]
    sentences: tuple[str, ...]
    volunteers: str
    simulated: bool
    facts_version: str


def staff(
    workspace: Workspace,
    accounts: Sequence[str] | None,
    company_terms: Sequence[str],
    *,
    import_id: int | None = None,
    progress: Progress | None = None,
) -> Staff:
    """Look at the accounts named (ids), those of one import, or everybody on the lists, as colleagues of one company.

    Errors: UsageError without a company or without anybody to look at.
    """
    if not any(term.strip() for term in company_terms):
        raise UsageError(
            "Which company?", next_step='Say it, with other spellings: --company "Oat & Co" --company OatCo'
        )
    table = signal_table(workspace, progress)
    people = listed_people(workspace, table, import_id=import_id, accounts=accounts)
    if not people:
        raise UsageError("There is nobody to look at.", next_step="Import the roster: groundswell import roster.csv")
    ids = [one.account for one in people]
    said = own_posts(workspace, ids)
    alike, facts = same_across(said), facts_of(workspace, ids)
    topics = posts_of(workspace, table.corpus, ids, {})
    by_account: dict[str, list[Said]] = {account: [] for account in ids}
    for post in said:
        by_account[post.account].append(post)
    called = {one.account: one.called for one in people}
    colleagues = tuple(
        _colleague(
            one, by_account[one.account], company_terms, facts[one.account], topics.topics(one.account), alike, called
        )
        for one in people
    )
    return Staff(
        colleagues,
        tuple(company_terms),
        alike,
        tuple(sorted(set(accounts or ()) - set(ids))),
        tuple(_summary(colleagues, alike, company_terms)),
        VOLUNTEERS,
        workspace.simulated(),
        table.facts_version,
    )


def _colleague(
    one: Listed,
    posts: Sequence[Said],
    terms: Sequence[str],
    facts: Mapping[str, Value],
    topics: tuple[tuple[str, float], ...],
    alike: Sequence[SameWords],
    called: Mapping[str, str],
) -> Colleague:
    naming = [post for post in posts if names_in(post.text, terms)]
    focus = one.values["topic_focus"]
    subject = focus.label if focus.low is not None and focus.low >= SUBJECT else None
    mine = [group for group in alike if one.account in group.accounts]
    others = tuple(dict.fromkeys(called[other] for group in mine for other in group.accounts if other != one.account))
    share = _share(len(naming), len(posts))
    known = {
        "own_posts": float(len(posts)),
        "company_share": share.value,
        "has_subject": float(subject is not None) if focus.known else None,
        "same_words": float(len(mine)),
        "silent_days": facts["silent_days"].value,
        "reply_rate": one.values["reply_rate"].value,
    }
    step = next((step for step in steps() if step.fits(known)), None)
    shown = [post for group in mine for post in group.posts if post.account == one.account] + naming[::-1]
    made = Colleague(
        one, len(posts), len(naming), share, subject, _about(focus, len(posts)), topics, others, step,
        tuple(as_evidence(post, "same words" if place < len(mine) else "company") for place, post in enumerate(shown[:POSTS_SHOWN])), (),
    )  # fmt: skip
    return replace(made, sentences=tuple(_sentences(made)))


def _about(focus: Value, posts: int) -> str:
    """Focus in one sentence. With enough posts it is the topics that are missing, not the posts."""
    if focus.known or focus.reason not in ("too_few", "not_observed") or posts < POSTS_NEEDED:
        return SIGNALS["topic_focus"].sentence(focus)
    return (
        f"What it stands for is unknown: of {posts:,} own posts fewer than {POSTS_NEEDED} have a topic that can be told. Topics are told "
        "from 200 texts on, of all accounts together; more posts, also of others on these subjects, would tell."
    )


def _share(hits: int, n: int) -> Value:
    """Hits / n with a 90 % Wilson interval (Wilson 1927); unknown without a post."""
    if not n:
        return Value("company_share", reason="not_observed")
    z, p = 1.6448536, hits / n
    middle, half, scale = p + z * z / (2 * n), z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5, 1 + z * z / n
    return Value("company_share", p, max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale), n)


def _sentences(one: Colleague) -> list[str]:
    if not one.own_posts:
        return [f"No post of {one.person.called} is in the data: what they stand for is unknown."]
    lines = [one.about]
    if one.company_posts:
        lines.append(
            f"{one.company_posts:,} of {several(one.own_posts, 'own post')} {'names' if one.company_posts == 1 else 'name'} the company."
        )
    else:
        lines.append(f"None of {several(one.own_posts, 'own post')} names the company.")
    if one.shares_words_with:
        lines.append(
            f"Posts the same words as {', '.join(one.shares_words_with[:3])}{' and others' if len(one.shares_words_with) > 3 else ''}."
        )
    return lines


def _summary(colleagues: Sequence[Colleague], alike: Sequence[SameWords], terms: Sequence[str]) -> list[str]:
    with_subject = [one for one in colleagues if one.subject]
    silent = sum(not one.own_posts for one in colleagues)
    unsure = len(colleagues) - len(with_subject) - silent
    lines = [
        f"{several(len(colleagues), 'colleague')}: {len(with_subject):,} with a subject of their own, {unsure:,} where none can be told, "
        f"{silent:,} without a post in the data."
    ]
    posts, naming = sum(one.own_posts for one in colleagues), sum(one.company_posts for one in colleagues)
    if posts:
        lines.append(
            f"{naming:,} of their {several(posts, 'post')} {'names' if naming == 1 else 'name'} {' or '.join(terms)}; {posts - naming:,} are about other things."
        )
    if alike:
        groups = several(len(alike), "text")
        lines.append(
            f"{groups} posted by several of them, word for word or nearly; the widest by {several(len(alike[0].accounts), 'colleague')}."
        )
    elif posts:
        lines.append("No text is posted by two of them.")
    return lines


@cache
def steps() -> tuple[Step, ...]:
    """The shipped first steps, in order."""
    top = read_section(files("groundswell.advocacy") / "first_steps.toml").only("step")
    return tuple(_step(part) for part in top.tables("step"))


def _step(part: Section) -> Step:
    part.only("name", "says", "why", "source", "at_least", "at_most")
    return Step(
        part.text("name"),
        part.text("says"),
        part.text("why"),
        part.text("source"),
        _lines(part, "at_least"),
        _lines(part, "at_most"),
    )


def _lines(part: Section, key: str) -> tuple[tuple[str, float], ...]:
    if key not in part.values:
        return ()
    lines = part.table(key).only(*QUANTITIES)
    return tuple((name, lines.number(name)) for name in lines.values)


def staff_table(found: Staff) -> pa.Table:
    """One row a colleague: subject, company's share, same words, first step with its reason and source."""
    rows = [
        {
            "account": one.person.account, "platform": one.person.platform, "handle": one.person.handle, "name": one.person.name,
            "subject": one.subject, "about": one.about, "topics": "; ".join(f"{name} {share:.0%}" for name, share in one.topics) or None,
            "own posts": one.own_posts, "posts naming the company": one.company_posts, "share": one.company_share.value,
            "share at least": one.company_share.low, "share at most": one.company_share.high,
            "same words as": "; ".join(one.shares_words_with) or None,
            "first step": one.step.says if one.step else None, "why": one.step.why if one.step else None,
            "source": one.step.source if one.step else None, "voluntary": found.volunteers,
        }
        for one in found.colleagues
    ]  # fmt: skip
    kinds = {
        "own posts": pa.int64(),
        "posts naming the company": pa.int64(),
        **dict.fromkeys(("share", "share at least", "share at most"), pa.float64()),
    }
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, kinds.get(name, pa.string())) for name in rows[0]]))

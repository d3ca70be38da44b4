"""Who of us could speak? What colleagues already stand for, in whose words, and a first step for each who wants one.

The guide to becoming one: "businesses should empower their employees to become micro-influencers". A colleague with a subject of their own is
believed; colleagues who post one text together are not. So the first thing looked for is a subject, the second the same words.
Everything is for volunteers: the report proposes, it ranks nobody and assigns nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from groundswell.advocacy.colleagues import Person, persons_of
from groundswell.advocacy.facts import facts_of
from groundswell.advocacy.flags import as_evidence, own_posts, some
from groundswell.advocacy.own import Marks, Own, marks_of, posts_beside
from groundswell.advocacy.people import Listed, listed_people, several
from groundswell.advocacy.same_words import Said, SameWords, same_across
from groundswell.advocacy.steps import Step, steps
from groundswell.advocacy.subjects import POSTS_NEEDED, WORDS_NEEDED, subject_of, words_of_names
from groundswell.errors import UsageError
from groundswell.signals import SIGNALS, SignalTable, Value, signal_table
from groundswell.signals.findings import Progress
from groundswell.signals.naming import names_in
from groundswell.signals.posts import Evidence, PostsOf, posts_of
from groundswell.signals.topics import Corpus
from groundswell.store import Workspace
from groundswell.store.text_index import words_of

VOLUNTEERS = (
    "Speaking is voluntary. Ask before anything is read that is not public, show each colleague their own line first, "
    "and take out whoever does not want to be here."
)
SUBJECT = 0.5
"""A subject of its own: the lower end of focus is at least this, as in field_geek@1 (design choice there as here)."""
MOSTLY = 0.5
"""A subject is what they mostly speak about when it has at least half of the posts whose topic can be told (design choice)."""
SHARED_SHARE, SHARED_POSTS = 1 / 3, 3
"""Shared texts matter when they are so large a part of the own posts; those that do not name the company, when they are also so many
(design choice): one launch text in fifty posts is no habit, and two greetings are alike by chance."""
SHARE_NEEDED = 5
"""Own posts from which a share of them is a habit (design choice); one of one is none."""
POSTS_SHOWN = 3
QUOTED = 90
"""Letters of a post that a first step quotes (design choice)."""
Standing = Literal["sure", "likely", "several", "unknown", "silent"]
STANDINGS: dict[Standing, str] = {
    "sure": "with a subject of their own",
    "likely": "probably with one",
    "several": "with several subjects",
    "unknown": "where none can be told",
    "silent": "without a post in the data",
}


@dataclass(frozen=True)
class Colleague:
    """One colleague, with all accounts that the list names."""

    person: Listed
    """The account with most own posts, of several the one named first."""
    others: tuple[Listed, ...]
    """Their other accounts."""
    department: str | None
    """As the list names it; None where it does not."""
    own_posts: int
    """Posts of all their accounts together, as every number here."""
    company_posts: int
    company_share: Value
    """Share of own posts that name the company, with a Wilson interval."""
    standing: Standing
    """Whether they have a subject: surely, probably, several, not known, or no post at all."""
    subject: str | None
    """What they surely or probably stand for; None: no single subject can be told, and `about` says why."""
    about: str
    """What they speak about in one sentence, or why it is not known."""
    topics: tuple[tuple[str, float], ...]
    """What their posts without the company's name are about, in words that stand in them."""
    shares_words_with: tuple[str, ...]
    step: Step | None
    evidence: tuple[Evidence, ...]
    sentences: tuple[str, ...]

    @property
    def accounts(self) -> tuple[Listed, ...]:
        """All accounts, the one with most own posts first."""
        return (self.person, *self.others)


@dataclass(frozen=True)
class Staff:
    """The colleagues of a roster."""

    colleagues: tuple[Colleague, ...]
    """One for each person, in the order of the list; who said no is not among them."""
    left_out: int
    """How many said no, by the list."""
    left_out_by: tuple[str, ...]
    """Headings of the columns under which they did."""
    left: int
    """How many stand on a worksheet of people who left; they are no colleagues any more."""
    left_by: tuple[str, ...]
    """Names of those worksheets."""
    company_terms: tuple[str, ...]
    own: tuple[Own, ...]
    """The company's accounts whose mentions count as naming it."""
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
    not_ours: Sequence[str] = (),
    progress: Progress | None = None,
) -> Staff:
    """Look at the accounts named (ids), those of one import, or everybody on the lists, as colleagues of one company.

    Handles of the company's own accounts count as its name; `not_ours` are those that only look like it (ids or handles).
    Errors: UsageError without a company or without anybody to look at.
    """
    company_terms = [term.strip() for term in company_terms if words_of(term)]
    if not company_terms:
        raise UsageError(
            "Which company?", next_step='Say it, with other spellings: --company "Oat & Co" --company OatCo'
        )
    table = signal_table(workspace, progress)
    people = listed_people(workspace, table, import_id=import_id, accounts=accounts)
    if not people:
        raise UsageError("There is nobody to look at.", next_step="Import the roster: groundswell import roster.csv")
    with workspace.engine() as engine:
        known = persons_of(engine, people)
    gone = [one.left for one in known if one.left]
    everybody = [one for one in known if not one.left]
    persons = _who_may_be_asked(everybody, gone)
    names, marks, read = _read(workspace, table, persons, [one.account for one in people], company_terms, not_ours)
    alike = same_across(read.said)
    colleagues = tuple(_colleague(one, read, alike, names) for one in persons)
    refused = [one for one in everybody if one.wants is False]
    by = tuple(dict.fromkeys(one.column for one in refused if one.column))
    return Staff(
        colleagues,
        len(refused),
        by,
        len(gone),
        tuple(dict.fromkeys(gone)),
        tuple(company_terms),
        marks.own,
        alike,
        tuple(sorted(set(accounts or ()) - {one.account for one in people})),
        tuple(
            _summary(
                colleagues,
                alike,
                company_terms,
                [
                    _left_out(len(refused), by),
                    _gone(gone),
                    _open(persons),
                    marks.says(company_terms) if marks.own else "",
                ],
            )
        ),
        VOLUNTEERS,
        workspace.simulated(),
        table.facts_version,
    )


def _who_may_be_asked(everybody: Sequence[Person], gone: Sequence[str]) -> list[Person]:
    """Colleagues who did not say no. Errors: UsageError where none is left."""
    if not everybody:
        raise UsageError(
            f"Nobody on the list is a colleague any more: {_gone(gone)}",
            next_step="Name the worksheet otherwise if they still are, and bring the list in again.",
        )
    asked = [one for one in everybody if one.wants is not False]
    if not asked:
        raise UsageError(
            f"Nobody on the list wants to speak: {several(len(everybody), 'colleague')} said no.",
            next_step="Ask who would, note it in the list, and bring the list in again.",
        )
    return asked


@dataclass(frozen=True)
class _Read:
    """What is in the data of these people."""

    said: tuple[Said, ...]
    """Own posts, those of all accounts of a person under the first."""
    naming: frozenset[str]
    """Posts that name the company."""
    company: frozenset[str]
    """Words of the company's names."""
    facts: Mapping[str, Mapping[str, Value]]
    posts: PostsOf
    corpus: Corpus | None


def _read(
    workspace: Workspace,
    table: SignalTable,
    persons: Sequence[Person],
    everybody: Sequence[str],
    company_terms: Sequence[str],
    not_ours: Sequence[str],
) -> tuple[dict[str, str], Marks, _Read]:
    """First account of a person -> how others call them; what names the company; what is in the data."""
    first = {one.account: person.accounts[0].account for person in persons for one in person.accounts}
    ids = list(first)
    said = own_posts(workspace, ids)
    with workspace.engine() as engine:
        marks = marks_of(engine, table, company_terms, not_ours=not_ours, people=everybody)
        beside = posts_beside(engine, marks, ids)
    spellings = [*company_terms, *marks.spellings]
    naming = frozenset(post.post for post in said if post.post in beside or names_in(post.text, spellings))
    read = _Read(
        tuple(replace(post, account=first[post.account]) for post in said),
        naming,
        words_of_names(spellings),
        facts_of(workspace, ids),
        posts_of(workspace, table.corpus, ids, {}),
        table.corpus,
    )
    return {one.accounts[0].account: one.accounts[0].name or one.accounts[0].called for one in persons}, marks, read


def _colleague(one: Person, read: _Read, alike: Sequence[SameWords], called: Mapping[str, str]) -> Colleague:
    first = one.accounts[0].account
    posts = [post for post in read.said if post.account == first]
    naming = [post for post in posts if post.post in read.naming]
    rows = [row for account in one.accounts for row in read.posts.posts.get(account.account, [])]
    free = [row for row in rows if row["post"] not in read.naming]
    found = subject_of(free, read.corpus, read.company)
    standing = standing_of(found.focus, dict(found.topics), len(posts))
    if standing in ("sure", "likely", "several") and not found.focus.label:
        standing = "unknown"
    mine = [group for group in alike if first in group.accounts]
    shared = [post for group in mine for post in group.posts if post.account == first]
    others = tuple(dict.fromkeys(called[other] for group in mine for other in group.accounts if other != first))
    silent = _silence(one, read)
    main = max(one.accounts, key=lambda it: len(read.posts.posts.get(it.account, [])))
    share = _share(len(naming), len(posts))
    ours = sum(post.post in read.naming for post in shared)
    enough = max(SHARED_SHARE * len(posts), 1)
    matter = ours >= enough or len(shared) >= max(SHARED_POSTS, enough)
    known = {
        "own_posts": float(len(posts)),
        "company_share": share.value if len(posts) >= SHARE_NEEDED else None,
        "subject_sure": float(standing == "sure"),
        "subject_likely": float(standing == "likely"),
        "subjects": float(standing == "several"),
        "same_words": float(len(mine) if matter else 0),
        "silent_days": silent.value,
        "reply_rate": main.values["reply_rate"].value,
    }
    subject = found.focus.label if standing in ("sure", "likely") else None
    words = _words(subject, found.topics, len(naming), len(posts), others, silent, _most_answered(free))
    step = next((step.of(words) for step in steps() if step.fits(known, words)), None)
    shown = [*shared, *naming[::-1]]
    made = Colleague(
        main, tuple(it for it in one.accounts if it is not main), one.department, len(posts), len(naming), share, standing, subject,
        about_of(standing, found.focus, found.topics, len(posts), len(naming)), found.topics, others, step,
        tuple(as_evidence(post, "same words" if place < len(shared) else "company") for place, post in enumerate(shown[:POSTS_SHOWN])), (),
    )  # fmt: skip
    first = [one.ask_first] if one.ask_first else []
    return replace(made, sentences=(*first, *_sentences(made, len(mine))))


def _silence(one: Person, read: _Read) -> Value:
    """The shortest silence among their accounts."""
    told = [read.facts[it.account]["silent_days"] for it in one.accounts]
    return min((it for it in told if it.value is not None), key=lambda it: it.value or 0.0, default=told[0])


def standing_of(focus: Value, shares: Mapping[str, float], posts: int) -> Standing:
    """Surely one subject, probably one, or several. "Probably": the interval reaches it, and one topic has at least half of the posts."""
    if not posts:
        return "silent"
    if not focus.known or focus.low is None or focus.high is None:
        return "unknown"
    if focus.low >= SUBJECT:
        return "sure"
    return "likely" if focus.high >= SUBJECT and shares.get(focus.label or "", 0.0) >= MOSTLY else "several"


def about_of(standing: Standing, focus: Value, topics: Sequence[tuple[str, float]], posts: int, naming: int = 0) -> str:
    """What they speak about in one sentence. With enough posts it is the topics that are missing, not the posts."""
    kind = "posts without the company's name" if naming else "posts"
    if standing in ("sure", "likely", "several"):
        shares = dict(topics)
        told = f"{focus.n:,} {kind} whose topic can be told (focus {focus.value:.2f} of 1, {focus.low:.2f} to {focus.high:.2f})"
        if standing != "several" and shares.get(focus.label or "", 0.0) >= MOSTLY:
            probably = "Speaks" if standing == "sure" else "Probably speaks"
            return f"{probably} mostly about {focus.label}: {shares[focus.label or '']:.0%} of the {told}."
        often = " and ".join(f"{name} ({share:.0%})" for name, share in topics[:2])
        return f"{'Speaks of few things' if standing == 'sure' else 'Speaks of several subjects'}, most often of {often}, of {told}."
    if posts and naming == posts:
        whole = "The only own post names" if posts == 1 else f"All {posts:,} own posts name"
        return f"{whole} the company: no subject of their own can be told."
    if focus.known:
        return (
            f"No single subject can be told: of the words of the topics fewer than {WORDS_NEEDED} stand in the {focus.n:,} {kind} "
            "more than once."
        )
    if naming and posts - naming < POSTS_NEEDED:
        return f"No single subject can be told: {posts - naming:,} of {posts:,} own posts do not name the company, and {POSTS_NEEDED} are needed."
    if focus.reason in ("too_few", "not_observed") and posts < POSTS_NEEDED:
        return f"No single subject can be told: {several(posts, 'own post')}, and {POSTS_NEEDED} are needed."
    if focus.reason not in ("too_few", "not_observed"):
        return SIGNALS["topic_focus"].sentence(focus)
    return (
        f"What it stands for is unknown: of {posts - naming:,} own {kind} fewer than {POSTS_NEEDED} have a topic that can be told. Topics are told "
        "from 200 texts on, of all accounts together; more posts, also of others on these subjects, would tell."
    )


def _words(
    subject: str | None,
    topics: Sequence[tuple[str, float]],
    naming: int,
    posts: int,
    others: Sequence[str],
    silent: Value,
    answered: Mapping[str, Any] | None,
) -> dict[str, str]:
    """What a first step may say of somebody's own rows; what is not known has no word."""
    said = {
        "topic": f"“{subject}”" if subject else None,
        "topics": " or ".join(f"“{name}”" for name, _ in topics[:2]) if len(topics) > 1 else None,
        "naming": f"{naming:,} of {several(posts, 'own post')} {'names' if naming == 1 else 'name'} the company"
        if posts
        else None,
        "others": some(others) if others else None,
        "silent": several(int(silent.value), "day") if silent.value is not None else None,
        "answered": f"“{_cut(answered['text'])}” ({several(answered['replies'], 'answer')})" if answered else None,
    }
    return {name: word for name, word in said.items() if word}


def _most_answered(posts: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The post with most answers of those that do not name the company, the newest of several; None where none was answered."""
    return max(
        (post for post in posts if post["text"] and post["replies"]), key=lambda post: post["replies"], default=None
    )


def _cut(text: str) -> str:
    """The beginning of a text, as far as it can be recognised by."""
    plain = " ".join(text.split())
    return plain if len(plain) <= QUOTED else plain[:QUOTED].rsplit(" ", 1)[0] + " …"


def _share(hits: int, n: int) -> Value:
    """Hits / n with a 90 % Wilson interval (Wilson 1927); unknown without a post."""
    if not n:
        return Value("company_share", reason="not_observed")
    z, p = 1.6448536, hits / n
    middle, half, scale = p + z * z / (2 * n), z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5, 1 + z * z / n
    return Value("company_share", p, max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale), n)


def _sentences(one: Colleague, groups: int) -> list[str]:
    if not one.own_posts:
        who = one.person.name or one.person.called
        return [f"No post of {who} is in the data: what they stand for is unknown."]
    lines = [one.about]
    if one.own_posts < SHARE_NEEDED:
        lines.append(
            f"{one.company_posts:,} of {several(one.own_posts, 'own post')} so far {'names' if one.company_posts == 1 else 'name'} the company: too few to tell."
        )
    elif one.company_posts and one.company_posts < one.own_posts:
        lines.append(
            f"{one.company_posts:,} of {several(one.own_posts, 'own post')} {'names' if one.company_posts == 1 else 'name'} the company."
        )
    elif not one.company_posts:
        lines.append(f"None of {several(one.own_posts, 'own post')} names the company.")
    if one.shares_words_with:
        lines.append(
            f"{several(groups, 'text')} in common with {some(one.shares_words_with)}, word for word or nearly."
        )
    return lines


def _left_out(number: int, columns: Sequence[str]) -> str:
    """How many said no, and where the list says it; no names are needed for that."""
    if not number:
        return ""
    named = " or ".join(f"“{column}”" for column in columns)
    return f"{several(number, 'more colleague')} {'is' if number == 1 else 'are'} left out, who said no under {named} in the list."


def _gone(sheets: Sequence[str]) -> str:
    """How many have left, and where the list says it."""
    if not sheets:
        return ""
    named = " or ".join(f"“{sheet}”" for sheet in dict.fromkeys(sheets))
    stand = "stands" if len(sheets) == 1 else "stand"
    return f"{several(len(sheets), 'person', 'people')} {stand} on the worksheet {named} and so {'has' if len(sheets) == 1 else 'have'} left: not looked at here."


def _open(persons: Sequence[Person]) -> str:
    """How many of a list that asks have not answered."""
    asked = [one for one in persons if one.column and one.wants is None]
    if not asked:
        return ""
    named = " or ".join(f"“{column}”" for column in dict.fromkeys(one.column for one in asked))
    return f"Of {several(len(asked), 'colleague')} the list says neither yes nor no under {named}: ask before anything else."


def _summary(
    colleagues: Sequence[Colleague], alike: Sequence[SameWords], terms: Sequence[str], more: Sequence[str]
) -> list[str]:
    standing = Counter(one.standing for one in colleagues)
    told = ", ".join(f"{standing[name]:,} {words}" for name, words in STANDINGS.items() if standing[name])
    *who, counted = more
    lines = [f"{several(len(colleagues), 'colleague')}: {told}.", *filter(None, who)]
    posts, naming = sum(one.own_posts for one in colleagues), sum(one.company_posts for one in colleagues)
    if posts:
        lines.append(
            f"{naming:,} of their {several(posts, 'post')} {'names' if naming == 1 else 'name'} {' or '.join(terms)}; {posts - naming:,} do not."
        )
        lines += [counted] if counted else []
    if alike:
        groups = several(len(alike), "text")
        lines.append(
            f"{groups} posted by several of them, word for word or nearly; the widest by {several(len(alike[0].accounts), 'colleague')}."
        )
    elif posts:
        lines.append("No text is posted by two of them.")
    return lines

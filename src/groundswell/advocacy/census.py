"""Who already speaks for us? Everyone in the data who names a company, a product, a service or a person of it, big and small.

Seed 002: "who are your influencers, big and small", and "each time we talk about a product, a service, a brand or a personality". Posts,
quotes and replies count; what is merely passed on does not. Nobody is left out for being small, and the order is by unpaid mentions,
never by followers. Texts are read once, in the database; what it finds by one word of a name is then counted exactly, word for word.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import pyarrow as pa

from groundswell.advocacy.naming import names_in, unaddressed
from groundswell.advocacy.own import Marks, Own, beside, marks_of
from groundswell.advocacy.people import count, listed_people, several, values_of
from groundswell.advocacy.same_words import PASSED_ON, cleaned
from groundswell.advocacy.tone import Tone, tone_of
from groundswell.definitions import load_tier_sets, tier_of
from groundswell.errors import UnknownNameError, UsageError
from groundswell.signals import SignalTable, Value, signal_table
from groundswell.signals.findings import Progress
from groundswell.signals.posts import Evidence
from groundswell.signals.table import prepare
from groundswell.signals.values import REASONS
from groundswell.store import Engine, Workspace
from groundswell.store.text_index import words_of

Kind = Literal["company", "product", "service", "person"]
KINDS: tuple[Kind, ...] = ("company", "product", "service", "person")
"""Seed 002: "a product, a service, a brand or a personality"."""
EVIDENCE_SHOWN = 3
SMALL = 1_000
"""Below every tier with a name of its own but seed 004's "under 1k": whom lists of influencers leave out."""
COUNTED = ("mentions", "in different words", "only answered", "without a sign of payment")
TONES = ("in warm words", "in critical or grim words", "in neither", "not read")
CONSENT = "Being found here is no consent: ask before using what anybody said (seed 002 speaks of 'you and me')."


@dataclass(frozen=True)
class Voice:
    """One account that names the company or what is its own."""

    account: str
    platform: str
    handle: str | None
    name: str | None
    followers: Value
    tiers: tuple[tuple[str, str], ...]
    mentions: int
    """Posts, quotes and replies that name it."""
    addressed: int
    """Replies that name it nowhere but among the handles they begin with; not among the mentions."""
    different: int
    """Mentions in words of their own: those that differ in nothing but numbers, handles and links count once."""
    unpaid: int
    """Mentions without a sign of payment: no paid label, no word of disclosure, no sign of affiliation. What is not said cannot be seen."""
    last_at: datetime | None
    by_kind: tuple[tuple[Kind, int], ...]
    """(kind, posts that name one of it)."""
    tone: Tone
    warmth: Value
    itself: str | None
    """Why it is taken to be the company's own account; None for everybody else."""
    surely: bool
    """Whether that is sure; of who is only probably its own, whoever asks may say that it is not."""
    evidence: tuple[Evidence, ...]
    unknown: tuple[str, ...]
    sentence: str

    @property
    def followers_say(self) -> str:
        """Its followers in words, or that they are not known."""
        return count(self.followers.value) if self.followers.value is not None else "not known"


@dataclass(frozen=True)
class Census:
    """Everyone who names the company."""

    names: dict[Kind, tuple[str, ...]]
    voices: tuple[Voice, ...]
    """Most unpaid mentions first, ties by id."""
    colleagues: tuple[Voice, ...]
    """People of the company's own roster, apart: they are no unpaid voices, whatever they were paid for a post."""
    itself: tuple[Voice, ...]
    """Accounts that seem to be the company's own, apart; the sure ones first."""
    own: tuple[Own, ...]
    """The company's accounts whose mentions count as naming it, whether they posted or not."""
    counted: str
    """Which spellings counted."""
    mentions: int
    passed_on: int
    """Posts that only pass on somebody else's mention; not counted."""
    tone: Tone
    sentences: tuple[str, ...]
    unknown: tuple[str, ...]
    simulated: bool
    facts_version: str


def census(
    workspace: Workspace,
    names: Mapping[str, Sequence[str]],
    *,
    ours: Sequence[str] = (),
    not_ours: Sequence[str] = (),
    roster: int | None = None,
    progress: Progress | None = None,
) -> Census:
    """Find everyone who names these; `names` maps company, product, service or person to spellings.

    `ours` are own accounts, `not_ours` those that only look like it (ids or handles); `roster` is the import of one's colleagues.
    Errors: UnknownNameError for another kind, UsageError when no name holds a letter or the roster names nobody.
    """
    asked = _asked(names)
    table = signal_table(workspace, progress)
    staff = (
        {one.account for one in listed_people(workspace, table, import_id=roster)} if roster is not None else set[str]()
    )
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", table.corpus, only_views=True)
        marks = marks_of(engine, table, asked.get("company", ()), ours=ours, not_ours=not_ours, people=staff)
        posts = _posts(engine, [*(name for some in asked.values() for name in some), *marks.spellings], marks)
    spoken = [post for post in posts if not _passed_on(post)]
    by_account: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for post in spoken:
        by_account[post["account"]].append(post)
    profiles = _profiles(table, sorted(by_account))
    tiers = load_tier_sets(workspace.folder)
    voices = [
        replace(
            _voice(account, some, asked, profiles.get(account, {}), marks),
            tiers=tuple(
                (
                    n,
                    (t := tier_of(s, _followers(profiles, account))).name
                    or f"unknown: {REASONS[t.reason or 'not_observed']}",
                )
                for n, s in tiers.items()
            ),
        )
        for account, some in by_account.items()
    ]
    voices.sort(key=lambda one: (-one.unpaid, one.account))
    found = Census(
        names=asked,
        voices=tuple(one for one in voices if one.itself is None and one.account not in staff),
        colleagues=tuple(one for one in voices if one.itself is None and one.account in staff),
        itself=tuple(sorted((one for one in voices if one.itself is not None), key=lambda one: not one.surely)),
        own=marks.own,
        counted=marks.says([name for some in asked.values() for name in some]),
        mentions=sum(one.mentions for one in voices),
        passed_on=len(posts) - len(spoken),
        tone=sum((one.tone for one in voices if one.itself is None and one.account not in staff), Tone()),
        sentences=(),
        unknown=(),
        simulated=workspace.simulated(),
        facts_version=table.facts_version,
    )
    return replace(found, sentences=tuple(_summary(found)), unknown=tuple(_unknown(found)))


def _asked(names: Mapping[str, Sequence[str]]) -> dict[Kind, tuple[str, ...]]:
    for kind in names:
        if kind not in KINDS:
            raise UnknownNameError("kind of name", kind, KINDS)
    asked: dict[Kind, tuple[str, ...]] = {}
    for kind in KINDS:
        spellings = tuple(dict.fromkeys(name.strip() for name in names.get(kind, ()) if words_of(name)))
        if spellings:
            asked[kind] = spellings
    if not asked:
        raise UsageError(
            "Whom should be looked for?", next_step='Give a name: groundswell advocates census --company "Oat & Co"'
        )
    return asked


def _posts(engine: Engine, names: Sequence[str], marks: Marks) -> list[dict[str, Any]]:
    """Every post, quote and reply that contains one of the names word for word, mentions the company or links to it; the newest first."""
    longest = sorted({max(words_of(name), key=len) for name in names})
    either = " OR ".join(f"contains(lower(p.text), ${at})" for at in range(1, len(longest) + 1))
    columns, values = beside(marks, f"${len(longest) + 1}", f"${len(longest) + 2}")
    rows = engine.table(
        f"""SELECT p.account, p.post, p.text, p.created_at, p.url, p.kind, p.likes, p.replies, p.reposts, p.import_id, p.line,
                   coalesce(p.language, w.language) AS language,
                   coalesce(p.paid_label, false) OR w.clear IS NOT NULL OR w.unclear IS NOT NULL AS paid, {columns}
            FROM posts AS p LEFT JOIN wording AS w ON w.text_hash = p.text_hash
            WHERE p.text IS NOT NULL AND ({either} OR marked OR linked) ORDER BY p.created_at DESC NULLS LAST, p.post""",
        [*longest, *values],
    )
    return [row for row in rows.to_pylist() if row["marked"] or row["linked"] or names_in(row["text"], names)]


def _passed_on(post: Mapping[str, Any]) -> bool:
    return post["kind"] == "repost" or PASSED_ON.match(post["text"]) is not None


def _profiles(table: SignalTable, accounts: Sequence[str]) -> dict[str, dict[str, Any]]:
    import pyarrow.compute as compute

    pc: Any = compute
    columns = ["account", "platform", "handle", "name", "followers"]
    rows = table.rows.select(columns).filter(pc.is_in(table.rows.column("account"), pa.array(accounts, pa.string())))
    return {row["account"]: row for row in rows.to_pylist()}


def _followers(profiles: Mapping[str, Mapping[str, Any]], account: str) -> float | None:
    return profiles[account]["followers"]["value"] if account in profiles else None


def _voice(
    account: str,
    posts: Sequence[Mapping[str, Any]],
    asked: Mapping[Kind, Sequence[str]],
    profile: Mapping[str, Any],
    marks: Marks,
) -> Voice:
    asked = {**asked, "company": (*asked.get("company", ()), *marks.spellings)}
    everything = [name for some in asked.values() for name in some]
    named = {post["post"]: unaddressed(post["text"]) if post["kind"] == "reply" else post["text"] for post in posts}
    naming = [post for post in posts if _beside(post) or names_in(named[post["post"]], everything)]
    texts = [(named[post["post"]], post["language"]) for post in naming]
    kinds: Counter[Kind] = Counter(
        kind
        for post in naming
        for kind, names in asked.items()
        if (kind == "company" and _beside(post)) or names_in(named[post["post"]], names)
    )
    own = marks.why.get(account)
    tone = sum((tone_of(text, everything, language) for text, language in texts), Tone())
    dated = [post["created_at"] for post in naming if post["created_at"]]
    followers = values_of(dict(profile)).get("followers") or Value("followers", reason="not_observed")
    unpaid = [post for post in naming if not post["paid"]]
    shown = [*unpaid, *(post for post in naming if post["paid"])] or posts
    made = Voice(
        account=account,
        platform=profile.get("platform") or account.partition(":")[0],
        handle=profile.get("handle"),
        name=profile.get("name"),
        followers=followers,
        tiers=(),
        mentions=len(naming),
        addressed=len(posts) - len(naming),
        different=len({tuple(word for word in cleaned(text) if not word.isdigit()) for text, _ in texts}),
        unpaid=len(unpaid),
        last_at=max(dated, default=None),
        by_kind=tuple((kind, kinds[kind]) for kind in KINDS if kinds[kind]),
        tone=tone,
        warmth=tone.balance,
        itself=own.because if own else None,
        surely=own.sure if own else False,
        evidence=tuple(_evidence(post, asked) for post in shown[:EVIDENCE_SHOWN]),
        unknown=tuple(_unknown_of(followers, tone, dated)),
        sentence="",
    )
    return replace(made, sentence=_says(made))


def _beside(post: Mapping[str, Any]) -> bool:
    """Whether it names the company beside its words. Whom a reply answers stands among its mentions too: that names nobody."""
    return post["linked"] or (post["marked"] and post["kind"] != "reply")


def _evidence(post: Mapping[str, Any], asked: Mapping[Kind, Sequence[str]]) -> Evidence:
    named = [name for names in asked.values() for name in names_in(post["text"], names)]
    why = f"names {', '.join(named)}" if named else "links to it" if post["linked"] else "mentions it"
    return Evidence(
        post["post"], post["text"], post["created_at"], post["url"], why,
        post["likes"], post["replies"], post["reposts"], f"import {post['import_id']}, line {post['line']}",
    )  # fmt: skip


# -- in words --------------------------------------------------------------------------------------------------------------


def _says(one: Voice) -> str:
    called = f"@{one.handle}" if one.handle else one.account
    if not one.mentions:
        return f"{called} answered it {_times(one.addressed)} without naming it otherwise."
    when = f", last on {one.last_at:%Y-%m-%d}" if one.last_at else ""
    unpaid = "" if one.unpaid == one.mentions else f" ({one.unpaid:,} without a sign of payment)"
    alike = f" In {several(one.different, 'wording')}: it repeats itself." if one.different * 2 <= one.mentions else ""
    return f"{called} names it {_times(one.mentions)}{unpaid}{when}.{alike}{_tone_says(one.tone)}"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def _tone_says(tone: Tone) -> str:
    read = tone.warm + tone.critical + tone.plain
    if not read:
        return ""
    parts = [
        f"{number:,} {word}"
        for number, word in (
            (tone.warm, "in warm words"),
            (tone.critical, "in critical or grim ones"),
            (tone.plain, "in neither"),
        )
        if number
    ]
    return f" Of {several(read, 'sentence')} that could be read, {', '.join(parts)}."


def _unknown_of(followers: Value, tone: Tone, dated: Sequence[datetime]) -> list[str]:
    found: list[str] = []
    if not followers.known:
        found.append("How many follow it.")
    if tone.not_read:
        found.append(f"The tone of {several(tone.not_read, 'sentence')} in another or an unknown language.")
    if not dated:
        found.append("When it said so.")
    return found


def _summary(found: Census) -> list[str]:
    named = " or ".join(name for names in found.names.values() for name in names)
    if not found.voices and not found.colleagues and not found.itself:
        return [
            f"Nobody in the data names {named}.",
            "Posts that name it are needed: search it on the platform and export what is found.",
        ]
    naming = [one for one in found.voices if one.mentions]
    small = sum(one.followers.value is not None and one.followers.value < SMALL for one in naming)
    unknown = sum(not one.followers.known for one in naming)
    paid = sum(one.mentions > one.unpaid for one in naming)
    lines = [
        f"{several(len(naming), 'account')} {'names' if len(naming) == 1 else 'name'} {named}; "
        + (
            f"{paid:,} of them at least once with a sign of payment." if paid else "nowhere is there a sign of payment."
        ),
        *([found.counted] if found.own else []),
    ]
    if len(found.voices) > len(naming):
        lines.append(f"{several(len(found.voices) - len(naming), 'account')} more only answered it.")
    if small:
        lines.append(f"{small:,} of the {len(naming):,} have fewer than {count(SMALL)} followers.")
    if unknown:
        lines.append(f"How many follow {unknown:,} of the {len(naming):,} is not known.")
    kinds = Counter(kind for one in found.voices for kind, number in one.by_kind for _ in range(number))
    if len(found.names) > 1:
        lines.append("Named in posts: " + ", ".join(f"{kind} {kinds[kind]:,}" for kind in found.names) + ".")
    if said := _tone_says(found.tone):
        lines.append(said.strip())
    if found.colleagues:
        lines.append(
            f"{several(len(found.colleagues), 'account')} of your own roster {'is' if len(found.colleagues) == 1 else 'are'} listed apart: "
            "what colleagues say is no unpaid voice."
        )
    if found.itself:
        lines.append(
            f"{several(len(found.itself), 'account')} that {'seems' if len(found.itself) == 1 else 'seem'} to be its own {'is' if len(found.itself) == 1 else 'are'} listed apart: "
            f"{', '.join(f'@{one.handle}' for one in found.itself[:3])}{' and others' if len(found.itself) > 3 else ''}. Tell us of any that is not."
        )
    if found.voices:
        lines.append(CONSENT)
    return lines


def _unknown(found: Census) -> list[str]:
    lines = [
        "Who speaks of it without its name, under a nickname, or in pictures and sound; further spellings can be given."
    ]
    if found.voices:
        lines.append(
            "Whether somebody was paid or given something who does not say so: only words and labels can be read."
        )
    if found.tone.not_read:
        lines.append(
            f"The tone of {several(found.tone.not_read, 'sentence')}: not English, or the language could not be told."
        )
    if found.tone.warm + found.tone.critical:
        lines.append(
            "What they think of it: the tone is that of the sentence, and a report of an accident has grim words. Irony is not read."
        )
    if found.passed_on:
        lines.append(
            f"What those think who only passed on {several(found.passed_on, 'post')} of others {'that names it' if found.passed_on == 1 else 'that name it'}."
        )
    if any(len(words_of(name)) == 1 for names in found.names.values() for name in names):
        lines.append("Whether a name of one word is always meant: it may also be a word or somebody else's name.")
    return lines


def census_table(found: Census) -> pa.Table:
    """One row an account, colleagues and those of the company itself last and marked."""
    rows = [
        {
            "account": one.account, "platform": one.platform, "handle": one.handle, "name": one.name,
            "followers": one.followers.value, "mentions": one.mentions, "in different words": one.different, "only answered": one.addressed,
            "without a sign of payment": one.unpaid, "last": one.last_at,
            **{kind: dict(one.by_kind).get(kind, 0) for kind in found.names},
            **dict(zip(TONES, (one.tone.warm, one.tone.critical, one.tone.plain, one.tone.not_read), strict=True)),
            "warmth": one.warmth.value, "warmth at least": one.warmth.low, "warmth at most": one.warmth.high,
            "warmth unknown": one.warmth.reason, **{f"tier by {name}": tier for name, tier in one.tiers},
            "colleague": "on your roster" if one in found.colleagues else None, "the company itself": one.itself if one.surely or not one.itself else f"Probably: {one.itself}", "says": one.sentence, "not known": " ".join(one.unknown) or None,
            "posts": "; ".join(post.url or post.post for post in one.evidence),
            "newest words": one.evidence[0].text if one.evidence else None,
        }
        for one in (*found.voices, *found.colleagues, *found.itself)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_schema(found))


def _schema(found: Census) -> pa.Schema:
    numbers = {
        "followers": pa.float64(),
        "warmth": pa.float64(),
        "warmth at least": pa.float64(),
        "warmth at most": pa.float64(),
    }
    counts = dict.fromkeys((*COUNTED, *found.names, *TONES), pa.int64())
    kinds = numbers | counts | {"last": pa.timestamp("us", "UTC")}
    everybody = (*found.voices, *found.colleagues, *found.itself)
    tiers = [f"tier by {name}" for name, _ in everybody[0].tiers] if everybody else []
    names = [
        "account", "platform", "handle", "name", "followers", *COUNTED, "last", *found.names, *TONES, "warmth", "warmth at least", "warmth at most", "warmth unknown", *tiers, "colleague", "the company itself",
        "says", "not known", "posts", "newest words",
    ]  # fmt: skip
    return pa.schema([(name, kinds.get(name, pa.string())) for name in names])

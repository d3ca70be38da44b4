"""Who already speaks for us? Everyone in the data who names a company, a product, a service or a person of it, big and small.

The essay Less is More: "who are your influencers, big and small", and "each time we talk about a product, a service, a brand or a personality". Posts,
quotes and replies count; what is merely passed on does not. Nobody is left out for being small, and the order is by unpaid mentions,
never by followers. Texts are read once, in the database; what it finds by one word of a name is then counted exactly, word for word.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from groundswell.advocacy.census_words import languages_in, says, summary, unknown, unknown_of
from groundswell.advocacy.own import Marks, beside, marks_of
from groundswell.advocacy.payers import payers_in
from groundswell.advocacy.people import listed_people, values_of
from groundswell.advocacy.same_words import PASSED_ON, cleaned
from groundswell.advocacy.voices import KINDS, Census, Kind, Voice, narrowed
from groundswell.definitions import load_tier_sets, tier_of
from groundswell.errors import UnknownNameError, UsageError
from groundswell.signals import SignalTable, Value, signal_table
from groundswell.signals.findings import Progress
from groundswell.signals.naming import names_in, unaddressed
from groundswell.signals.posts import Evidence
from groundswell.signals.table import prepare
from groundswell.signals.values import REASONS
from groundswell.signals.warmth import READINGS, Tone, tone_of
from groundswell.store import Engine, Workspace
from groundswell.store.text_index import words_of

EVIDENCE_SHOWN = 3


def census(
    workspace: Workspace,
    names: Mapping[str, Sequence[str]],
    *,
    ours: Sequence[str] = (),
    not_ours: Sequence[str] = (),
    roster: int | None = None,
    reading: str | None = None,
    pay: str | None = None,
    order: str | None = None,
    progress: Progress | None = None,
) -> Census:
    """Find everyone who names these; `names` maps company, product, service or person to spellings.

    `ours` are own accounts, `not_ours` those that only look like it (ids or handles); `roster` is the import of one's colleagues.
    `reading`, `pay` and `order` say which voices are wanted, and the order (see `narrowed`).
    Errors: UnknownNameError for another kind or another of these, UsageError when no name holds a letter or the roster names nobody.
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
        replace(_voice(account, some, asked, profiles.get(account, {}), marks, account in staff), tiers=tuple(
            (name, (tier := tier_of(its, _followers(profiles, account))).name or f"unknown: {REASONS[tier.reason or 'not_observed']}")
            for name, its in tiers.items()
        ))
        for account, some in by_account.items()
    ]  # fmt: skip
    voices.sort(key=lambda one: (-one.unpaid, one.account))
    outside = tuple(one for one in voices if one.itself is None and one.account not in staff)
    read_as = Counter(one.reading for one in outside if one.unpaid)
    found = Census(
        names=asked,
        voices=outside,
        colleagues=tuple(one for one in voices if one.itself is None and one.account in staff),
        itself=tuple(sorted((one for one in voices if one.itself is not None), key=lambda one: not one.surely)),
        own=marks.own,
        counted=marks.says([name for some in asked.values() for name in some]),
        mentions=sum(one.mentions for one in voices),
        passed_on=len(posts) - len(spoken),
        tone=sum((one.tone for one in outside), Tone()),
        paid_tone=sum((one.paid_tone for one in outside), Tone()),
        readings=tuple((reading, read_as[reading]) for reading in READINGS),
        narrowed="",
        tier_titles=tuple((name, its.title) for name, its in tiers.items()),
        sentences=(),
        unknown=(),
        simulated=workspace.simulated(),
        facts_version=table.facts_version,
    )
    said = replace(found, sentences=tuple(summary(found)), unknown=tuple(unknown(found)))
    return narrowed(said, reading=reading, pay=pay, order=order)


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
                   coalesce(p.paid_label, false) OR w.clear IS NOT NULL OR w.unclear IS NOT NULL AS paid,
                   coalesce(w.clear, w.unclear) AS disclosed, {columns}
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
    colleague: bool,
) -> Voice:
    asked = {**asked, "company": (*asked.get("company", ()), *marks.spellings)}
    everything = [name for some in asked.values() for name in some]
    named = {post["post"]: unaddressed(post["text"]) if post["kind"] == "reply" else post["text"] for post in posts}
    naming = [post for post in posts if _beside(post) or names_in(named[post["post"]], everything)]
    kinds: Counter[Kind] = Counter(
        kind
        for post in naming
        for kind, names in asked.items()
        if (kind == "company" and _beside(post)) or names_in(named[post["post"]], names)
    )
    own = marks.why.get(account)
    tones = [(post, tone_of(named[post["post"]], everything, post["language"])) for post in naming]
    tone, paid_tone = (sum((one for post, one in tones if post["paid"] is paid), Tone()) for paid in (False, True))
    dated = [post["created_at"] for post in naming if post["created_at"]]
    followers = values_of(dict(profile)).get("followers") or Value("followers", reason="not_observed")
    paid, unpaid = ([post for post in naming if post["paid"] is wanted] for wanted in (True, False))
    made = Voice(
        account=account,
        platform=profile.get("platform") or account.partition(":")[0],
        handle=profile.get("handle"),
        name=profile.get("name"),
        followers=followers,
        tiers=(),
        mentions=len(naming),
        addressed=len(posts) - len(naming),
        different=len({tuple(word for word in cleaned(named[post["post"]]) if not word.isdigit()) for post in naming}),
        unpaid=len(unpaid),
        paid_by=payers_in([post["text"] for post in paid], everything),
        last_at=max(dated, default=None),
        by_kind=tuple((kind, kinds[kind]) for kind in KINDS if kinds[kind]),
        reading=(tone if unpaid else paid_tone).reading,
        tone=tone,
        paid_tone=paid_tone,
        unread=languages_in((post["language"], one.not_read) for post, one in tones),
        warmth=tone.balance,
        itself=own.because if own else None,
        surely=own.sure if own else False,
        # the sign of payment first, so that whoever doubts it sees it
        evidence=tuple(_evidence(post, asked) for post in ([*paid[:1], *unpaid, *paid[1:]] or posts)[:EVIDENCE_SHOWN]),
        unknown=tuple(unknown_of(followers, tone + paid_tone, dated)),
        sentence="",
    )
    return replace(made, sentence=says(made, colleague=colleague))


def _beside(post: Mapping[str, Any]) -> bool:
    """Whether it names the company beside its words. Whom a reply answers stands among its mentions too: that names nobody."""
    return post["linked"] or (post["marked"] and post["kind"] != "reply")


def _evidence(post: Mapping[str, Any], asked: Mapping[Kind, Sequence[str]]) -> Evidence:
    named = [name for names in asked.values() for name in names_in(post["text"], names)]
    why = f"names {', '.join(named)}" if named else "links to it" if post["linked"] else "mentions it"
    if post["paid"]:
        why += f", sign of payment: {post['disclosed'] or 'the label of the platform'}"
    return Evidence(
        post["post"], post["text"], post["created_at"], post["url"], why,
        post["likes"], post["replies"], post["reposts"], f"import {post['import_id']}, line {post['line']}",
    )  # fmt: skip

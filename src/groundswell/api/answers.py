"""A workspace that stays open while questions are asked of it.

What was computed is kept in memory for the version of the facts it was computed from; an import or an undo, here or from the
command line, makes a new version, and the next question computes again. Several threads may ask at once.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock, RLock
from typing import Any, TypeVar

import pyarrow.compute as _compute

from groundswell.advocacy import (
    Audit,
    Census,
    SheetReview,
    Staff,
    audit_roster,
    census,
    narrowed,
    review_sheet,
    rosters,
    staff,
)
from groundswell.api.asking import CensusAsked
from groundswell.api.briefs import BriefForm, Options, PlanForm, brief_of, options_for, planned_brief
from groundswell.api.people import Crowd, PeopleAsked, PeoplePage
from groundswell.coach import Coaching, Kit, coach, kit
from groundswell.columns import all_in_one, in_one
from groundswell.definitions import DEFAULT_TIER_SET, Overlaps, overlaps_in, tier_set
from groundswell.discover import Shortlist, discover
from groundswell.explain import (
    Explainer,
    Explanation,
    Lookalikes,
    SideBySide,
    alike,
    compared,
    contest,
    review_contest,
)
from groundswell.exports import pictures
from groundswell.fetch.persons import judge
from groundswell.ingest import read_again, rows_set_aside
from groundswell.plan import Plan, asked_of, planned, read_pool, same_pool
from groundswell.signals import REASONS, SignalTable, signal_table
from groundswell.signals.findings import Progress
from groundswell.signals.kinship import Texts
from groundswell.signals.posts import PostsOf
from groundswell.signals.present import ENGINES, Present
from groundswell.sources import SetAside
from groundswell.store import Import, Workspace, real_beside_made_up
from groundswell.store.contests import Contest
from groundswell.store.unions import Union, all_unions, unsay

pc: Any = _compute  # its functions are made at run time, no type checker knows them

Answer = TypeVar("Answer")
TOWERS = 10
"""Times as many posts as anybody else has, by which the data is taken to hold somebody's archive (design choice)."""
KEPT = 48
"""Answers kept for the present facts: shortlists and people that somebody goes back and forth between (design choice)."""


@dataclass(frozen=True)
class Overview:
    """What a workspace holds, in figures that a first page says."""

    people: int
    rows_read: int
    rows_set_aside: int
    set_aside_because: tuple[tuple[str, int], ...]
    """Reasons of the first rows that could not be read, with how many of them have it."""
    engagement_unknown: tuple[tuple[str, int], ...]
    """(reason in words, people) for whom likes per follower are unknown."""
    without_posts: int
    """People of whom no post is in the data."""
    imports: int
    """Files and fetches that are in use; the same file brought in twice counts once."""
    simulated: bool
    facts_version: str


class Answers:
    """Questions to one workspace; see the module."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._computing = RLock()
        self._made: _Made | None = None
        self._seen: _State | None = None
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._keeping = Lock()

    @property
    def folder(self) -> Path:
        """The workspace's folder."""
        return self.workspace.folder

    def version(self) -> str:
        """The version of the facts now."""
        return self._state().version

    def stand(self) -> tuple[Hashable, ...]:
        """All that an answer hangs on: the facts, and who was said to be one person."""
        seen = self._state()
        return seen.version, seen.verdicts

    def simulated(self) -> bool:
        """Whether any live import says that its people are made up."""
        return self._state().simulated

    def real_beside_made_up(self) -> bool:
        """Whether real people stand beside made-up ones."""
        return self._state().real_beside_made_up

    def has_people(self) -> bool:
        """Whether anything was brought in that is live."""
        return self._state().has_people

    def _state(self) -> _State:
        """What the state says, asked again only when its file was written since: every page asks several times."""
        written, seen = _last_written(self.workspace.state.path), self._seen
        if seen is None or written is None or seen.written != written:
            workspace = self.workspace
            verdicts = tuple((one.one, one.other, one.verdict) for one in all_unions(workspace.state))
            seen = _State(
                written,
                workspace.version(),
                workspace.simulated(),
                bool(workspace.state.live_ids()),
                verdicts,
                real_beside_made_up(workspace),
            )
            self._seen = seen
        return seen

    def ready(self) -> bool:
        """Whether the signals of the present facts are in memory, so that people can be listed and shown at once.

        What accounts say may still be read then: questions about words wait for it.
        """
        made = self._made
        return made is not None and made.version == self.version()

    def prepare(self, progress: Progress | None = None) -> None:
        """Compute what pages need for the present facts: first what most of them need."""
        made = self._now(progress)
        made.explainer.prepare()
        made.present.texts(progress)

    def table(self, progress: Progress | None = None) -> SignalTable:
        """The table of signals for the present facts."""
        return self._now(progress).present.table

    def texts(self, progress: Progress | None = None) -> Texts:
        """What accounts say, for the present facts."""
        return self._now(progress).present.texts(progress)

    def _now(self, progress: Progress | None = None) -> _Made:
        """What was computed for the present facts, or compute it."""
        made = self._made
        if made is None or made.version != self.version():
            with self._computing:
                made = self._made
                if made is None or made.version != self.version():
                    before, made = made, _make(self.workspace, progress)
                    self._made = made
                    with self._keeping:
                        self._kept.clear()
                    if before is not None:
                        before.present.close()
        return made

    def close(self) -> None:
        """Let go of what is held open."""
        if self._made is not None:
            self._made.present.close()

    def _once(self, key: Hashable, ask: Callable[[], Answer]) -> Answer:
        """Answer from what is kept for the present facts, or ask and keep it."""
        whole = (*self.stand(), key)
        with self._keeping:
            if whole in self._kept:
                self._kept.move_to_end(whole)
                return self._kept[whole]
        found = ask()
        with self._keeping:
            self._kept[whole] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    def people(self, asked: PeopleAsked) -> PeoplePage:
        """One page of the list of people."""
        return self._now().crowd.page(asked)

    def person(self, name: str, definition: str | None = None, *, with_sql: bool = False) -> Explanation:
        """One person, explained."""
        return self._once(("person", name, definition, with_sql), lambda: self._explained(name, definition, with_sql))

    def posts(self, account: str) -> PostsOf:
        """The own posts of one account, with months and topics."""
        explainer = self._now().explainer
        return self._once(("posts", account), lambda: explainer.explain_with_posts(account)[1])

    def _explained(self, name: str, definition: str | None, with_sql: bool) -> Explanation:
        found, posts = self._now().explainer.explain_with_posts(name, definition_name=definition, with_sql=with_sql)
        self._once(("posts", found.account), lambda: posts)  # read on the way, and wanted by the same page
        return found

    def compared(self, first: str, second: str, definition: str | None = None) -> SideBySide:
        """Two people side by side."""
        explainer = self._now().explainer
        key = ("compare", first, second, definition)
        return self._once(key, lambda: compared(explainer, first, second, definition_name=definition))

    def like(self, name: str, limit: int = 10, *, anywhere: bool = False) -> Lookalikes:
        """Who is like somebody."""
        present = self._now().present
        return self._once(("like", name, limit, anywhere), lambda: alike(present, name, limit=limit, anywhere=anywhere))

    def overlaps(self) -> Overlaps:
        """How far the definitions agree on these people."""
        return self._once("overlaps", lambda: overlaps_in(self.table().rows, self.folder))

    def contests(self) -> tuple[Contest, ...]:
        """Numbers that somebody says are wrong, oldest first."""
        return self.workspace.contests()

    def contest(self, name: str, signal: str, *, because: str, by: str = "") -> Contest:
        """Hide a number until a person has looked."""
        return contest(self.workspace, name, signal, because=because, by=by)

    def review_contest(self, number: int, *, uphold: bool, note: str, by: str = "") -> Contest:
        """Say what somebody found who looked."""
        return review_contest(self.workspace, number, uphold=uphold, note=note, by=by)

    def shortlist(self, form: BriefForm) -> Shortlist:
        """The shortlist for a brief."""
        brief, present = brief_of(form), self._now().present
        return self._once(("shortlist", form), lambda: discover(self.workspace, brief, present=present))

    def plan(self, form: PlanForm) -> Plan:
        """The budget of a brief, divided; what does not hang on the amount, locks and exclusions is read once."""
        brief, present = planned_brief(form), self._now().present
        basis = same_pool(brief)
        key = ("pool", replace(form, brief=replace(form.brief, amount=""), people="", lock=(), skip=(), newcomers=0))

        def ask() -> Plan:
            pool = self._once(key, lambda: read_pool(present, basis))
            return planned(present, asked_of(pool, present, brief))

        return self._once(("plan", form), ask)

    def options(self, form: BriefForm) -> Options:
        """How many people each condition of a brief leaves."""
        return self._once(("options", form), lambda: options_for(form, self.table(), self.texts(), self.folder))

    def tiers(self, name: str = DEFAULT_TIER_SET) -> list[tuple[str, float]]:
        """Names of a tier set with where each begins, for pictures."""
        found = self._now().explainer.judges().tier_sets[name]
        return [(tier.name, tier.followers_from) for tier in found.tiers]

    def crowd_points(self) -> list[tuple[float, float]]:
        """(followers, likes per follower) of some of those for whom both are known, for pictures."""
        return self._once("points", lambda: pictures.sample(self._points()))

    def _points(self) -> list[tuple[str, float, float]]:
        rows = self.table().rows
        size, rate = (pc.struct_field(in_one(rows.column(name)), "value") for name in ("followers", "like_rate"))
        both = pc.and_(pc.is_valid(size), pc.is_valid(rate))
        found = (column.filter(both).to_pylist() for column in (in_one(rows.column("account")), size, rate))
        return list(zip(*found, strict=True))

    def lists(self) -> list[Import]:
        """Live imports that are lists of people: a marketer's sheet, a roster."""
        return [one for one in self.imports() if one.state == "live" and "creator" in one.records]

    def rosters(self) -> list[Import]:
        """Live imports that somebody may mean by "these people": lists, tables of accounts, tables of posts."""
        return rosters(self.workspace)

    def sheet(self, import_id: int | None = None, big: str | None = None) -> SheetReview:
        """A list reviewed; None for all lists. `big`: whose money is compared with the others'."""
        self.table()
        key = ("sheet", import_id, big)
        return self._once(key, lambda: review_sheet(self.workspace, import_id=import_id, big=big))

    def say_currency(self, import_id: int, currency: str) -> int:
        """Say in which currency a list's fees are that name none: it is read again. The number of the import that takes its place."""
        found = read_again(self.workspace, import_id, {"currency": currency}).import_id
        assert found is not None  # only a dry run has none
        return found

    def audit(self, import_id: int | None = None) -> Audit:
        """A roster sorted; None for all lists."""
        self.table()
        return self._once(("audit", import_id), lambda: audit_roster(self.workspace, import_id=import_id))

    def staff(self, import_id: int | None, company: tuple[str, ...], not_ours: tuple[str, ...] = ()) -> Staff:
        """Colleagues of a company and a first step for each."""
        self.table()
        return self._once(
            ("staff", import_id, company, not_ours),
            lambda: staff(self.workspace, None, company, import_id=import_id, not_ours=not_ours),
        )

    def census(
        self,
        asked: CensusAsked,
    ) -> Census:
        """Everybody who mentions a company, counted once whichever of the voices are then asked for."""
        self.texts()
        whole = replace(asked, reading=None, pay=None, order=None)
        found = self._once(
            ("census", whole),
            lambda: census(
                self.workspace, dict(asked.names), roster=asked.staff, ours=asked.ours, not_ours=asked.not_ours
            ),
        )
        return narrowed(found, reading=asked.reading, pay=asked.pay, order=asked.order)

    def stands_out(self) -> dict[str, Any] | None:
        """Who has ten times as many posts here as anybody else: the data holds an archive of theirs. None where nobody does."""
        rows = self.table().rows
        posts = pc.fill_null(pc.struct_field(in_one(rows.column("posts_per_week")), "n"), 0)
        most = pc.select_k_unstable(posts, 2, [("", "descending")])
        counts = [posts[place.as_py()].as_py() for place in most] + [0, 0]
        if not counts[0] or counts[0] < TOWERS * counts[1]:
            return None
        place = most[0].as_py()
        who = rows.select(["account", "handle", "name", "platform"]).slice(place, 1).to_pylist()[0]
        return who | {"posts": counts[0], "remembered": False}

    def known(self, account: str) -> dict[str, Any] | None:
        """Whoever has this id, if they are still in the data."""
        rows = self.table().rows.select(["account", "handle", "name", "platform"])
        found = rows.filter(pc.equal(rows.column("account"), account)).slice(0, 1).to_pylist()
        return found[0] | {"remembered": True} if found else None

    def coaching(self, name: str) -> Coaching:
        """One account, spoken to as its owner."""
        present = self._now().present
        return self._once(("coach", name), lambda: coach(self.workspace, name, present=present))

    def say_same(self, one: str, other: str, *, different: bool = False) -> int:
        """Note that two accounts are one person, or are not."""
        return judge(self.workspace, one, other, different=different)

    def unsay_same(self, number: int) -> Union:
        """Take back what was said of two accounts."""
        return unsay(self.workspace.state, number)

    def kit(self, name: str, *, made_by: str = "", leave_out: tuple[str, ...] = ()) -> Kit:
        """The kit of one account; made anew each time."""
        present = self._now().present
        return kit(self.workspace, name, made_by=made_by or None, leave_out=leave_out, present=present)

    def imports(self) -> list[Import]:
        """All imports, oldest first."""
        return self.workspace.state.imports()

    def import_by_id(self, import_id: int) -> Import:
        """One import; UnknownNameError when there is none."""
        return self.workspace.state.import_by_id(import_id)

    def set_aside(self, import_id: int, limit: int = 200) -> list[SetAside]:
        """Rows that an import could not use."""
        return rows_set_aside(self.workspace, import_id, limit)

    def overview(self) -> Overview:
        """What the workspace holds."""
        return self._once("overview", self._overview)

    def _overview(self) -> Overview:
        table = self.table()
        # The same file again holds the same rows: it counts once.
        files = list({one.sha256 or one.id: one for one in self.imports() if one.state == "live"}.values())
        return Overview(
            people=table.rows.num_rows,
            rows_read=sum(one.rows_read for one in files),
            rows_set_aside=sum(one.rows_set_aside for one in files),
            set_aside_because=self._because(files),
            engagement_unknown=_unknown(table, "like_rate"),
            without_posts=table.rows.num_rows - self._with_posts(),
            imports=len(files),
            simulated=self.simulated(),
            facts_version=table.facts_version,
        )

    def only_person(self, imports: Sequence[int]) -> str | None:
        """The one account whose profile and posts these imports hold; None where there are several, or none."""
        with self.workspace.engine() as engine:
            found = engine.rows(
                """SELECT DISTINCT coalesce(l.native, r.account) FROM (
                       SELECT account, import_id FROM raw_accounts UNION SELECT account, import_id FROM raw_posts) AS r
                   LEFT JOIN links AS l ON l.account = r.account
                   WHERE list_contains($1, r.import_id) AND r.account IS NOT NULL LIMIT 2""",
                [list(imports)],
            )
        return found[0][0] if len(found) == 1 else None

    def _with_posts(self) -> int:
        """How many people have any row among the posts, whatever it says of itself."""
        with self.workspace.engine() as engine:
            return int(
                engine.rows(
                    "SELECT count(DISTINCT account) FROM posts WHERE account IN (SELECT account FROM accounts)"
                )[0][0]
            )

    def _because(self, live: list[Import]) -> tuple[tuple[str, int], ...]:
        counts: dict[str, int] = {}
        for one in live:
            for row in self.set_aside(one.id, 100) if one.rows_set_aside else []:
                counts[row.reason] = counts.get(row.reason, 0) + 1
        return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True)
class _State:
    """What the state said when its file had been written so."""

    written: Hashable
    version: str
    simulated: bool
    has_people: bool
    verdicts: tuple[tuple[str, str, str], ...]
    """(account, other account, whether they are one person), as somebody said."""
    real_beside_made_up: bool


JUST_NOW = 3.0
"""Seconds within which a file's time does not tell whether it was written once more (design choice: file systems count in
steps of milliseconds to two seconds; the state is asked directly meanwhile)."""


def _last_written(path: Path) -> Hashable:
    """When the state's file and its log were last written, and how long they are; None where that cannot tell."""
    parts: list[tuple[int, int]] = []
    for file in (path, path.with_name(f"{path.name}-wal")):
        try:
            found = file.stat()
        except OSError:
            continue
        if found.st_size:  # a reader leaves an empty log
            parts.append((found.st_mtime_ns, found.st_size))
    newest = max((moment for moment, _ in parts), default=0)
    return tuple(parts) if parts and time.time() - newest / 1e9 > JUST_NOW else None


@dataclass(frozen=True)
class _Made:
    """What was computed for one version of the facts."""

    version: str
    present: Present
    crowd: Crowd
    explainer: Explainer


def _make(workspace: Workspace, progress: Progress | None) -> _Made:
    table = signal_table(workspace, progress)
    workspace.settle()  # signals may be kept where the present is not written down in the form of today
    if any(column.num_chunks > 1 for column in table.rows.columns):
        # What lies in pieces would be copied together at every question.
        table = replace(table, rows=all_in_one(table.rows))
    present = Present(workspace, table, engines=ENGINES)
    crowd = Crowd(present.table, tier_set(DEFAULT_TIER_SET, workspace.folder))
    return _Made(table.facts_version, present, crowd, Explainer(present))


def _unknown(table: SignalTable, signal: str) -> tuple[tuple[str, int], ...]:
    column = in_one(table.rows.column(signal))
    missing = pc.struct_field(column, "reason").filter(pc.is_null(pc.struct_field(column, "value")))
    found = [(one["values"], one["counts"]) for one in pc.value_counts(missing).to_pylist()]
    said = [(REASONS.get(reason, "no reason given"), count) for reason, count in found]
    return tuple(sorted(said, key=lambda one: (-one[1], one[0])))

"""Gates, then points, then evidence: the order of a shortlist and what is shown beside each line. Ties go by id."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.definitions import Definition, definition
from groundswell.discover import segments
from groundswell.discover.brief import Brief
from groundswell.discover.checks import CRITIC, POSTS_SHOWN, Check, as_listed, checks_of, same_person, warmth_of
from groundswell.discover.exclusions import of_nobody
from groundswell.discover.exposure import exposure
from groundswell.discover.gates import Passed, gates_of, pass_gates
from groundswell.discover.scoring import SOMETHING_KNOWN, Asked, Scored, scored_terms, something_known, totals
from groundswell.discover.sector import Sector, notes_on, read_sector
from groundswell.discover.shortlist import Match, Shortlist
from groundswell.signals import SIGNALS, Value
from groundswell.signals.findings import Progress
from groundswell.signals.kinship import Texts
from groundswell.signals.on_lists import on_lists
from groundswell.signals.one_person import called, others_of
from groundswell.signals.posts import Evidence, PostsOf, as_evidence, posts_of
from groundswell.signals.present import Present, open_present
from groundswell.signals.regard import CRITICAL, Regard
from groundswell.store import Workspace, made_up_among
from groundswell.store.text_index import words_of

pc: Any = _compute  # its functions are made at run time, no type checker knows them

UNCHECKED_SHOWN = 50
CONTEXT_SHOWN = 2_000
SENTENCES_SHOWN = 6
EVIDENCE_SHOWN = 4
NAMING_SHOWN = 2
"""Of these, posts that name the brand, critical ones first."""


def discover(
    workspace: Workspace, brief: Brief, progress: Progress | None = None, *, present: Present | None = None
) -> Shortlist:
    """Rank the people of a workspace for a brief; with `present`, from what is open already.

    Errors: UnknownNameError for a definition that does not exist; BriefError comes from reading the brief.
    """
    meaning = definition(brief.definition, workspace.folder)
    if present is None:
        with open_present(workspace, progress) as present:
            return _ranked(present, brief, meaning, progress)
    return _ranked(present, brief, meaning, progress)


def _ranked(present: Present, brief: Brief, meaning: Definition, progress: Progress | None) -> Shortlist:
    table, texts = present.table, present.texts(progress)
    passed, terms, sector = judged(brief, meaning, table.rows, texts)
    lines = _Lines(present, brief, terms, passed, sector, named_by(brief, texts))
    matches, unchecked = lines.make()
    return Shortlist(
        brief=brief,
        definition=meaning.name,
        definition_title=meaning.title,
        definition_says=f"{meaning.says} {meaning.provenance.source}: “{meaning.provenance.quote}”",
        matches=matches,
        unchecked=unchecked,
        gates=tuple(gate for gate in passed.results if gate.name != SOMETHING_KNOWN or gate.unknown),
        population=table.rows.num_rows,
        fitting=int(passed.inside.sum()),
        notes=tuple(_notes(brief, meaning, sector, table.rows)),
        simulated=present.workspace.simulated(),
        made_at=datetime.now(UTC),
        facts_version=table.facts_version,
        fits={"corpus": table.corpus.version} if table.corpus else {},
        empty_because="" if passed.inside.any() else why_empty(passed),
        not_checked=int(passed.unchecked.sum()),
        context=_context(table.rows),
        exposure=exposure(table.rows, lines.order),
        made_up=tuple(sorted(made_up_among(present.workspace, [one.account for one in (*matches, *unchecked)]))),
    )


def judged(
    brief: Brief, meaning: Definition, rows: pa.Table, texts: Texts
) -> tuple[Passed, list[Scored], Sector | None]:
    """Who passes the gates, what everybody earns, and how the sector was read."""
    phrases = brief.segments.get("sector")
    sector = read_sector(phrases, rows, texts) if phrases else None
    shares = sector.shares if sector else None
    asked = Asked(shares, named_by(brief, texts))
    terms = scored_terms(brief, meaning, rows, texts, asked)
    gates = gates_of(brief, meaning, rows, texts, shares)
    return pass_gates(chain(gates, something_known(terms)), rows.num_rows), terms, sector


def named_by(brief: Brief, texts: Texts) -> Regard:
    """Who names the brand of a brief, and how."""
    return texts.naming(brief.brand_terms or [brief.brand])


class _Lines:
    """Turns row numbers into lines of the shortlist, fetching what only those few people need."""

    def __init__(
        self, present: Present, brief: Brief, terms: list[Scored], passed: Passed, sector: Sector | None, named: Regard
    ) -> None:
        self.present, self.brief, self.rows = present, brief, present.table.rows
        self.terms, self.passed, self.named = terms, passed, named
        self.warmth = warmth_of(brief, named, sector.shares if sector else None)
        self.known, self.possible = totals(terms, self.rows.num_rows)
        self.others, self.places = others_of(present.workspace), dict[str, int]()
        self.listed = on_lists(present)

    @property
    def order(self) -> NDArray[np.int64]:
        """Everybody who fits, best first."""
        return self._order(self.passed.inside)

    def make(self) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
        """Return the matches in order, and those that could not be checked, by the same order."""
        inside = self.order[: self.brief.limit]
        doubtful = self._order(self.passed.unchecked)[:UNCHECKED_SHOWN]
        posts = posts_of(
            self.present.workspace, self.present.corpus, self._accounts(inside), self._words(), present=self.present
        )
        self.places = {account: place for place, account in enumerate(self._accounts(inside), start=1)}
        matches = tuple(self._line(int(row), rank, posts) for rank, row in enumerate(inside, start=1))
        return matches, tuple(self._line(int(row), rank, None) for rank, row in enumerate(doubtful, start=1))

    def _order(self, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
        rows = np.flatnonzero(wanted)  # already by account id, which decides ties
        return rows[np.argsort(-self.known[rows], kind="stable")]

    def _accounts(self, rows: NDArray[np.int64]) -> list[str]:
        return self.rows.column("account").take(pa.array(rows)).to_pylist()

    def _words(self) -> dict[str, list[str]]:
        """What to look for in posts as evidence: the sector, the wishes. Those that name the brand are known."""
        asked = {
            "sector_share": list(self.brief.segments.get("sector", ())),
            "persona_match": [persona.text for persona in self.brief.personas if not persona.never],
        }
        return {why: phrases for why, phrases in asked.items() if any(words_of(phrase) for phrase in phrases)}

    def _line(self, row: int, rank: int, posts: PostsOf | None) -> Match:
        found: dict[str, Any] = self.rows.slice(row, 1).to_pylist()[0]
        terms = tuple(term.term(row) for term in self.terms)
        strongest = sorted(terms, key=lambda term: -(term.points or 0.0))
        account = found["account"]
        return Match(
            rank=rank,
            account=account,
            platform=found["platform"],
            handle=found["handle"],
            name=found["name"],
            bio=found["bio"],
            url=found["url"],
            score=float(self.known[row]),
            score_most=float(self.possible[row]),
            terms=terms,
            values={name: Value(signal=name, **found[name]) for name in SIGNALS},
            sentences=tuple(term.sentence for term in strongest if term.points is not None)[:SENTENCES_SHOWN],
            evidence=self._evidence(row, account, posts) if posts else (),
            posts_by_month=posts.by_month(account) if posts else (),
            topics=posts.topics(account) if posts else (),
            topics_from=posts.topics_from(account) if posts else None,
            checks=(*self._listed(account), *self._checks(row, account, posts)),
            unchecked=tuple(name for name, unknown in self.passed.unknown_at.items() if unknown[row]),
        )

    def _checks(self, row: int, account: str, posts: PostsOf | None) -> tuple[Check, ...]:
        if posts is None:
            return ()
        warmth = self.warmth(row)
        if warmth.kind == CRITIC:
            warmth = replace(warmth, posts=self._naming(row, account, posts, CRITICAL)[:POSTS_SHOWN])
        return (*self._same(account), *checks_of(self.brief, account, posts), warmth)

    def _evidence(self, row: int, account: str, posts: PostsOf) -> tuple[Evidence, ...]:
        """Posts behind the reasons: first those that name the brand, with the words or by a tag."""
        naming = {one.post: one for one in self._naming(row, account, posts)[:NAMING_SHOWN]}
        others = {one.post: one for one in posts.evidence(account, EVIDENCE_SHOWN) if one.post not in naming}
        return tuple((naming | others).values())[:EVIDENCE_SHOWN]

    def _naming(self, row: int, account: str, posts: PostsOf, how: int | None = None) -> tuple[Evidence, ...]:
        mine = {post["post"]: post for post in posts.posts.get(account, [])}
        return tuple(as_evidence(mine[one], "kinship") for one in self.named.posts_of(row, how) if one in mine)

    def _listed(self, account: str) -> tuple[Check, ...]:
        """What the lists say of it, where they say where the talks stand or write the fee in words."""
        said = self.listed.get(account)
        return (as_listed(said),) if said and (said.status or said.fee) else ()

    def _same(self, account: str) -> tuple[Check, ...]:
        """Other accounts of the same person, where somebody confirmed some."""
        others = self.others.get(account, ())
        return (same_person(called(self.rows, others), self.places),) if others else ()


def _notes(brief: Brief, meaning: Definition, sector: Sector | None, rows: pa.Table) -> list[str]:
    notes = notes_on(brief.segments["sector"], sector) if sector else []
    if nobody := of_nobody(brief.exclude, rows):
        notes.append(f"Nobody in the data is called {', '.join(nobody)}: that exclusion left nobody out.")
    notes += segments.of_nobody(brief.segments, rows)
    by = brief.objective.get("by")
    if by and by < datetime.now(UTC).date():
        notes.append(
            f"The brief is to reach its objective by {by:%Y-%m-%d}, which has passed; the list is made all the same."
        )
    missing = [name for name in ("tone", "age", "sex") if brief.segments.get(name)]
    if missing:
        notes.append(f"The brief asks for {' and '.join(missing)}, which is not measured; it was not applied.")
    if meaning.lacks:  # in one line: what somebody reads five times alike is not read
        notes.append(f"{meaning.title} also asks for what is not measured yet: {'; '.join(meaning.lacks)}.")
    return notes


def why_empty(passed: Passed) -> str:
    """Why nobody fits, and without which condition somebody would."""
    if not passed.results or not passed.results[0].before:
        return "Nobody is in the data yet: import accounts and posts first."
    doubtful = int(passed.unchecked.sum())
    last = passed.results[-1]
    if last.name == SOMETHING_KNOWN and last.before - last.removed == last.unknown:
        removing = [gate for gate in passed.results if gate.removed]
        out = "; ".join(f"“{gate.says}” took out {gate.removed:,}" for gate in removing[:3])
        return (
            f"Nothing that this brief asks for is known of the {last.unknown:,} people who are left; they are listed apart. "
            f"{f'Of the others, {out}. ' if out else ''}"
            "Import the posts of those who are left, with likes and comments where you have them, or ask for less."
        )
    more = f" {doubtful:,} people could not be checked and are listed apart." if doubtful else ""
    nearest = sorted((gate for gate in passed.results if gate.would_fit), key=lambda gate: -gate.would_fit)
    if not nearest:
        return f"Nobody passed every condition, and dropping no single one of them would help.{more}"
    ways = "; ".join(f"without “{gate.says}” {gate.would_fit:,} would fit" for gate in nearest[:3])
    return f"Nobody passed every condition: {ways}.{more}"


def _context(rows: pa.Table) -> tuple[tuple[str, float, float], ...]:
    """At most 2,000 accounts with followers and a like rate, drawn by id order, for the picture of the population."""
    followers, rates = (pc.struct_field(in_one(rows.column(name)), "value") for name in ("followers", "like_rate"))
    known = pc.and_(pc.is_valid(followers), pc.is_valid(rates))
    found = pa.table({"a": rows.column("account"), "f": followers, "r": rates}).filter(known)
    step = max(1, found.num_rows // CONTEXT_SHOWN)
    chosen = found.take(pa.array(np.arange(0, found.num_rows, step)[:CONTEXT_SHOWN]))
    return tuple(zip(*(chosen.column(name).to_pylist() for name in ("a", "f", "r")), strict=True))

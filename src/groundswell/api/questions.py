"""Every question of the API, declared once: its name, how it is asked, what answers it, and what the answer looks like.

    GET <path>          the HTTP API (`routes`)
    tool <name>         the server for assistants (`groundswell.mcp`), for those that are of use to one

Both take name, description and parameters from here, and both give back what `answer` gives: plain values as JSON can hold them,
unknown as null with its reason beside it. A question that is added here is asked through every door.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from groundswell.advocacy import Audit, Census, SheetReview, Staff
from groundswell.api import asking
from groundswell.api.answers import Answers, Overview
from groundswell.api.briefs import Options
from groundswell.api.live import fetched, forecast_of, needed, sources_as_json
from groundswell.api.people import PeoplePage
from groundswell.coach import Coaching
from groundswell.definitions import Overlaps, load_benchmarks, load_definitions, load_tier_sets
from groundswell.discover import Shortlist
from groundswell.errors import UnknownNameError
from groundswell.explain import Explanation, Lookalikes, SideBySide, signal_sql
from groundswell.explain.labelling import labels
from groundswell.exports import shortlist_as_json
from groundswell.exports.plans import plan_as_json
from groundswell.exports.tables import plain
from groundswell.fetch import Asked, purge
from groundswell.fetch.exports import letter
from groundswell.plan import Plan
from groundswell.signals import SIGNALS
from groundswell.sources.doors import all_ways
from groundswell.store import Import, unfinished


@dataclass(frozen=True)
class Question:
    """One question; see the module."""

    name: str
    path: str
    summary: str
    tag: str
    reads: Callable[..., Any]
    """From plain parameters to what `answer` is asked with; its signature is the question's schema."""
    answer: Callable[[Answers, Any], Any]
    """What is known, as plain values."""
    model: Any = None
    """The type that describes the answer; None where no single one does."""
    says: str = ""
    """What somebody should know who reads only this, after the summary."""
    lists: tuple[str, ...] = ()
    """Parts of the answer that grow with the data: a tool gives the first of them and says how many more there are."""
    tool: bool = True
    """Whether it is of use to an assistant that cannot see pages."""
    numbers: bool = True
    """Whether it needs the numbers of everybody, which take a while to compute after an import."""


def signal_as_json(name: str) -> dict[str, Any]:
    """Everything that a signal's declaration says."""
    if name not in SIGNALS:
        raise UnknownNameError("signal", name, SIGNALS)
    one = SIGNALS[name]
    parts = ("name", "title", "question", "unit", "better", "explains", "says", "unknown", "source", "lifecycle")
    return {part: getattr(one, part) for part in parts} | {"needs": list(one.needs)}


def import_as_json(one: Import) -> dict[str, Any]:
    """An import with the number of rows that became records."""
    return vars(one) | {"rows_read": one.rows_read}


def _signals(answers: Answers, account: str | None) -> Any:
    if account is None:
        return [signal_as_json(name) for name in SIGNALS]
    found = answers.person(account)
    shown = ("account", "profile", "values", "sentences", "simulated", "facts_version")
    return plain({name: getattr(found, name) for name in shown})


def _definitions(answers: Answers) -> Any:
    kinds: dict[str, Any] = {
        "meaning": load_definitions(answers.folder),
        "tiers": load_tier_sets(answers.folder),
        "benchmark": load_benchmarks(answers.folder),
    }
    return plain([{"kind": kind, **asdict(one)} for kind, some in kinds.items() for one in some.values()])


def _imports(answers: Answers) -> Any:
    left = {one.id for one in unfinished(answers.workspace)}
    return plain([import_as_json(one) | {"to_sweep": one.id in left} for one in answers.imports()])


def _one_import(answers: Answers, number: int) -> Any:
    return plain(import_as_json(answers.import_by_id(number)) | {"set_aside": answers.set_aside(number)})


def _forecast(_: Answers, asked: Asked) -> Any:
    lacking = needed(asked)
    lacks = {"what": lacking.what, "means": lacking.means, "next_step": lacking.next_step} if lacking else None
    return plain({"asked": asked, "forecast": forecast_of(asked), "lacks": lacks})


QUESTIONS: tuple[Question, ...] = (
    Question(
        "overview", "/index.json", "What the workspace holds", "people", asking.nothing,
        lambda answers, _: plain(answers.overview()), Overview,
        says="Begin here: how many people and rows there are, what could not be read, what is unknown and why.",
    ),
    Question(
        "people", "/people.json", "A page of the list of people", "people", asking.asked_of,
        lambda answers, asked: plain(answers.people(asked)), PeoplePage, lists=("rows",),
    ),
    Question(
        "explain", "/person.json", "One person, explained", "people", asking.person_of,
        lambda answers, asked: plain(answers.person(asked.account, asked.definition, with_sql=asked.sql)), Explanation,
        says="First the gist: what stands out, what is uncertain, what is missing; then a sentence a signal with its 90 % interval, "
        "the posts behind it, tiers, and what each definition says.",
    ),
    Question(
        "compare", "/compare.json", "Two people side by side", "people", asking.pair_of,
        lambda answers, asked: plain(answers.compared(asked.account, asked.other, asked.definition)), SideBySide,
        says="Somebody is surely higher only where the 90 % intervals do not overlap; what is unknown of one is named. Nobody wins.",
    ),
    Question(
        "like", "/like.json", "Who is like somebody", "people", asking.like_of,
        lambda answers, asked: plain(answers.like(asked.account, asked.limit, anywhere=asked.anywhere)), Lookalikes,
        lists=("people",), says="By what they say, in which language, and how they go about it, with what they share. Never by followers.",
    ),
    Question(
        "contests", "/contests.json", "Numbers that somebody says are wrong", "people", asking.nothing,
        lambda answers, _: plain(answers.contests()), lists=("",), numbers=False,
        says="Hidden everywhere (unknown, contested) while open or upheld; who said what, when and why, and every review.",
    ),
    Question(
        "brief", "/brief.json", "How many people each condition leaves", "marketer", asking.form_of,
        lambda answers, form: plain(answers.options(form)), Options,
        says="Ask it before `discover` when a brief leaves nobody.",
    ),
    Question(
        "discover", "/shortlist.json", "People ranked for a brief, with reasons", "marketer", asking.form_of,
        lambda answers, form: shortlist_as_json(answers.shortlist(form)), Shortlist, lists=("matches", "unchecked"),
        says="Gates come first and say whom they removed; who could not be checked stands apart, neither in nor out.",
    ),
    Question(
        "plan", "/plan.json", "A budget divided among twenty to forty people", "marketer", asking.plan_of,
        lambda answers, form: plan_as_json(answers.plan(form)), Plan, lists=("picks", "left_out", "overlaps"),
        says="Whom, for how much, what each adds, what to expect from past posts, and how far at most from the best possible.",
    ),
    Question(
        "review", "/sheet.json", "A list reviewed", "marketer", asking.sheet_of,
        lambda answers, asked: plain(answers.sheet(asked.list, asked.big)), SheetReview, lists=("accounts",),
        says="Who is in it twice, which fees are unusual for the size, what is unknown and which file would settle it.",
    ),
    Question(
        "audit", "/audit.json", "A roster sorted", "marketer", asking.of_list,
        lambda answers, number: plain(answers.audit(number)), Audit, lists=("accounts", "same_words"),
        says="Specialist, everyday voice, new, stalled, big or cannot tell, with what to ask about. Nobody is called fake.",
    ),
    Question(
        "coach", "/coach.json", "An account, spoken to as its owner", "creator", asking.account_of,
        lambda answers, name: plain(answers.coaching(name)), Coaching,
        says="What it stands for, who waits for an answer, what it sparked, and one next step a week with its source.",
    ),
    Question(
        "advocates_staff", "/staff.json", "Colleagues of a company", "company", asking.staff_of,
        lambda answers, asked: plain(answers.staff(asked.list, asked.company, asked.not_ours)), Staff,
        lists=("colleagues", "same_words"),
        says="Who has a subject of their own, who posts one text together, and a first step. For volunteers only.",
    ),
    Question(
        "advocates_census", "/census.json", "Everybody who mentions a company", "company", asking.census_of,
        lambda answers, asked: plain(answers.census(asked)), Census, lists=("voices", "colleagues", "itself"),
        says="Big and small, most unpaid mentions first. Being found is no consent.",
    ),
    Question(
        "imports", "/imports.json", "What was brought in", "imports", asking.nothing,
        lambda answers, _: _imports(answers), lists=("",), numbers=False,
    ),
    Question(
        "set_aside", "/import.json", "One import and the rows it set aside", "imports", asking.import_of, _one_import,
        lists=("set_aside",), numbers=False,
    ),
    Question(
        "sources", "/sources.json", "Ways into every network: what is fetched, what comes as a file", "imports", asking.nothing,
        lambda _, __: plain({"sources": sources_as_json(), "ways": all_ways()}), lists=("sources", "ways"), numbers=False,
        says="At which pace each may be asked, on which terms, and for how long what it gives may be kept.",
    ),
    Question(
        "forecast", "/fetch.json", "What a fetch would take, without asking anybody", "imports", asking.fetch_of,
        _forecast, numbers=False,
        says="Requests, time and money at most. Fetching itself is begun by a person, on the page or with `groundswell fetch`.",
    ),
    Question(
        "fetches", "/fetches.json", "What was fetched, and what was not covered", "imports", asking.nothing,
        lambda answers, _: plain(fetched(answers.workspace)), lists=("",), numbers=False,
        says="How a sample came about is a part of every result drawn from it.",
    ),
    Question(
        "leaving", "/purge.json", "What may not be kept any longer", "imports", asking.leaving_of,
        lambda answers, undone: plain(purge(answers.workspace, undone=undone, dry_run=True)), tool=False, numbers=False,
        says="Looking takes nothing away; a person does, on the page or with `groundswell purge`.",
    ),
    Question(
        "ask", "/ask.json", "A letter that asks somebody for an export of their own data", "imports", asking.letter_of,
        lambda _, asked: plain(letter(asked.who, asked.platform, brand=asked.brand, because=asked.because)), numbers=False,
        says="For networks that answer only to their members, with the steps of theirs. It sends nothing.",
    ),
    Question(
        "labels", "/labels.json", "Accounts that the user knows to be genuine or false", "people", asking.nothing,
        lambda answers, _: plain(labels(answers.workspace)), tool=False, numbers=False,
    ),
    Question(
        "signals", "/signals.json", "What can be known of an account, and how", "declarations",
        asking.maybe_account_of, _signals,
        says="With an account: its values, each with interval, rows behind it, or why it is unknown.", numbers=False,
    ),
    Question(
        "signal", "/signal.json", "One signal with its query", "declarations", asking.name_of,
        lambda _, name: plain(signal_as_json(name) | {"sql": " ".join(signal_sql(name).split())}), tool=False,
    ),
    Question(
        "definitions", "/definitions.json", "What people mean by micro-influencer, tiers and usual rates",
        "declarations", asking.nothing, lambda answers, _: _definitions(answers), lists=("",),
        says="Each in its author's words, with objections. They are never averaged.", numbers=False,
    ),
    Question(
        "definitions_overlap", "/overlap.json", "How far the definitions agree on the people here", "declarations",
        asking.nothing, lambda answers, _: plain(answers.overlaps()), Overlaps,
        says="Each picks the best tenth by its own score; people in both picks, divided by people in either.",
    ),
)  # fmt: skip

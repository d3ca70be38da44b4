"""The loop of a fetch: the next page, kept with its cursor, whom it names and what it opens, in one transaction; and again.

A list is read until it ends, until it is enough, or until it is plain that it leads nowhere: a cursor that was asked before and
stays so when asked twice more, or ten empty pages in a row. A place in a list that the network does not know any more means to
begin that list anew, three times at most; rows that come twice are one. Among open streams the nearest to the beginning comes
first, then the one with fewest pages, so that every list gets its first page before one gets its second.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any
from urllib.parse import urlsplit

import pytz

from groundswell.errors import SourceLimitError, SourceSilentError, UnsafeAddressError
from groundswell.fetch.asking import Asked, introductions, lists_of_people, lists_of_posts
from groundswell.fetch.paying import paid
from groundswell.fetch.promising import BY_LOT, DRY, count_fits, looked_for, speaks
from groundswell.sources.client import Answer, Client
from groundswell.sources.declaring import JSON, MILLION, NEEDS, Looked, Source, Stream, Todo
from groundswell.sources.values import ODD
from groundswell.store import Workspace
from groundswell.store.fetches import (
    Noted,
    StreamRow,
    ToOpen,
    cursors_asked,
    fits_of,
    look_at_people,
    next_stream,
    note_page,
    note_stream,
    people_counts,
    promises_of,
)
from groundswell.store.looks import subjects_asked

LOOKS = 3
"""Times that one page is asked for when what comes makes no sense (design choice)."""
EMPTY_IN_A_ROW = 10
"""Empty pages after which a list counts as leading nowhere; networks do send some, where they hide what is on them (design choice)."""
ROUNDS = 3
"""Times that a list is begun anew because its place was no longer known (design choice)."""
WORDS = {
    "gone": "it is not there any more",
    "login": "only people who are logged in may see it",
    "refused": "the network said no",
    "loop": "the list led back to a place where it had been",
    "failed": "what came was not of the shape that was expected",
}
"""Why a stream ended before its end."""


@dataclass(frozen=True)
class Step:
    """Where a fetch is, after a page."""

    requests: int
    budget: int
    people: int
    """Looked at until now."""
    people_wanted: int
    left_in_window: int
    """Requests that the host says, or its limit allows, before it asks to wait."""
    what: str
    """What was asked just now."""


Progress = Callable[[Step], None]


@dataclass
class Collecting:
    """One run of the loop over one fetch."""

    workspace: Workspace
    source: Source
    fetch: int
    asked: Asked
    client: Client
    progress: Progress | None = None
    _begun: tuple[int, int] = (0, 0)
    _own: list[str] = field(default_factory=lambda: [])
    _about_posts: list[str] = field(default_factory=lambda: [])
    _dry: int = 0
    """People in a row, in this run, who do not speak of what is looked for."""
    _silent: set[str | None] = field(default_factory=lambda: set())
    """Hosts that did not answer in this run, however often they were asked: they are left alone until the next one."""
    _here: Step | None = None
    """What was said last of where it is."""
    _wasted: int = 0
    """Money of this run for answers that made no sense and were asked for again, in millionths."""

    def run(self) -> str:
        """Ask until there is nothing left (an empty answer) or a bound is met (which one).

        Errors: SourceSilentError, SourceLimitError; what was kept until then stays kept.
        """
        self._own, self._about_posts = lists_of_people(self.asked, self.source), lists_of_posts(self.asked, self.source)
        budget = self.client.sent + self.asked.requests
        self.client.told = self._say_why_it_waits
        while self.client.sent < budget:
            stream = next_stream(self.workspace.state, self.fetch)
            if stream is None:
                if self._dry >= DRY:
                    return f"Of the last {DRY} people nobody speaks of what was looked for."
                if not self._look_at_more():
                    return ""
                continue
            if self._too_dear(stream):
                return f"The next page may cost more than is left of the {self.asked.spend:,.2f} that this fetch may cost. Allow more, and it goes on (--resume --spend MORE)."
            self._begun = (self.client.sent, self.client.repeated)
            if self._here is None:
                self._say(stream, budget)
            self._ask(stream)
            self._say(stream, budget)
        return f"The {self.asked.requests:,} requests of this run are spent."

    # -- people ------------------------------------------------------------------------------------------------------------

    def _look_at_more(self) -> Sequence[str]:
        """Choose whom to look at next, out of those who were named."""
        counts = people_counts(self.workspace.state, self.fetch)
        looked_at = sum(count for (state, _), count in counts.items() if state == "asked")
        # What the last ones were like bears on whom to look at next, so that they are few at a time where something is looked for.
        together = self.source.streams[self.source.introduce].page * (1 if self.asked.about else 4)
        return look_at_people(
            self.workspace.state, self.fetch, min(self.asked.people - looked_at, together), self.asked.hops,
            lambda chosen, depth: introductions(self.source, chosen, depth), by_lot=BY_LOT if self.asked.about else 0,
        )  # fmt: skip

    # -- what is bounded ---------------------------------------------------------------------------------------------------

    def _too_dear(self, stream: StreamRow) -> bool:
        """Whether even the shortest page that may be asked for may cost more than is left."""
        declared = self.source.streams[stream.name]
        return declared.costs > 0 and _price_of(declared, stream) > self._left_to_spend()

    def _left_to_spend(self) -> float:
        """In millionths; without end where nothing is to be paid."""
        if self.source.price is None or self.asked.spend is None:
            return inf
        return self.asked.spend * MILLION - paid(self.workspace.state, self.source, self.fetch) - self._wasted

    def _items(self, stream: StreamRow, declared: Stream) -> int:
        """How many items the next page is asked for: as many as are wanted, and as may still be paid."""
        wanted, left = _wanted(declared, stream), self._left_to_spend() if declared.costs else inf
        return wanted if left == inf else max(declared.least, min(wanted, int(left // declared.costs)))

    def _rationed(self, stream: StreamRow) -> str:
        """Why a subject may not be asked about, where only so many different ones may be in some days."""
        ration = self.source.ration
        if ration is None or stream.name != ration.stream:
            return ""
        since = datetime.fromtimestamp(self.client.clock(), UTC) - timedelta(days=ration.days)
        asked = subjects_asked(self.workspace.state, self.source.id, ration.stream, since)
        if stream.subject in asked or len(asked) < ration.different:
            return ""
        return (
            f"{ration.different} different ones were asked about in {ration.days} days: that is all the network allows"
        )

    # -- one page ----------------------------------------------------------------------------------------------------------

    def _ask(self, stream: StreamRow) -> None:
        declared = self.source.streams[stream.name]
        if declared.needs != "nothing" and not self.client.headers:
            self._end(stream, "login", f"It needs {NEEDS[declared.needs]}. {declared.instead}".strip())
            return
        if why := self._rationed(stream):
            self._end(stream, "refused", why)
            return
        host = None
        try:
            host = self._host_of(stream, declared)
            if host in self._silent:
                self._end(stream, "failed", f"{host} did not answer before, and was not asked again in this run.")
                return
            answer, looked = self._page(stream, declared)
        except UnsafeAddressError as error:
            self._end(stream, "refused", error.what)
        except (SourceSilentError, SourceLimitError) as error:
            # One of many small servers that is down, or wants to be left alone, does not stop a fetch; the network's own door does.
            if host in self.source.hosts:
                raise
            self._silent.add(host)
            self._end(stream, "failed", error.what)
        except ODD as error:
            self._end(stream, "failed", f"{WORDS['failed']} ({type(error).__name__})")
        else:
            self._take(stream, declared, answer, looked)

    def _page(self, stream: StreamRow, declared: Stream) -> tuple[Answer, Looked | None]:
        """Ask for a page, again when it makes no sense: another shape, a refusal in no words, a cursor that leads back."""
        items = self._items(stream, declared)
        ask, price = declared.ask(stream.subject, stream.cursor, items), _price_of(declared, stream, items)
        if declared.goes_on or self.source.may_keep:
            ask = replace(ask, whole=True)  # what is remembered of answers are their bodies, as they came
        asked_before = (
            cursors_asked(self.workspace.state, stream) | {stream.cursor} if declared.page > 1 else set[Any]()
        )
        answer, looked = self.client.ask(ask), None
        for again in range(LOOKS):
            if again:
                self._wasted += price
                if price > self._left_to_spend():
                    break
                answer = self.client.ask(ask)
            looked = _looked(declared, stream, answer)
            if looked and not (looked.cursor and looked.cursor in asked_before):
                break
            if looked is None and answer.status != 200 and (isinstance(answer.said, dict) or ask.accept != JSON):
                break
        return answer, looked

    def _host_of(self, stream: StreamRow, declared: Stream) -> str | None:
        return urlsplit(declared.ask(stream.subject, stream.cursor, 1).url).hostname

    def _take(self, stream: StreamRow, declared: Stream, answer: Answer, looked: Looked | None) -> None:
        if looked is not None:
            self._keep(stream, declared, answer, looked)
        elif answer.status == 200:
            self._end(stream, "failed", WORDS["failed"])
        else:
            self._refused(stream, declared, answer)

    def _refused(self, stream: StreamRow, declared: Stream, answer: Answer) -> None:
        why = self.source.refusal(answer.status, answer.body)
        several = stream.subject.split("\n")
        if why == "limit":
            raise _spent(self.source, answer)
        if why == "cursor" and stream.round < ROUNDS:
            self._end(stream, "open", "", cursor=None, round=stream.round + 1, got=0, empty=0)
        elif declared.introduces and len(several) > 1:
            # One of them spoils the answer for all: they are asked for one by one.
            alone = [ToOpen(self.source.alone, one, stream.depth, stream.rank) for one in several]
            self._keep_refusal(stream, answer, "done", "", alone)
        elif instead := _instead(declared, stream, why):
            opened = [ToOpen(instead.stream, instead.subject, stream.depth, stream.rank)]
            self._keep_refusal(stream, answer, "done", "", opened)
        elif why == "gone":
            self._keep_refusal(stream, answer, "gone", _said(answer) or WORDS["gone"], ())
        else:
            note = f"{WORDS.get(why, WORDS['refused'])} ({_said(answer) or answer.status}). {declared.instead}".strip()
            self._end(stream, why if why in WORDS else "refused", note)

    def _keep_refusal(self, stream: StreamRow, answer: Answer, state: str, note: str, opened: Sequence[ToOpen]) -> None:
        """What the network says of somebody who is gone is a page like others: it tells what has to go here as well."""
        noted = Noted(
            self.workspace.raw.keep(answer.body), len(answer.body), 0, answer.status, _moment(answer),
            stream={"state": state, "note": note[:300]}, open=opened,
        )  # fmt: skip
        self._note(stream, noted)

    def _keep(self, stream: StreamRow, declared: Stream, answer: Answer, looked: Looked) -> None:
        body = self._that_may_be_kept(declared, answer)
        introduced = looked.people if declared.introduces else ()
        columns = self._progress_of(stream, looked) | {"fits": self._fits(stream, answer.said)}
        noted = Noted(
            self.workspace.raw.keep(body), len(body), looked.items, answer.status, _moment(answer),
            stream=columns,
            open=[*self._todo(stream, looked), *self._lists_of(introduced, stream, looked), *self._lists_of_posts(stream, looked)],
            found=() if declared.introduces else looked.people,
            depth=stream.depth if declared.introduces else stream.depth + 1,
            asked=introduced, promise=int(self._speaks(stream, columns)),
        )  # fmt: skip
        self._note(stream, noted)

    def _fits(self, stream: StreamRow, said: Any) -> int:
        """How many posts of somebody's speak of what is looked for, on this page and those before."""
        pattern = looked_for(self.asked.about)
        if pattern is None or stream.name != self.source.offers["posts"]:
            return stream.fits
        fits = stream.fits + count_fits(said, pattern)
        if stream.depth > 0 and not stream.pages:
            self._dry = 0 if fits else self._dry + 1
        return fits

    def _speaks(self, stream: StreamRow, columns: dict[str, Any]) -> bool:
        """Whether whose list it is speaks of what is looked for, as far as their posts were read."""
        if not self.asked.about:
            return False
        posts = self.source.offers["posts"]
        here = stream.name == posts
        return speaks(
            *(
                (columns["fits"], columns["got"])
                if here
                else fits_of(self.workspace.state, self.fetch, posts, stream.subject)
            )
        )

    def _that_may_be_kept(self, declared: Stream, answer: Answer) -> bytes:
        """The page as it came, or without those who asked not to be listed."""
        if self.source.may_keep is None:
            return answer.body
        return json.dumps(self.source.may_keep(declared.name, answer.said), ensure_ascii=True).encode()

    def _progress_of(self, stream: StreamRow, looked: Looked) -> dict[str, Any]:
        """Where the stream stands after a page."""
        got, empty = stream.got + looked.items, 0 if looked.items else stream.empty + 1
        columns: dict[str, Any] = {"got": got, "empty": empty, "cursor": looked.cursor}
        columns["unlisted"] = stream.unlisted + looked.unlisted
        if looked.missing and not looked.items:
            return columns | {"state": "gone", "note": WORDS["gone"]}
        if looked.cursor is None:
            return columns | {"state": "done"}
        if looked.cursor in cursors_asked(self.workspace.state, stream) | {stream.cursor}:
            return columns | {"state": "loop", "note": WORDS["loop"]}
        if empty >= EMPTY_IN_A_ROW:
            return columns | {"state": "loop", "note": f"{empty} empty pages in a row"}
        if stream.wanted is not None and got >= stream.wanted:
            return columns | {"state": "enough"}
        return columns

    def _todo(self, stream: StreamRow, looked: Looked) -> list[ToOpen]:
        streams = self.source.streams
        return [
            ToOpen(one.stream, one.subject, stream.depth, stream.rank, self.asked.each if streams[one.stream].page > 1 else None)
            for one in looked.todo
        ]  # fmt: skip

    def _lists_of(self, people: Sequence[str], stream: StreamRow, looked: Looked) -> list[ToOpen]:
        totals = {(one.stream, one.subject): number for one, number in looked.totals}
        promised = promises_of(self.workspace.state, self.fetch, people) if self.asked.about else {}
        subjects = [(looked.addressed.get(person, person), promised.get(person, 0)) for person in people]
        return [
            ToOpen(name, subject, stream.depth, rank, self.asked.each, totals.get((name, subject)), promise=promise)
            for subject, promise in subjects
            for rank, name in enumerate(self._own)
        ]

    def _lists_of_posts(self, stream: StreamRow, looked: Looked) -> list[ToOpen]:
        """The newest posts of an account, of its first page."""
        if stream.pages or not self._about_posts:
            return []
        newest = list(dict.fromkeys(looked.posts))[: self.asked.posts]
        return [
            ToOpen(name, post, stream.depth, len(self._own) + rank, self.asked.each)
            for post in newest
            for rank, name in enumerate(self._about_posts)
        ]

    # -- noting ------------------------------------------------------------------------------------------------------------

    def _note(self, stream: StreamRow, noted: Noted) -> None:
        note_page(self.workspace.state, stream, noted, **self._spent())

    def _end(self, stream: StreamRow, state: str, note: str, **columns: Any) -> None:
        note_stream(self.workspace.state, stream, state=state, note=note[:300], **columns, **self._spent())

    def _spent(self) -> dict[str, int]:
        return {
            "requests": self.client.sent - self._begun[0],
            "repeated": self.client.repeated - self._begun[1],
        }

    def _say(self, stream: StreamRow, budget: int) -> None:
        if self.progress is None:
            return
        counts = people_counts(self.workspace.state, self.fetch)
        looked_at = sum(count for (state, _), count in counts.items() if state == "asked")
        left = min(self.client.left.values(), default=self.source.limits[0].requests)
        sent = self.asked.requests - (budget - self.client.sent)
        what = self.source.streams[stream.name].says
        self._here = Step(sent, self.asked.requests, looked_at, self.asked.people, left, what)
        self.progress(self._here)

    def _say_why_it_waits(self, why: str) -> None:
        """Whoever watches can tell a server that is slow, or wants to be left alone, from a program that hangs."""
        if self.progress and self._here:
            self.progress(replace(self._here, what=why))


def _instead(declared: Stream, stream: StreamRow, why: str) -> Todo | None:
    """What to ask where this was refused, if anything."""
    ways = {"gone": declared.otherwise, "refused": declared.elsewhere}
    way = ways.get(why)
    return way(stream.subject) if way else None


def _wanted(declared: Stream, stream: StreamRow) -> int:
    """How many items a page is asked for."""
    if stream.wanted is None:
        return declared.page
    return min(declared.page, max(declared.least, stream.wanted - stream.got))


def _price_of(declared: Stream, stream: StreamRow, items: int | None = None) -> int:
    """What a page of so many items may cost; the shortest one where no number is said."""
    several = declared.about in ("accounts", "posts")
    return declared.costs * (stream.subject.count("\n") + 1 if several else items or declared.least)


def _looked(declared: Stream, stream: StreamRow, answer: Answer) -> Looked | None:
    """What a page holds; None for a refusal, and for what is of another shape."""
    if answer.status != 200:
        return None
    try:
        look_at = declared.look_at
        looked = (
            look_at(stream.subject, answer.said, answer.url) if look_at else declared.look(stream.subject, answer.said)
        )
        return replace(looked, cursor=declared.goes_on(answer.headers)) if declared.goes_on else looked
    except ODD:
        return None


def _spent(source: Source, answer: Answer) -> SourceLimitError:
    """Say when what a key may spend begins anew."""
    now = datetime.fromtimestamp(answer.fetched_at, UTC)
    until = _next_midnight(now, source.quota.zone) if source.quota else now + timedelta(hours=1)
    return SourceLimitError(
        f"{source.title} says that the quota of this key is spent ({_said(answer) or answer.status}).",
        until=until.timestamp(),
        means=f"It begins anew at {until:%H:%M UTC on %d %B}. What was fetched until now is kept.",
        next_step="Go on then with `groundswell fetch --resume`.",
    )


def _next_midnight(now: datetime, zone: str) -> datetime:
    there = pytz.timezone(zone)
    tomorrow = now.astimezone(there).date() + timedelta(days=1)
    return there.localize(datetime(tomorrow.year, tomorrow.month, tomorrow.day)).astimezone(UTC)  # noqa: DTZ001  localize makes it aware


def _said(answer: Answer) -> str:
    """Why the network refuses, in its own words; some put them one level down."""
    said = answer.said if isinstance(answer.said, dict) else {}
    inner = said.get("error")
    said = inner if isinstance(inner, dict) else said
    return str(said.get("message") or said.get("detail") or said.get("error") or "")[:200]


def _moment(answer: Answer) -> datetime:
    return datetime.fromtimestamp(answer.fetched_at, UTC)

"""Whom and what to look at again: requests are spent where numbers still move.

A post gets most of its likes in its first days, and the older it is, the less happens in an hour; so it is due again when since the
last look a quarter of the age that it had then has passed (design choice), and never more often than every hour. After thirty days
it is left alone. An account is due after a day. Of all that is due the most overdue comes first: an hour late for a post of four
hours counts as much as a day late for one of four days.

What was asked about in vain (a server that is down, an account that is closed) counts as looked at: else it would stay the most overdue
for ever, and nothing else would have its turn. A post cannot be younger than when it was first seen, whatever its date says.

A feed counts nobody: it is due a day after it was last looked at, with a conditional request, where it was found then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from groundswell.errors import UsageError
from groundswell.fetch.asking import Forecast, summed, together
from groundswell.sources.declaring import Source
from groundswell.store import Workspace
from groundswell.store.fetches import ToOpen
from groundswell.store.looks import last_looks, last_tries

YOUNG_DAYS = 30
SHARE_OF_AGE = 0.25
LEAST_HOURS = 1
ACCOUNT_HOURS = 24

TRIED = 'least(greatest(known.seen, coalesce(tried."at", known.seen)), $now)'
"""When it was looked at, or should have been."""
POSTS_DUE = f"""
WITH known AS (
    SELECT post, substr(post, length($prefix) + 1) AS id, max(observed_at) AS seen, min(observed_at) AS first FROM post_history
    WHERE starts_with(post, $prefix) AND NOT contains(post, ':~') AND likes IS NOT NULL GROUP BY post
), looked AS (
    SELECT post, {TRIED} AS seen, least(created_at, first) AS made FROM known JOIN posts USING (post) LEFT JOIN tried USING (id)
    WHERE created_at IS NOT NULL
), late AS (
    SELECT post, epoch($now - seen) / greatest({SHARE_OF_AGE} * epoch(seen - made), {LEAST_HOURS * 3600}) AS overdue
    FROM looked WHERE made > $now - INTERVAL {YOUNG_DAYS} DAY
)
SELECT post AS id, overdue FROM late WHERE overdue >= 1 ORDER BY overdue DESC, post LIMIT $most
"""
ACCOUNTS_DUE = f"""
WITH known AS (
    SELECT account, substr(account, length($prefix) + 1) AS id, max(observed_at) AS seen FROM account_history
    WHERE starts_with(account, $prefix) AND NOT contains(account, ':@') AND followers IS NOT NULL GROUP BY account
), looked AS (SELECT account, {TRIED} AS seen FROM known LEFT JOIN tried USING (id)
), late AS (SELECT account, epoch($now - seen) / {ACCOUNT_HOURS * 3600} AS overdue FROM looked)
SELECT account AS id, overdue FROM late WHERE overdue >= 1 ORDER BY overdue DESC, account LIMIT $most
"""
HANDLES_DUE = f"""
WITH seen AS (
    SELECT account, max(observed_at) AS seen FROM account_history
    WHERE starts_with(account, $prefix) AND followers IS NOT NULL GROUP BY account
), known AS (
    SELECT account, seen, concat_ws(' ', handle, nullif(substr(account, length($prefix) + 1), '@' || handle)) AS id
    FROM seen JOIN accounts USING (account) WHERE handle IS NOT NULL
), looked AS (SELECT account, id, {TRIED} AS seen FROM known LEFT JOIN tried USING (id)
), late AS (SELECT account, id, epoch($now - seen) / {ACCOUNT_HOURS * 3600} AS overdue FROM looked)
SELECT id, overdue FROM late WHERE overdue >= 1 ORDER BY overdue DESC, account LIMIT $most
"""
"""For networks that are asked by handle: it stands first, then the id, where there is another one, so that what is gone has a name here."""


def again_streams(workspace: Workspace, source: Source, requests: int, now: datetime | None = None) -> list[ToOpen]:
    """The streams that look again at what is most overdue, as many as the budget of requests lets be asked.

    Errors: UsageError when nothing is due.
    """
    if requests < 1:
        raise UsageError(f"--requests {requests} is less than 1.")
    found: list[tuple[float, ToOpen]] = []
    if source.streams[source.again].about == "account" and not source.by_handle:
        return _lists_due(workspace, source, requests, now or datetime.now(UTC))
    people = HANDLES_DUE if source.by_handle else ACCOUNTS_DUE
    # Posts that nobody can look at alone come with the list of those whose they are, and so do the numbers of the account.
    with_people = source.streams[source.again].about == "account"
    due = ((source.again, people),) if with_people else ((source.again, POSTS_DUE), (source.introduce, people))
    with workspace.engine(raw=True, expired=True) as engine:
        engine.register("tried", _tried(workspace, source))
        for stream, sql in due:
            size = 1 if with_people else source.streams[stream].page
            asked = {"prefix": f"{source.platform}:", "most": requests * size, "now": now or datetime.now(UTC)}
            rows = engine.table(sql, asked).to_pylist()
            ids = [str(row["id"]).removeprefix(f"{source.platform}:") for row in rows]
            found += [(rows[at * size]["overdue"], one) for at, one in enumerate(together(stream, size, ids, 0))]
    if not found:
        raise _nothing_due(source)
    return [one for _, one in sorted(found, key=lambda pair: -pair[0])[:requests]]


def again_forecast(source: Source, first: Sequence[ToOpen], spend: float | None = None) -> Forecast:
    """Count what it takes to look again at what is due; nobody is asked."""
    several = [(source.streams[one.name], one.subject.count("\n") + 1) for one in first]
    dear = sum(stream.costs * max(number, stream.least) for stream, number in several)
    return summed(source, len(first), sum(number for _, number in several), dear, spend)


def _tried(workspace: Workspace, source: Source) -> pa.Table:
    found = last_tries(workspace.state, source.id, (source.again, source.introduce, source.alone))
    moments = pa.array(map(datetime.fromisoformat, found.values()), pa.timestamp("us", "UTC"))
    return pa.table({"id": pa.array(found, pa.string()), "at": moments})


def _lists_due(workspace: Workspace, source: Source, requests: int, now: datetime) -> list[ToOpen]:
    """Lists of people whom nobody counts, such as feeds: where they were found the last time, the longest ago first."""
    looks = last_looks(workspace.state, source.id, source.again)
    until = (now - timedelta(hours=ACCOUNT_HOURS)).isoformat()
    tried = last_tries(workspace.state, source.id, (source.again,))
    moments = {subject: max(moment, tried.get(subject, "")) for subject, moment in looks.items()}
    due = sorted((moment, subject) for subject, moment in moments.items() if moment <= until)
    if not due:
        raise _nothing_due(source)
    return [ToOpen(source.again, subject, 0, rank) for rank, (_, subject) in enumerate(due[:requests])]


def _nothing_due(source: Source) -> UsageError:
    return UsageError(
        f"Nothing of {source.title} is due: accounts are looked at again after {ACCOUNT_HOURS} hours, "
        f"posts while they are younger than {YOUNG_DAYS} days.",
        next_step="Fetch people first with `groundswell fetch`, or come back later.",
    )

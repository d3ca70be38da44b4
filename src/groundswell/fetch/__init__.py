"""A live source -> the workspace: raw pages first, then one import.

    asking       what somebody asked for, and the most requests that it takes
    collecting   the loop: the next page, kept with its cursor in one transaction, until enough or no more
    bringing     the kept pages -> one import, which takes the place of what the same fetch brought before
    paying       what a fetch cost until now
    promising    looking for people who speak of something: whom to look at next, and when to stop
    coverage     what was covered, and what was not
    fetching     all of this in one call: fetch, go on, look again
    purging      taking away what may not be kept any longer
    refreshing   whom and what to look at again, where numbers still move
    listening    the live stream: what people do, as it happens
    hearing      the loop of that: events, kept with the place in the stream in one transaction, across lost connections
    remembering  pace of each host and answers for conditional requests, kept in the workspace
    logins       where the user's own logins are, which is never in the workspace
    exports      the request for an export, for networks that answer only to their members

A fetch that is killed anywhere and resumed ends with the same tables, and asks for at most one page of each stream again.
"""

from __future__ import annotations

from groundswell.fetch.asking import Asked, Forecast, forecast
from groundswell.fetch.collecting import Progress, Step
from groundswell.fetch.coverage import Coverage, coverage_of
from groundswell.fetch.fetching import (
    FetchReport,
    OpenClient,
    beginning,
    beginning_again,
    fetch,
    look_ahead,
    open_client,
    refresh,
    resume,
    to_go_on_with,
)
from groundswell.fetch.hearing import Heard
from groundswell.fetch.listening import Hears, ListenReport, listen
from groundswell.fetch.paying import paid_in_words
from groundswell.fetch.promising import phrases_in
from groundswell.fetch.purging import purge

__all__ = [
    "Asked", "Coverage", "FetchReport", "Forecast", "Heard", "Hears", "ListenReport", "OpenClient", "Progress", "Step", "beginning", "beginning_again",
    "coverage_of", "fetch", "forecast", "listen", "look_ahead", "open_client", "paid_in_words", "phrases_in", "purge", "refresh", "resume", "to_go_on_with",
]  # fmt: skip

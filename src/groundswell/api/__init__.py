"""Questions and answers for every door that is not the command line: one place that keeps what was computed, and its JSON.

    answers   a workspace that stays open: the table of signals and the texts, kept in memory for the present facts
    people    the list of people: searched, filtered, sorted and paged as whole columns
    briefs    a form as a brief, and how many people each condition would leave
    asking    what may be asked, as parameters
    questions every question, declared once for all doors
    routes    the HTTP API: every page of the web app as `.json`, described by `/openapi.json`

No rule, no formula, no query: what is asked here is answered by `signals`, `definitions`, `discover` and `explain`.
"""

from __future__ import annotations

from groundswell.api.answers import Answers, Overview
from groundswell.api.briefs import BriefForm, Options, PlanForm, as_toml, brief_of
from groundswell.api.people import PeopleAsked, PeoplePage
from groundswell.api.questions import QUESTIONS, Question, signal_as_json
from groundswell.api.routes import as_json, routes

__all__ = [
    "QUESTIONS", "Answers", "BriefForm", "Options", "Overview", "PeopleAsked", "PeoplePage", "PlanForm", "Question", "as_json",
    "as_toml", "brief_of", "routes", "signal_as_json",
]  # fmt: skip

"""Graphs as arrays: who is tied to whom, who is reached by whom, and whom to choose for it. No database, no names.

    ties        people and what they share: neighbours, overlap, closed wedges, rewiring
    cover       who is reached by which candidates: the one structure in which an audience and a sampled spread are alike
    choosing    whom to choose from a cover with this money and these conditions, and how far at most from the best
    maximizing  whom to choose in a network so that most are set off, certified: `maximize`
    edges       edges in any of the forms that people keep them in
    storing     a network kept in a folder, to be asked again: `Stored`
    sampling    who could have set off whom in a network: sets drawn at random, of which a cover is made

What is compiled (numba) or solves linear programs (scipy) is imported when it is first needed.
"""

from groundswell.errors import InfeasibleError
from groundswell.graph.choosing import Choice, Chooser, choose
from groundswell.graph.cover import Cover
from groundswell.graph.maximizing import Maximum, maximize
from groundswell.graph.storing import Stored
from groundswell.graph.terms import Limit
from groundswell.graph.ties import (
    AT_ONCE,
    Flags,
    Graph,
    Numbers,
    among,
    distinct,
    expanded,
    mutual,
    numbered,
    overlap,
    rewired,
)

__all__ = [
    "AT_ONCE",
    "Choice",
    "Chooser",
    "Cover",
    "Flags",
    "Graph",
    "InfeasibleError",
    "Limit",
    "Maximum",
    "Numbers",
    "Stored",
    "among",
    "choose",
    "distinct",
    "expanded",
    "maximize",
    "mutual",
    "numbered",
    "overlap",
    "rewired",
]

"""Shortlist and money -> a plan of twenty to forty people, with a certificate of how far from the best it is at most.

candidates   who passes the brief's gates, and who is locked in
prices       what each costs: quoted, imported, estimated from your own deals, else nobody knows
audience     who follows and who acts on posts, everybody counted once
objectives   what is to be brought: unique reach, interactions, sparked actions
pool         all of this, read once
choosing     the brief's conditions as limits, and what is in the way when they cannot hold
outcomes     what to expect, from past posts
big_name     the same money on one big name
planning     the plan, with everything that is said about it
model        what is handed over
"""

from __future__ import annotations

from groundswell.plan.changing import Changes, changed, from_to, quoted
from groundswell.plan.choosing import ImpossibleError
from groundswell.plan.keeping import keep, kept_brief
from groundswell.plan.model import Pick, Plan, Price
from groundswell.plan.planning import plan, planned
from groundswell.plan.pool import Pool, asked_of, read_pool, same_pool
from groundswell.plan.wording import gain_of, standing

__all__ = [
    "Changes", "ImpossibleError", "Pick", "Plan", "Pool", "Price", "asked_of", "changed", "from_to", "gain_of", "keep",
    "kept_brief", "plan", "planned", "quoted", "read_pool", "same_pool", "standing",
]  # fmt: skip

"""What we claim to know about an account: one file per human question, one decorated function per signal.

    size            how big is it?                     engagement      how much does its audience do?
    rhythm          when does it speak?                responsiveness  does it answer?
    focus           what does it stand for?            sponsorship     who pays?
    authenticity    is it what it seems?               standing        where does it stand among its like?
    audience        is its audience what it seems?
    circle          friends, or an audience?           loyalty         who stays?
    rise            is it on the way up?               influence       do people act because of it?
    occupation      what is it, in its own words?      voice           how does it speak?
    trust           may its word be trusted?           honesty         how does it speak of products?
    apex            is it an alpha consumer; if small, why?
    arrangement     do people act by arrangement?

Signals measure; definitions judge. Unknown is a value with a reason, never 0. To add one, decorate a function in the file of its
question: the CLI listing, the reference page, the sentence and the laws follow from the declaration.
"""

from __future__ import annotations

from groundswell.signals import (
    apex,
    arrangement,
    audience,
    authenticity,
    circle,
    engagement,
    focus,
    honesty,
    influence,
    loyalty,
    occupation,
    responsiveness,
    rhythm,
    rise,
    size,
    sponsorship,
    standing,
    trust,
    voice,
)
from groundswell.signals.declaring import SIGNALS, Columns, Signal, signal
from groundswell.signals.table import SignalTable, past_signals, signal_table
from groundswell.signals.values import REASONS, Value

__all__ = [
    "REASONS",
    "SIGNALS",
    "Columns",
    "Signal",
    "SignalTable",
    "Value",
    "apex",
    "arrangement",
    "audience",
    "authenticity",
    "circle",
    "engagement",
    "focus",
    "honesty",
    "influence", "loyalty",
    "occupation",
    "past_signals",
    "responsiveness",
    "rhythm",
    "rise",
    "signal",
    "signal_table",
    "size",
    "sponsorship",
    "standing",
    "trust",
    "voice",
]  # fmt: skip

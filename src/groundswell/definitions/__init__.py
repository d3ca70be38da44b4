"""What people mean by "micro-influencer", size classes and typical rates: judgement as data.

Signals measure; definitions judge. The sources disagree with one another on purpose, so each meaning, tier set and benchmark is
one TOML file with its author, its quote and its known objections. Nothing is averaged: the same account can be shown under all of
them, and where an author says nothing the answer is `definition_silent`, not a guess.

    meanings/*.toml     Definition   whom a score is for: bands, gates, additive terms
    tiers/*.toml        TierSet      names for sizes; half-open bands, gaps allowed
    benchmarks/*.toml   Benchmark    what rate is usual, for one metric on one platform

A user's own files in `<workspace>/definitions`, `tiers` and `benchmarks` are read by the same code and have the same rights. A
version never changes: other numbers are another version. No definition may give a follower count a weight of its own.

    meaning = definition("field_geek")                       # the newest version; "field_geek@1" for that one
    tier_of(tier_set("seed_004"), 250_000)                   # Tiered(name=None, reason="definition_silent")
    compare(benchmark("markerly_2016"), "instagram", 5_000, "like_rate", 0.03).sentence
"""

from __future__ import annotations

from groundswell.definitions.judging import (
    KNOWN_FROM,
    Tiered,
    fractions,
    gate_holds,
    gates_hold,
    score_terms,
    tier_of,
    tiers_of,
    weighed,
    within_bands,
)
from groundswell.definitions.loading import (
    BRIEF_BOUND,
    DEFAULT_BENCHMARK,
    DEFAULT_DEFINITION,
    DEFAULT_TIER_SET,
    benchmark,
    definition,
    load_benchmarks,
    load_definitions,
    load_tier_sets,
    tier_set,
)
from groundswell.definitions.model import (
    Band,
    Benchmark,
    Definition,
    Gate,
    Level,
    Objection,
    Provenance,
    ScoreTerm,
    Tier,
    TierSet,
)
from groundswell.definitions.overlapping import Overlap, Overlaps, overlaps, overlaps_in
from groundswell.definitions.rates import (
    Comparison,
    Typical,
    compare,
    compare_all,
    fit_panel,
    speaks_of,
    typical_of,
    typical_rates,
)

__all__ = [
    "BRIEF_BOUND",
    "DEFAULT_BENCHMARK",
    "DEFAULT_DEFINITION",
    "DEFAULT_TIER_SET",
    "KNOWN_FROM",
    "Band",
    "Benchmark",
    "Comparison",
    "Definition",
    "Gate",
    "Level",
    "Objection",
    "Overlap",
    "Overlaps",
    "Provenance",
    "ScoreTerm",
    "Tier",
    "TierSet",
    "Tiered",
    "Typical",
    "benchmark",
    "compare",
    "compare_all",
    "definition",
    "fit_panel",
    "fractions",
    "gate_holds",
    "gates_hold",
    "load_benchmarks",
    "load_definitions",
    "load_tier_sets",
    "overlaps",
    "overlaps_in",
    "score_terms",
    "speaks_of",
    "tier_of",
    "tier_set",
    "tiers_of",
    "typical_of",
    "typical_rates",
    "weighed",
    "within_bands",
]

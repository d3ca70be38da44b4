"""Why some signals have no figure: said one by one, so that nothing stays untested without somebody having thought about it.

A signal that a figure names needs no reason; one that stands here and gets a figure is shown with the figure alone.
"""

from __future__ import annotations

_BASES = "no accounts are at hand whose standing, knowledge or experience somebody vouched for; each is shown with its evidence, and no figure is claimed"
_PARTS = "it is one named part, shown beside others and judged by nobody alone; no data at hand say what it should be"

REASONS: dict[str, str] = {
    "basis_position": _BASES,
    "basis_experience": _BASES,
    "quality": _PARTS,
}

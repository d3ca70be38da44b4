"""People explained: one as a colleague would brief you, two side by side, who is like her, and what she says is wrong.

    explaining    one person: every signal in a sentence, the posts behind it, how each definition judges
    gist          what stands out, what is uncertain and why, what is missing and which file would settle it
    signed        what the creator says of themselves in a signed kit
    seeming       why an account seems genuine or not
    comparing     two people side by side
    alike         whose words and ways are nearest, and what they share
    contesting    a number that is said to be wrong is hidden until a person has looked

The same numbers as everywhere: nothing is measured here that the table of signals does not hold.
"""

from __future__ import annotations

from groundswell.explain.alike import Lookalikes, alike, like
from groundswell.explain.comparing import SideBySide, compare, compared
from groundswell.explain.contesting import contest, review_contest
from groundswell.explain.explaining import Explainer, Explanation, Judged, explain, find_account, signal_sql

__all__ = [
    "Explainer", "Explanation", "Judged", "Lookalikes", "SideBySide", "alike", "compare", "compared", "contest", "explain",
    "find_account", "like", "review_contest", "signal_sql",
]  # fmt: skip

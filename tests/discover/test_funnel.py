"""What a gate removed, what could not be checked until then and what is left are all that came to it, line by line."""

from __future__ import annotations

import pyarrow as pa

from groundswell.discover.gates import Gate, pass_gates


def test_each_line_of_the_funnel_adds_up_and_the_next_begins_where_it_ends() -> None:
    answers = {
        "first": [True, True, None, None, True, False],
        "second": [True, False, True, None, None, True],
        "third": [True, True, False, True, True, True],
    }
    found = pass_gates((Gate(name, name, pa.array(holds)) for name, holds in answers.items()), 6)
    assert [gate.before - gate.removed - gate.aside for gate in found.results] == [gate.left for gate in found.results]
    assert [gate.before for gate in found.results[1:]] == [gate.aside + gate.left for gate in found.results[:-1]]
    assert (found.results[-1].left, found.results[-1].aside) == (found.inside.sum(), found.unchecked.sum())

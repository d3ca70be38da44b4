"""A column of plain cells is read by a shorter way than one with an odd cell in it. Both must say the same of every cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.sources.files.layouts import identities
from groundswell.sources.files.tables import ahead
from groundswell.sources.files.values import together

ODD = ' "17" ', "8.41E+17", "twitter:17", "None", "", "ann_b", "https://www.instagram.com/ann/", "٣٤", "İx", None
CELLS = st.one_of(
    st.from_regex(r"\A[0-9]{1,20}\Z"), st.from_regex(r"\A17[0-9]{15}\Z"), st.sampled_from(ODD), st.text(max_size=8)
)
READERS: dict[str, Callable[[pa.Array], pa.Array]] = {
    "native ids": identities.sound,
    "handles": identities.handles,
    "accounts": lambda words: identities.account_ids("instagram", words, None) or words,
    "provisional accounts": lambda words: identities.account_ids("twitter", None, words) or words,
    "posts with another number": lambda words: identities.told_otherwise(
        identities.account_ids("instagram", words, None) or words
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", READERS)
@given(cells=st.lists(CELLS, max_size=6))
def test_a_cell_is_read_the_same_beside_odd_ones_as_beside_plain_ones(what: str, cells: list[str | None]) -> None:
    read = READERS[what]
    together = read(pa.array(cells, pa.string())).to_pylist()
    alone = [read(pa.array([cell, *beside], pa.string()))[0].as_py() for cell in cells for beside in (["12"], ODD)]
    assert [one for one in together for _ in range(2)] == alone


def test_what_goes_wrong_while_reading_ahead_is_raised_where_it_is_needed() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("torn")

    read = ahead(items())
    assert next(read) == 1
    with pytest.raises(ValueError, match="torn"):
        next(read)


def test_reading_ahead_is_at_most_one_item_ahead() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1, 10):
            made.append(number)
            yield number

    for number in ahead(items()):
        assert len(made) <= number + 1
    assert made == list(range(1, 10))


def test_a_row_in_which_nothing_is_said_stays_a_row() -> None:
    title, text = pa.array(["t", None, None, "t"]), pa.array(["x", None, "y", None])
    joined = together([title, text], " ")
    assert joined is not None
    assert joined.to_pylist() == ["t x", None, "y", "t"]
    assert together([], " ") is None

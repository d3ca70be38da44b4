"""Errors that help: a name that nothing answers to is met with those that are spelled like it."""

from __future__ import annotations

import pytest

from groundswell.errors import MANY_NAMES, UnknownNameError


def test_of_few_names_all_are_told() -> None:
    error = UnknownNameError("signal", "likes", ["like_rate", "followers"])
    assert error.next_step == "Known: followers, like_rate"


@pytest.mark.parametrize("many", [100, MANY_NAMES + 1])
def test_of_many_names_only_those_spelled_like_it_are(many: int) -> None:
    names = [f"@person{n:06d}" for n in range(many)]
    error = UnknownNameError("account", "@anna_bakes", [*names, "@anna_baker", "@anna.bakes"])
    assert "@anna_baker" in str(error)
    assert "@anna.bakes" in str(error)
    assert "@person" not in str(error)
    none = UnknownNameError("account", "@zzz", names)
    assert f"{many:,} are known, none spelled like it." in str(none)


def test_where_one_name_alone_is_near_it_is_not_said_that_none_is() -> None:
    error = UnknownNameError("layout", "post", ["posts", *(f"other{n:03d}" for n in range(75))])
    assert (error.means, error.next_step) == ("Did you mean posts?", "")


def test_a_name_is_told_once_and_as_it_is_spelled() -> None:
    error = UnknownNameError("column", "post_idd", ["Post_ID", "Likes", "Likes"])
    assert (error.means, error.next_step) == ("Did you mean Post_ID?", "Known: Likes, Post_ID")

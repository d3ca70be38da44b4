"""Names in a sentence: so many, how many more, and one from the other."""

from __future__ import annotations

from groundswell.advocacy.flags import some


def test_names_with_a_comma_stay_apart_from_each_other() -> None:
    assert some(["Ann Rye", "Bob Oat"]) == "Ann Rye, Bob Oat"
    assert some(["Ida Koch", "Kaiser, Lena", "Wolf, Mia"]) == "Ida Koch; Kaiser, Lena; Wolf, Mia"
    assert some(["Ida Koch", "Kaiser, Lena", "Wolf, Mia", "Ann Rye"]) == "Ida Koch; Kaiser, Lena; Wolf, Mia and 1 more"

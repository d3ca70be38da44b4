"""Texts that say the same are found without comparing all with all, and texts that do not are left alone."""

from __future__ import annotations

import random

import pytest

from groundswell.advocacy.same_words import NEAR, RUNS_TO_COMPARE, Said, cleaned, few_words_apart, runs, same_across

LONG = "we are proud to announce that our new oat drink is in the shops from today come and taste it with us all week"


def said(account: str, text: str, number: int = 0) -> Said:
    """A post of somebody."""
    return Said(account, f"{account}-{number}", text)


def test_one_text_by_two_people_is_identical_whatever_the_handles_links_and_marks() -> None:
    (group,) = same_across([said("a", f"@bob {LONG}! https://x.org/1"), said("b", f"{LONG.title()} @eve")])
    assert (group.kind, group.likeness, group.accounts) == ("identical", 1.0, ("a", "b"))


def test_one_changed_word_of_many_is_near_identical() -> None:
    (group,) = same_across([said("a", LONG), said("b", LONG + " everybody")])
    assert group.kind == "near-identical"
    assert NEAR <= group.likeness < 1


@pytest.mark.parametrize("text", ["happy birthday to you", "RT @ann: " + LONG])
def test_greetings_and_what_is_passed_on_are_nobodys_own_words(text: str) -> None:
    assert same_across([said("a", text), said("b", text)]) == ()


def test_a_person_who_repeats_themselves_shares_words_with_nobody() -> None:
    assert same_across([said("a", LONG, 1), said("a", LONG, 2)]) == ()


def test_the_short_way_finds_exactly_the_pairs_that_comparing_all_with_all_finds() -> None:
    dice = random.Random(5)
    words = ["bread", "flour", "oven", "starter", "loaf", "crumb", "rye", "baking", "kitchen", "table", "morning"]
    texts = [" ".join(dice.choices(words, k=dice.randint(12, 16))) for _ in range(40)]
    texts += [" ".join([*text.split()[:-1], dice.choice(words)]) for text in texts] + [
        text + " today" for text in texts
    ]
    texts += [" ".join(["today" if at == 6 else word for at, word in enumerate(text.split())]) for text in texts]
    posts = [said(f"p{number}", text) for number, text in enumerate(dict.fromkeys(texts))]
    found = {frozenset(group.accounts) for group in same_across(posts)}
    assert found == _by_brute_force(posts)


PROUD = "so proud to work at oat and co we just launched our new harvest hub the best bread anywhere have a look today"


@pytest.mark.parametrize(
    "other",
    [
        PROUD.replace("our new", "the new"),
        PROUD.removeprefix("so "),
        PROUD.replace("the best", "simply the best"),
        " ".join([*PROUD.split()[:7], "the", *PROUD.split()[8:]]),
    ],
)
def test_one_word_of_a_short_text_may_differ_wherever_it_stands(other: str) -> None:
    (group,) = same_across([said("a", PROUD), said("b", other)])
    assert group.kind == "near-identical"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PROUD, PROUD.replace("our new harvest hub", "the new summer hub")),
        (PROUD, PROUD.replace("best bread anywhere", "only rye in town")),
        (PROUD, PROUD.replace("so proud", "glad").replace("today", "tomorrow")),
        (PROUD, "so proud to work at oat and co and to bake bread every morning with people whom i like very much"),
        ("what a game in the old stadium tonight with friends of mine", "what a game in the new stadium tonight with friends of mine"),
        ("thank you all for the kind words on my first day here", "thank you all for the kind words on my last day here"),
    ],
)  # fmt: skip
def test_two_words_apart_or_one_in_a_few_are_not_the_same(one: str, other: str) -> None:
    assert same_across([said("a", one), said("b", other)]) == ()


AWARD = "Oat and Co has been named employer of the year in Saxony. Thank you to all colleagues who made this possible, you are the best!"


def test_two_words_of_a_longer_text_may_differ_and_three_near_copies_are_one_group() -> None:
    other = AWARD.replace("to all", "to all the").replace("are the", "are simply the")
    (group,) = same_across([said("a", AWARD), said("b", other), said("c", f"So proud: {AWARD} 🎉")])
    assert group.accounts == ("a", "b", "c")
    third = other.replace("named", "voted")
    assert same_across([said("a", AWARD), said("b", third)]) == ()


def _by_brute_force(posts: list[Said]) -> set[frozenset[str]]:
    sets = [runs(cleaned(post.text)) for post in posts]
    group = list(range(len(posts)))
    for one in range(len(posts)):
        for other in range(one):
            alike = len(sets[one] & sets[other]) / len(sets[one] | sets[other])
            near = alike >= NEAR or few_words_apart(cleaned(posts[one].text), cleaned(posts[other].text))
            if min(len(sets[one]), len(sets[other])) >= RUNS_TO_COMPARE and near:
                group = [group[one] if mark == group[other] else mark for mark in group]
    members = {mark: frozenset(p.account for p, g in zip(posts, group, strict=True) if g == mark) for mark in group}
    return {some for some in members.values() if len(some) > 1}

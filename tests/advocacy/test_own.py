"""The company's own accounts are told from its public, and what mentions them or links to its site names it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from building import account, day, made, post
from groundswell.advocacy import census, staff
from groundswell.advocacy.own import why_itself


@pytest.mark.parametrize(
    ("handle", "name", "company"),
    [
        ("uber", None, "Uber"),
        ("theathletic.com", None, "The Athletic"),
        ("oatco.bsky.social", None, "Oat & Co"),
        ("oc_berlin", "Oat & Co", "Oat & Co"),
        ("cnnbrk", "CNN Breaking News", "CNN"),
    ],
)
def test_an_account_that_bears_the_name_is_surely_its_own(handle: str, name: str | None, company: str) -> None:
    assert (why_itself(handle, name, [company]) or (None,))[0] is True


@pytest.mark.parametrize(
    ("handle", "name", "company"),
    [
        ("uber_sydney", None, "Uber"),
        ("theathletic_official", None, "The Athletic"),
        ("theathleticfc.bsky.social", None, "The Athletic"),
        ("ubereats", None, "Uber"),
        ("askuber", None, "Uber"),
        ("oc_berlin", "Oat & Co Berlin", "Oat & Co"),
    ],
)
def test_a_name_with_something_before_or_after_is_probably_its_own(handle: str, name: str | None, company: str) -> None:
    assert (why_itself(handle, name, [company]) or (None,))[0] is False


@pytest.mark.parametrize(
    ("handle", "name", "company"),
    [
        ("john_ford", "John Ford", "Ford"),
        ("fordham_mike", "Mike Fordham", "Ford"),
        ("cnnot_even", None, "CNN"),
        ("oatcofans", None, "Oat & Co"),
        ("uber_hater", None, "Uber"),
        ("alfinitum", "I take an Uber", "Uber"),
        ("goatcompany", None, "Oat & Co"),
        ("x_ann", None, "X"),
    ],
)
def test_people_and_the_public_of_a_company_are_not_it(handle: str, name: str | None, company: str) -> None:
    assert why_itself(handle, name, [company]) is None


def rows_of() -> dict[str, list[dict[str, Any]]]:
    """Oat & Co on Bluesky under its own domain, its shop, and people who name it by its handles or its site alone."""
    return {
        "account": [
            account("co") | {"handle": "oatandco.com", "account": "bluesky:did:plc:co", "platform": "bluesky"},
            account("oatandco_shop"), account("ann"), account("bob"), account("cid"), account("dee"), account("eve"),
        ],
        "post": [
            post("oatandco_shop", 1, text="Half off at Oat and Co today", created_at=day(1), language="en"),
            post("ann", 1, text="Lovely lunch at @oatandco.com's table", created_at=day(1), language="en"),
            post("bob", 1, text="Lovely lunch", links=["https://www.oatandco.com/lunch"], created_at=day(1), language="en"),
            post("cid", 1, text="Lovely lunch", mentions=["did:plc:co"], created_at=day(1), language="en"),
            post("dee", 1, text="@x you too", mentions=["did:plc:co"], kind="reply", created_at=day(1), language="en"),
            post("eve", 1, text="my oatandcomfort", links=["https://notoatandco.com/"], created_at=day(1), language="en"),
        ],
    }  # fmt: skip


@pytest.mark.slow
def test_who_mentions_its_handle_or_links_to_its_site_names_it_and_it_is_said_what_counted(tmp_path: Path) -> None:
    workspace = made(tmp_path, rows_of())
    found = census(workspace, {"company": ["Oat and Co"]})
    assert {one.handle: one.mentions for one in found.voices} == {"ann": 1, "bob": 1, "cid": 1, "dee": 0}
    assert found.counted == (
        "Counted as naming it: Oat and Co, @oatandco.com, @oatandco_shop, and links to oatandco.com."
    )
    assert found.counted in found.sentences
    (shop,) = found.itself
    assert (shop.handle, shop.surely) == ("oatandco_shop", False)
    found = census(workspace, {"company": ["Oat and Co"]}, not_ours=["@oatandco_shop"])
    assert {"oatandco_shop"} <= {one.handle for one in found.voices}
    assert found.itself == ()
    assert "@oatandco_shop" not in found.counted


@pytest.mark.slow
def test_colleagues_who_mention_the_companys_handle_name_it_and_are_never_it(tmp_path: Path) -> None:
    rows = rows_of()
    rows["account"].append(account("oatandco_ann"))
    workspace = made(tmp_path, rows)
    found = staff(workspace, ["x:ann", "x:bob", "x:eve", "x:oatandco_ann"], ["Oat and Co"])
    assert {one.person.handle: one.company_posts for one in found.colleagues} == {
        "ann": 1, "bob": 1, "eve": 0, "oatandco_ann": 0,
    }  # fmt: skip
    assert "@oatandco_ann" not in {one.called for one in found.own}
    assert found.sentences[2].startswith("Counted as naming it: Oat and Co, @oatandco.com")

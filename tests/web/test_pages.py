"""Every page, at an empty workspace and at a community."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest
from browsing import Browser
from hostile import Scan, alive

from building import account, day, made, post
from groundswell.store import Workspace

ALONE = [
    "/",
    "/people",
    "/brief",
    "/marketer",
    "/sheet",
    "/audit",
    "/coach",
    "/company",
    "/staff",
    "/census",
    "/imports",
    "/fetch",
    "/fetches",
    "/purge",
    "/ask",
    "/about",
    "/compare",
    "/contests",
    "/overlap",
]
ASKED = [
    "/people?q=bread&sort=posts_per_week&order=low&known=yes&platform=instagram&tier=under+1k&page=1",
    "/people?q=nobody+is+called+so",
    "/brief?brand=Oat+%26+Co&wish=bakes+bread&how=must&sector=vegan+food&country=DE&channel=instagram&language=en&amount=5000",
    "/shortlist?brand=Oat+%26+Co&wish=bakes+bread&how=matters&sector=vegan+food",
    "/shortlist?brand=Oat+%26+Co&country=ZZ",
    "/plan?brand=Oat+%26+Co",
    "/import?id=1",
    "/fetch?who=@ann.bsky.social&lists=posts&lists=follows&hops=1",
    "/ask?who=@ann&platform=tiktok&brand=Oat+%26+Co",
    "/coach?q=sim",
    "/staff?company=Oat+%26+Co",
    "/census?company=Oat+%26+Co&product=Barista",
]


@pytest.mark.parametrize("address", ALONE)
def test_an_empty_workspace_says_what_to_do_next(empty: Browser, address: str) -> None:
    page = empty.page(address)
    assert not list(alive(page))
    assert page.count("<h1") == 1
    assert "Traceback" not in page


def somebody(browser: Browser) -> str:
    """The account about which most is known."""
    return browser.get("/people.json?sort=posts_per_week&order=high").json()["rows"][0]["account"]


def about(person: str) -> list[str]:
    """The pages about one person."""
    pages = ("/person?account={0}", "/coach?account={0}", "/like?account={0}", "/compare?account={0}&other={0}")
    return [page.format(person) for page in pages]


@pytest.mark.slow
def test_every_page_of_a_community_is_whole_and_marked_as_simulated(community: Browser) -> None:
    person = quote(somebody(community), safe="")
    addresses = [*ALONE, *ASKED, *about(person)]
    for address in addresses:
        page = community.page(address)
        assert not list(alive(page)), address
        assert page.count("<h1") == 1, address
        assert "These people are made up" in page, address
        assert "<title>SIMULATED" in page, address
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids)), (address, [one for one in ids if ids.count(one) > 1])
        fields = {
            attributes.get("id")
            for tag, attributes in Scan(page).tags
            if tag in ("input", "select", "textarea") and attributes.get("type") not in ("hidden", "checkbox", "radio")
        }
        labelled = {attributes.get("for") for tag, attributes in Scan(page).tags if tag == "label"}
        assert fields <= labelled, (address, fields - labelled)
    visited = {address.partition("?")[0] for address in addresses} | {"/arriving", "/enter"}
    assert pages_of(community) == visited, "a page is not visited here"


def pages_of(browser: Browser) -> set[str]:
    """The addresses that answer with a page."""
    paths = browser.get("/openapi.json").json()["paths"]
    return {
        path for path, verbs in paths.items() if "get" in verbs and "." not in path and not path.startswith("/static")
    }


@pytest.mark.slow
def test_every_page_has_its_numbers_as_json(community: Browser) -> None:
    person = quote(somebody(community), safe="")
    for address in [*ALONE, *ASKED, *about(person)]:
        twin = re.search(r'<link rel="alternate" type="application/json" href="([^"]+)">', community.page(address))
        if twin:
            answer = community.get(twin[1].replace("&amp;", "&"))
            assert answer.status_code == 200, (address, twin[1], answer.text[:300])
            answer.json()
        else:
            assert address.partition("?")[0] in (
                "/marketer", "/company", "/coach", "/staff", "/census", "/plan", "/compare", "/fetch", "/ask",
            ), address  # fmt: skip


def test_the_list_shows_the_numbers_of_its_json(community: Browser) -> None:
    query = "?sort=followers&order=high&known=yes"
    rows = community.get("/people.json" + query).json()["rows"]
    page = community.page("/people" + query)
    shown = [int(number.replace(",", "")) for number in re.findall(r'<td class="n">([\d,]+)</td>', page)]
    assert shown == [row["values"]["followers"]["value"] for row in rows]
    assert len(shown) == 50


def test_who_is_unknown_comes_last_and_is_counted(community: Browser) -> None:
    whole = community.get("/people.json?sort=like_rate").json()
    last = community.get(f"/people.json?sort=like_rate&page={whole['pages']}").json()["rows"][-1]
    unknown = whole["matching"] - whole["known"]
    assert unknown > 0
    assert last["values"]["like_rate"]["value"] is None
    assert last["values"]["like_rate"]["reason"]
    assert f"It is unknown for {unknown:,} of them; they come last." in community.page("/people?sort=like_rate")
    assert community.get("/people.json?sort=like_rate&known=no").json()["matching"] == unknown
    assert whole["rows"][0]["values"]["like_rate"]["value"] is not None


def test_both_orders_hold_the_same_people(community: Browser) -> None:
    def everybody(order: str) -> list[str]:
        first = community.get(f"/people.json?sort=topic_focus&order={order}").json()
        pages = [
            community.get(f"/people.json?sort=topic_focus&order={order}&page={n}").json()
            for n in range(1, first["pages"] + 1)
        ]
        return [row["account"] for page in pages for row in page["rows"]]

    high, low = everybody("high"), everybody("low")
    assert high != low
    assert len(set(high)) == len(high) == community.get("/people.json").json()["matching"] >= 300
    assert set(high) == set(low)


def test_a_search_finds_words_of_a_bio_in_any_case(community: Browser) -> None:
    row = next(row for row in community.get("/people.json").json()["rows"] if row["bio"])
    words = " ".join(row["bio"].split()[:3])
    for asked in (words.upper(), words.lower(), f"@{row['handle']}"):
        found = community.get("/people.json", params={"q": asked}).json()
        assert row["account"] in [one["account"] for one in found["rows"]], asked


@pytest.mark.slow
def test_the_form_counts_what_the_shortlist_holds(community: Browser) -> None:
    query = "?brand=Oat+%26+Co&sector=vegan+food&country=DE&definition=community_catalyst@1"
    options, shortlist = (community.get(path + query).json() for path in ("/brief.json", "/shortlist.json"))
    assert options["left"] == shortlist["fitting"]
    for name in ("country", "channel", "definition"):
        for option in options["by"][name]:
            other = re.sub(rf"&{name}=[^&]*", "", query) + f"&{name}={option['value']}"
            assert option["left"] == community.get("/shortlist.json" + other).json()["fitting"], (name, option)


def test_the_shortlist_page_says_the_scores_of_its_json(community: Browser) -> None:
    query = "?brand=Oat+%26+Co&sector=vegan+food"
    matches = community.get("/shortlist.json" + query).json()["matches"]
    assert len(matches) > 3
    page = community.page("/shortlist" + query)
    assert re.findall(r'<p class="score"><b>([\d.]+)</b>', page) == [f"{match['score']:.1f}" for match in matches]


def test_rules_filled_in_are_shown_with_the_posts_that_say_them_and_kept_in_the_form(community: Browser) -> None:
    query = "?brand=Oat+%26+Co&definition=everyday_voice@1&rule_kind=confirm&rule=the&rule_because=so+%3Cb%3E"
    checks = [
        check for match in community.get("/shortlist.json" + query).json()["matches"] for check in match["checks"]
    ]
    assert {
        (one["kind"], one["text"], one["because"]) for one in checks if one["kind"] not in ("warmth", "listed")
    } == {("confirm", "the", "so <b>")}
    assert any(one["seen"] and one["posts"] for one in checks)
    page = community.page("/brief" + query)
    assert 'name="rule" value="the"' in page
    assert 'value="so &lt;b&gt;"' in page


def test_how_far_the_definitions_agree_is_a_page_with_the_numbers_of_its_json(community: Browser) -> None:
    found, page = community.get("/overlap.json").json(), community.page("/overlap")
    assert len(found["pairs"]) > 3
    for pair in found["pairs"]:
        assert f'<td class="n">{pair["both"]:,}</td><td class="n">{pair["either"]:,}</td>' in page
    assert all(escape(said) in page for said in found["sentences"])


def test_a_shortlist_is_handed_over_in_every_form(community: Browser) -> None:
    query = "?brand=Oat+%26+Co&sector=vegan+food"
    for ending, start in (
        (".xlsx", b"PK"),
        (".html", b"<!doctype"),
        (".csv", b"\xef\xbb\xbf"),
        (".parquet", b"PAR1"),
        (".toml", b"brand"),
    ):
        answer = community.get(f"/shortlist{ending}{query}")
        assert answer.status_code == 200
        assert answer.content.startswith(start)
        assert answer.headers["content-disposition"].startswith("attachment")
    for name in ("sheet", "audit"):
        assert community.get(f"/{name}.xlsx").content.startswith(b"PK")


def test_a_kit_holds_only_what_its_owner_shows(community: Browser) -> None:
    me = somebody(community)
    form = {"account": me, "made_by": "Ann", "form": "html", "show": ["posts", "sparked"]}
    answer = community.post("/kit", files=[("files", ("", b""))], data=form)
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"<!doctype")
    said = answer.text.partition("<body")[2]
    assert said.count("followers") == 1, "only the sentence that says what was left out"
    assert "Left out" in said or "left out" in said


@pytest.mark.parametrize(
    "wrong",
    [
        "/person",
        "/person?account=nobody",
        "/import?id=99",
        "/import?id=x",
        f"/import?id={2**70}",
        "/people?sort=x",
        "/people?page=0",
        f"/people?page={10**30}",
        "/arriving?id=..%2F..",
        "/shortlist",
        "/brief?definition=x",
        "/brief?brand=x&wish=a&how=z",
        "/brief?brand=x&amount=many",
        "/plan?brand=x&amount=many",
        "/plan?brand=x&amount=5000&people=many",
        "/brief?brand=x&rule=fur&rule_kind=charm",
        "/people?order=x",
        "/nothing",
        "/staff?id=-1&company=x",
        "/census.xlsx",
        "/sheet.xlsx?id=zz",
    ],
)
def test_a_wrong_question_is_answered_in_words(community: Browser, wrong: str) -> None:
    answer = community.get(wrong)
    assert 400 <= answer.status_code < 500, answer.status_code
    assert "<h1>" in answer.text
    assert not list(alive(answer.text))


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrong",
    [
        "/person.json?account=nobody",
        "/import.json?id=99",
        f"/import.json?id={2**63}",
        "/people.json?sort=x",
        "/shortlist.json",
        "/plan.json?brand=x",
        "/plan.json?brand=x&amount=5&lock=nobody",
        "/signal.json?name=x",
        "/people.json?page=-1",
        "/coach.json?account=x",
        "/staff.json",
        "/census.json",
    ],
)
def test_a_wrong_question_to_the_api_is_answered_in_json(community: Browser, wrong: str) -> None:
    answer = community.get(wrong)
    assert 400 <= answer.status_code < 500
    assert answer.json()["what"]


def test_the_scan_itself_sees_what_is_alive() -> None:
    bad = [
        "<script>x</script>",
        "<p onclick=x>",
        "<a href='javascript:x'>",
        "<img src=x>",
        "<iframe>",
        "<a href='//evil.example'>",
        "<p style='x'>",
        "<form action='http://e.example'>",
    ]
    for page in bad:
        assert list(alive(page)), page
    assert not list(alive("<p>&lt;script&gt;</p><a href='/people'>x</a>"))


def test_the_pages_work_on_paths_that_hold_blanks(tmp_path: Path) -> None:
    with Browser(Workspace.create(tmp_path / "my work ü")) as browser:
        assert "my work ü" in browser.page("/")


@pytest.mark.slow
@pytest.mark.parametrize(("others", "asked"), [(2, True), (6, False)])
def test_whose_archive_was_brought_is_asked_whether_it_is_them(tmp_path: Path, others: int, *, asked: bool) -> None:
    posts = [post("ann", number, text="oats", created_at=day(number)) for number in range(30)]
    posts += [post("ben", number, text="rye", created_at=day(number)) for number in range(others)]
    with Browser(made(tmp_path / "w", {"account": [account("ann"), account("ben")], "post": posts})) as browser:
        page = browser.page("/coach")
        assert ("Is this you?" in page and 'href="/coach?account=x%3Aann"' in page) == asked
        assert "Is this you?" not in browser.page("/coach?q=ben")


@pytest.mark.slow
def test_who_has_only_replies_or_posts_of_no_said_kind_has_posts(tmp_path: Path) -> None:
    posts = [
        post("ann", 1, text="oats", created_at=day(1)),
        post("ben", 1, text="rye", kind="reply", created_at=day(1)),
    ]
    people = [account(name) for name in ("ann", "ben", "cem")]
    with Browser(made(tmp_path / "w", {"account": people, "post": posts})) as browser:
        browser.page("/")
        assert browser.get("/index.json").json()["without_posts"] == 1


def test_of_each_meaning_the_form_shows_its_newest_version(community: Browser) -> None:
    offered = re.findall(r'name="definition" value="([^"@]+)@(\d+)"', community.page("/brief?definition=field_geek@3"))
    assert len({name for name, _ in offered}) == len(offered)
    assert ("field_geek", "3") in offered


@pytest.mark.slow
def test_fees_without_a_currency_are_asked_about_once(empty: Browser) -> None:
    rows = "".join(f"Person {n},@person_{n:02}x,Instagram,{1000 * n},{10 * n}\n" for n in range(1, 16))
    empty.bring(("fees.csv", f"Name,Handle,Platform,Followers,Fee\n{rows}".encode()))
    page = empty.page("/sheet")
    assert "In which currency are the 15 fees of" in page
    assert "10.00 (no currency said): usual (" in page
    (number,) = (one.id for one in empty.workspace.state.imports())
    for wrong in ({"id": str(number)}, {"id": "x", "currency": "EUR"}, {"id": str(number), "currency": "ducats"}):
        assert empty.post("/currency", data=wrong, files={"none": b""}).status_code == 400
    answer = empty.post("/currency", data={"id": str(number), "currency": "SEK"}, files={"none": b""})
    assert answer.status_code in (200, 202), answer.text[:500]
    page = empty.page("/sheet")
    assert "In which currency" not in page
    assert "SEK 150.00" in page


@pytest.mark.slow
def test_somebody_with_a_table_of_posts_says_that_these_are_their_people(empty: Browser) -> None:
    rows = "".join(f"{n},ann,instagram,Oat & Co is great {n},2026-01-0{n}T10:00:00Z\n" for n in range(1, 8))
    empty.bring(("colleagues.csv", f"id,author,platform,text,created_at\n{rows}".encode()))
    page = empty.page("/staff?company=Oat+%26+Co")
    assert "These are our people" in page
    assert "colleagues.csv: the people in it" in page
    (number,) = (one.id for one in empty.workspace.state.imports())
    page = empty.page(f"/staff?company=Oat+%26+Co&id={number}")
    assert "@ann" in page
    assert f"/census?company=Oat%20%26%20Co&amp;staff={number}" in page
    page = empty.page(f"/census?company=Oat+%26+Co&staff={number}")
    assert "Colleagues, apart" in page
    assert "of which file" in empty.page("/audit")
    assert "@ann" in empty.page(f"/audit?id={number}")


@pytest.mark.slow
def test_codes_and_commands_are_said_in_words(empty: Browser) -> None:
    empty.bring(
        (
            "one.csv",
            b"Name,Handle,Platform,Followers,Fee\nAnn Crumb,@anncrumb,Instagram,900,20\nAnn Crumb,@ann_crumb,TikTok,900,20\n",
        )
    )
    assert "A marketer&#39;s sheet of creators" in empty.page("/imports")
    assert "marketer_sheet" not in empty.page("/imports")
    assert "Review this list" in empty.page("/arriving?id=" + next(iter(empty.desk._batches)))
    sheet = empty.page("/sheet")
    assert "@anncrumb</bdi>" not in sheet.partition("<h2")[0]
    assert ".;" not in sheet
    assert ".." not in re.sub(r"<[^>]+>", "", sheet.partition("<main")[2].partition("</main>")[0]).replace("...", "")
    assert "Add a made-up community" in empty.page("/")
    (person,) = {one for one in re.findall(r"/person\?account=([^\"]+)", empty.page("/people")) if "instagram" in one}
    shown = empty.page(f"/person?account={person}")
    assert "--" not in re.sub(r"<[^>]+>", "", shown.partition("<main")[2])
    assert "seed_004@1</th>" not in shown


@pytest.mark.slow
def test_the_coach_remembers_who_you_are_and_leads_back_from_a_name_that_nobody_has(tmp_path: Path) -> None:
    posts = [post("ann", number, text="oats", created_at=day(number), likes=2) for number in range(12)]
    posts += [post("ben", number, text="rye", created_at=day(number)) for number in range(12)]
    with Browser(made(tmp_path / "w", {"account": [account("ann"), account("ben")], "post": posts})) as browser:
        assert "Is this you?" not in browser.page("/coach")
        lost = browser.get("/coach?account=nonsense")
        assert lost.status_code == 404
        assert "Look me up" in lost.text
        page = browser.page("/coach?account=@ben")
        assert "Which words are looked for" in page
        assert "12 own posts read" in page
        again = browser.page("/coach")
        assert "Is this you?" in again
        assert 'href="/coach?account=x%3Aben"' in again
        form = browser.get("/coach/replies.csv?account=x%3Aann").text.splitlines()
        assert "author,date,text,platform,reply_to" in form[0].replace(chr(34), "")
        assert len(form) == 11
        assert "x:ann-11" in form[1]
        assert "24 likes on 12 posts" in browser.page("/coach?account=x%3Aann")


def test_real_people_beside_made_up_ones_are_not_called_made_up(empty: Browser) -> None:
    empty.bring(("people.csv", b"platform,handle,followers,simulated\ninstagram,quill,1200,true\n"))
    assert "These people are made up" in empty.page("/people")
    empty.bring(("more.csv", b"platform,handle,followers\ninstagram,ann,900\n"))
    shown = empty.page("/people")
    assert "These people are made up" not in shown
    assert "Made-up people stand beside real ones" in shown
    assert "<title>PARTLY SIMULATED: " in shown

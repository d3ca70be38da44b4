"""Every page, at an empty workspace, at a community, and at one whose every field holds something nasty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from browsing import Browser

from building import bring, day
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
    "/about",
]
ASKED = [
    "/people?q=bread&sort=posts_per_week&order=low&known=yes&platform=instagram&tier=under+1k&page=1",
    "/people?q=nobody+is+called+so",
    "/brief?brand=Oat+%26+Co&wish=bakes+bread&how=must&sector=vegan+food&country=DE&channel=instagram&language=en&amount=5000",
    "/shortlist?brand=Oat+%26+Co&wish=bakes+bread&how=matters&sector=vegan+food",
    "/shortlist?brand=Oat+%26+Co&country=ZZ",
    "/import?id=1",
    "/coach?q=sim",
    "/staff?company=Oat+%26+Co",
    "/census?company=Oat+%26+Co&product=Barista",
]
NASTY = [
    "<script>zzq()</script>",
    '"><img src=x onerror=zzq()>',
    "' onmouseover='zzq()",
    "javascript:zzq()",
    "</textarea></title></style></script><svg onload=zzq()>",
    "{{ 7 * 7 }}{% zzq %}",
    "<iframe srcdoc='zzq'>",
    "=zzq()",
    "\u202ezzq\u0000\u0007\u2028",
    "&lt;zzq&gt;",
    "data:text/html,zzq",
    "zzq" * 4000,
    "<!--zzq",
    "<a href=//zzq.example>",
    "java\tscript:zzq()",
]


class Scan(HTMLParser):
    """Notes what a browser would see as alive."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


HARMLESS = {
    "html", "head", "meta", "title", "link", "script", "noscript", "body", "a", "p", "strong", "b", "nav", "ul", "ol", "li", "main", "header", "footer",
    "h1", "h2", "h3", "h4", "section", "article", "form", "label", "input", "select", "option", "optgroup", "textarea", "button", "progress",
    "details", "summary", "table", "caption", "thead", "tbody", "tr", "th", "td", "div", "span", "bdi", "figure", "figcaption", "svg", "defs",
    "pattern", "path", "rect", "text", "circle", "use", "symbol", "g", "dl", "dt", "dd", "blockquote", "q", "br", "fieldset", "legend", "datalist",
}  # fmt: skip


def alive(page: str) -> Iterator[str]:
    """What in a page is alive and not ours."""
    for tag, attributes in Scan(page).tags:
        if tag not in HARMLESS:
            yield f"<{tag}>"
        if tag == "script" and attributes.get("src") != "/static/app.js":
            yield f"<script {attributes}>"
        for name, value in attributes.items():
            if name.startswith("on") or name in ("srcdoc", "style") or "zzq" in name:
                yield f"{tag} {name}={value}"
            if name in ("href", "src", "action", "formaction", "xlink:href") and not re.match(
                r"(/(?!/)|#|https?://(?!zzq))", value or ""
            ):
                yield f"{tag} {name}={value}"
            if name in ("src", "action", "formaction") and (value or "").startswith("http"):
                yield f"{tag} {name}={value}"


@pytest.mark.parametrize("address", ALONE)
def test_an_empty_workspace_says_what_to_do_next(empty: Browser, address: str) -> None:
    page = empty.page(address)
    assert not list(alive(page))
    assert page.count("<h1") == 1
    assert "Traceback" not in page


def somebody(browser: Browser) -> str:
    """The account about which most is known."""
    return browser.get("/people.json?sort=posts_per_week&order=high").json()["rows"][0]["account"]


def test_every_page_of_a_community_is_whole_and_marked_as_simulated(community: Browser) -> None:
    person = quote(somebody(community), safe="")
    addresses = [*ALONE, *ASKED, f"/person?account={person}", f"/coach?account={person}"]
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


def test_every_page_has_its_numbers_as_json(community: Browser) -> None:
    person = quote(somebody(community), safe="")
    for address in [*ALONE, *ASKED, f"/person?account={person}", f"/coach?account={person}"]:
        twin = re.search(r'<link rel="alternate" type="application/json" href="([^"]+)">', community.page(address))
        if twin:
            answer = community.get(twin[1].replace("&amp;", "&"))
            assert answer.status_code == 200, (address, twin[1], answer.text[:300])
            answer.json()
        else:
            assert address.partition("?")[0] in ("/marketer", "/company", "/coach", "/staff", "/census"), address


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


@pytest.mark.parametrize(
    "wrong",
    [
        "/person.json?account=nobody",
        "/import.json?id=99",
        f"/import.json?id={2**63}",
        "/people.json?sort=x",
        "/shortlist.json",
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


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser at a workspace whose every field holds something nasty."""
    workspace = Workspace.create(tmp_path_factory.mktemp("hostile") / "workspace")
    accounts = [
        {
            "account": f"instagram:{n}{nasty[:60]}", "platform": "instagram", "handle": nasty, "name": nasty, "bio": nasty, "url": nasty, "location": nasty,
            "country": nasty, "language": nasty, "category": nasty, "account_type": nasty, "followers": 1000 + n, "following": 10,
        }
        for n, nasty in enumerate(NASTY)
    ]  # fmt: skip
    posts = [
        {
            "post": f"instagram:{n}-{k}", "platform": "instagram", "account": accounts[n]["account"], "text": f"{nasty} Oat and oats {k}", "url": nasty,
            "created_at": day(k), "likes": 10 + k, "replies": k, "kind": "post",
        }
        for n, nasty in enumerate(NASTY) for k in range(20)
    ]  # fmt: skip
    lists = [
        {
            "creator": f"c{n}",
            "account": accounts[n]["account"],
            "name": nasty,
            "status": nasty,
            "code": nasty,
            "notes": nasty,
        }
        for n, nasty in enumerate(NASTY)
    ]
    fees = [
        {"account": one["account"], "deliverable": "post", "amount_minor": 1000 * (n + 1), "currency": "EUR"}
        for n, one in enumerate(accounts)
    ]
    replies = [
        {
            "actor": f"instagram:{nasty[:50]}",
            "verb": "reply",
            "account": accounts[0]["account"],
            "post": "instagram:0-0",
            "via": f"instagram:r{n}",
        }
        for n, nasty in enumerate(NASTY)
    ]
    bring(workspace, {"account": accounts, "post": posts, "creator": lists, "fee": fees, "interaction": replies})
    with Browser(workspace) as browser:
        table = "handle,followers,notes\n" + "".join(
            f'"{nasty.replace(chr(34), chr(34) * 2)}",many,x\n' for nasty in NASTY[:11] if "\0" not in nasty
        )
        browser.bring((f"{NASTY[1]}.csv", table.encode()), platform="instagram")
        yield browser


def test_what_strangers_wrote_stays_text_on_every_page(hostile: Browser) -> None:
    people = hostile.get("/people.json").json()["rows"]
    assert len(people) >= len(NASTY)
    imports = [one["id"] for one in hostile.get("/imports.json").json()]
    addresses = [*ALONE, *ASKED, *(f"/import?id={one}" for one in imports)]
    addresses += [f"/{page}?account={quote(row['account'], safe='')}" for row in people[:20] for page in ("person",)]
    addresses += [f"/coach?account={quote(row['account'], safe='')}" for row in people[:4]]
    addresses += [f"/census?company={quote(nasty[:200])}" for nasty in NASTY[:3]] + [
        "/census?company=Oat",
        "/staff?company=Oat",
        "/shortlist?brand=Oat",
    ]
    seen = 0
    for address in addresses:
        answer = hostile.get(address)
        while answer.status_code == 202:
            answer = hostile.get(address)
        assert answer.status_code in (200, 400), (address, answer.status_code, answer.text[:500])
        assert not list(alive(answer.text)), address
        seen += "zzq" in answer.text
    assert seen > 15, "the nasty text is not shown at all, so this shows nothing"


@pytest.mark.parametrize("nasty", [one for one in NASTY if len(one) < 300])
def test_what_is_typed_stays_text_too(hostile: Browser, nasty: str) -> None:
    told = {
        "q": nasty,
        "brand": nasty,
        "wish": nasty,
        "sector": nasty,
        "exclude": nasty,
        "company": nasty,
        "country": nasty,
        "amount": nasty,
        "account": nasty,
        "id": nasty,
        "definition": "field_geek@1",
    }
    for path in (
        "/people",
        "/brief",
        "/shortlist",
        "/coach",
        "/census",
        "/person",
        "/import",
        "/arriving",
        "/staff",
        "/nothing",
    ):
        answer = hostile.get(path, params=told)
        while answer.status_code == 202:
            answer = hostile.get(path, params=told)
        assert answer.status_code < 500, (path, answer.text[:800])
        assert not list(alive(answer.text)), path


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

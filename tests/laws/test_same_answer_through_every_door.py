"""The same question has the same answer through the library, the command line, the API, an assistant and the page: number for number."""

from __future__ import annotations

import html
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import anyio
import openpyxl
import pytest
from mcp import Client
from starlette.testclient import TestClient

from building import simulated_and_computed, simulated_file
from groundswell.advocacy import audit_roster, census, review_sheet, staff
from groundswell.api import QUESTIONS, Answers, BriefForm, as_toml
from groundswell.cli import main
from groundswell.coach import coach
from groundswell.discover import discover, read_brief
from groundswell.explain import compare, contest, explain, like, review_contest
from groundswell.exports import shortlist_as_json
from groundswell.exports.report import REPORT_FORMS
from groundswell.exports.tables import plain
from groundswell.exports.wording import range_in_words, signal_titles, unit_of, value_in_words
from groundswell.mcp.server import server_of
from groundswell.plan import plan
from groundswell.signals import SIGNALS, signal_table
from groundswell.store import Workspace
from groundswell.web import Launch, make_app

PORT = 8799
FORM = BriefForm(
    brand="Oat & Co",
    wishes=(("bakes vegan bread", "matters"), ("tries oat milk", "nice")),
    sector=("vegan food",),
    amount="5000",
)
QUERY = "brand=Oat+%26+Co&wish=bakes+vegan+bread&how=matters&wish=tries+oat+milk&how=nice&sector=vegan+food&amount=5000"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small made-up community."""
    return simulated_and_computed(tmp_path_factory.mktemp("doors") / "workspace")


@pytest.fixture(scope="module")
def web(workspace: Workspace) -> Iterator[TestClient]:
    """The web app over it, with a browser let in."""
    launch = Launch(PORT)
    with TestClient(make_app(workspace, launch), base_url=f"http://127.0.0.1:{PORT}") as browser:
        browser.get(launch.link)
        while browser.get("/people").status_code == 202:
            pass
        yield browser


@pytest.fixture
def command(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Ask the command line, which answers in JSON."""

    def ask(*words: str) -> Any:
        asked = ["groundswell", *words, "--json", "--workspace", str(workspace.folder)]
        monkeypatch.setattr(sys, "argv", asked)
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code in (0, None), capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    return ask


ALL = 100_000
"""More people than there are: an assistant sees the whole list."""


@pytest.fixture(scope="module")
def assistant(workspace: Workspace) -> Any:
    """Ask as an assistant does, which gets the answer and what was left out of it."""
    server = server_of(Answers(workspace), allow_writes=False, folders=[])
    listing = {one.name for one in QUESTIONS if one.lists}

    async def asking(name: str, given: dict[str, Any]) -> Any:
        async with Client(server) as client:
            return await client.call_tool(name, given | ({"most": ALL} if name in listing else {}))

    def ask(name: str, **given: Any) -> Any:
        answer = anyio.run(asking, name, given)
        assert not answer.is_error, answer.content
        assert answer.structured_content["left_out"] == {}
        return answer.structured_content["answer"]

    return ask


def page(web: TestClient, address: str) -> str:
    answer = web.get(address)
    while answer.status_code == 202:
        answer = web.get(address)
    assert answer.status_code == 200, answer.text[:500]
    return html.unescape(answer.text)


def people(workspace: Workspace) -> list[str]:
    """Somebody of whom much is known, somebody of whom little, and three between."""
    rows = signal_table(workspace).rows
    known = sorted(
        rows.to_pylist(), key=lambda row: (sum(row[name]["value"] is not None for name in SIGNALS), row["account"])
    )
    return [known[place]["account"] for place in (0, len(known) // 4, len(known) // 2, -2, -1)]


@pytest.mark.slow
def test_a_person_is_the_same_through_every_door(
    workspace: Workspace, web: TestClient, command: Any, assistant: Any
) -> None:
    for account in people(workspace):
        found = explain(workspace, account)
        library = plain(found)
        assert command("explain", account) == library
        assert web.get("/person.json", params={"account": account}).json() == library
        assert assistant("explain", account=account) == library
        assert assistant("signals", account=account)["values"] == library["values"]
        shown = page(web, f"/person?account={quote(account, safe='')}")
        for name, value in found.values.items():
            assert found.sentences[name] in shown, name
            assert value_in_words(value, unit_of(name, signal_titles())) in shown, name
            assert range_in_words(value, unit_of(name, signal_titles())) in shown, name


def test_two_people_are_compared_alike_through_every_door(
    workspace: Workspace, web: TestClient, command: Any, assistant: Any
) -> None:
    one, *_, other = people(workspace)
    found = compare(workspace, one, other)
    library = plain(found)
    asked = {"account": one, "other": other}
    assert command("compare", one, other) == library
    assert web.get("/compare.json", params=asked).json() == library
    assert assistant("compare", **asked) == library
    shown = page(web, f"/compare?account={quote(one, safe='')}&other={quote(other, safe='')}")
    assert all(sentence in shown for sentence in found.says)
    for group in found.groups:
        assert group.asks in shown
        assert all(line.says in shown for line in group.lines)


@pytest.mark.slow
def test_who_is_like_somebody_is_the_same_through_every_door(
    workspace: Workspace, web: TestClient, command: Any, assistant: Any
) -> None:
    account = people(workspace)[-1]
    library = plain(like(workspace, account, limit=5))
    assert len(library["people"]) == 5
    assert command("like", account, "--limit", "5") == library
    assert web.get("/like.json", params={"account": account, "limit": 5}).json() == library
    assert assistant("like", account=account, limit=5) == library
    shown = page(web, f"/like?account={quote(account, safe='')}&limit=5")
    assert all(one["called"] in shown for one in library["people"])


@pytest.mark.slow
def test_what_is_contested_is_hidden_behind_every_door(
    workspace: Workspace, web: TestClient, command: Any, assistant: Any
) -> None:
    account = people(workspace)[-1]
    made = contest(workspace, account, "posts_per_week", because="I post elsewhere too.", by="its owner")
    hidden = {"value": None, "low": None, "high": None, "n": 0, "label": None, "reason": "contested"}
    answers = [
        command("explain", account), web.get("/person.json", params={"account": account}).json(), assistant("explain", account=account),
        assistant("signals", account=account), plain(compare(workspace, account, account))["first"],
    ]  # fmt: skip
    for answer in answers:
        assert answer["values"]["posts_per_week"] == hidden | {"signal": "posts_per_week"}
    assert command("contest", "--list") == web.get("/contests.json").json() == assistant("contests")
    assert command("contest", "--list")[-1]["because"] == "I post elsewhere too."
    assert "I post elsewhere too." in page(web, "/contests")
    review_contest(workspace, made.id, uphold=False, note="We do not know elsewhere.")
    assert command("explain", account)["values"]["posts_per_week"]["value"] is not None
    assert web.get("/person.json", params={"account": account}).json() == command("explain", account)


def test_a_shortlist_is_the_same_through_every_door(
    workspace: Workspace, web: TestClient, command: Any, assistant: Any, tmp_path: Path
) -> None:
    brief = tmp_path / "brief.toml"
    brief.write_text(as_toml(FORM), encoding="utf-8")

    def of(document: dict[str, Any]) -> dict[str, Any]:
        """Everything but when it was asked and in which file the brief lay."""
        return document | {"made_at": None, "brief": document["brief"] | {"path": ""}}

    library = of(plain(shortlist_as_json(discover(workspace, read_brief(brief)))))
    assert len(library["matches"]) > 3
    assert of(command("discover", str(brief))) == library
    assert of(web.get(f"/shortlist.json?{QUERY}").json()) == library
    given = {"brand": FORM.brand, "wish": [words for words, _ in FORM.wishes], "how": [how for _, how in FORM.wishes]}
    assert of(assistant("discover", **given, sector="vegan food", amount="5000")) == library
    shown = page(web, f"/shortlist?{QUERY}")
    scores = re.findall(r'<p class="score"><b>([\d.]+)</b>', shown)
    assert scores == [f"{match['score']:.1f}" for match in library["matches"]]
    for match in library["matches"]:
        assert all(sentence in shown for sentence in match["sentences"])
    assert web.get(f"/shortlist.toml?{QUERY}").text == as_toml(FORM)


@pytest.mark.slow
def test_a_plan_is_the_same_through_every_door(
    workspace: Workspace, web: TestClient, command: Any, assistant: Any, tmp_path: Path
) -> None:
    brief = tmp_path / "brief.toml"
    brief.write_text(as_toml(FORM), encoding="utf-8")

    def of(document: dict[str, Any]) -> dict[str, Any]:
        """Everything but when it was asked and in which file the brief lay."""
        return document | {"made_at": None, "brief": document["brief"] | {"path": ""}}

    library = of(plain(plan(workspace, read_brief(brief))))
    assert library["simulated"]
    assert len(library["picks"]) > 2
    assert of(command("plan", str(brief))) == library
    assert of(web.get(f"/plan.json?{QUERY}").json()) == library
    given = {"brand": FORM.brand, "wish": [words for words, _ in FORM.wishes], "how": [how for _, how in FORM.wishes]}
    assert of(assistant("plan", **given, sector="vegan food", amount="5000")) == library
    first, second = (pick["who"]["account"] for pick in library["picks"][:2])
    changed = of(command("plan", "edit", "--budget", "900", "--lock", second, "--exclude", first))
    assert changed["picks"][0]["who"]["account"] != first
    asked = QUERY.replace("5000", "900") + f"&lock={quote(second)}&skip={quote(first)}"
    assert of(web.get(f"/plan.json?{asked}").json()) == changed
    for address, one in ((f"/plan?{QUERY}", library), (f"/plan?{asked}", changed)):
        shown = page(web, address)
        assert "These people are made up" in shown
        assert all(sentence in shown for sentence in (*one["sentences"], one["certificate_says"], *one["notes"]))
        assert all(pick["because"] in shown for pick in one["picks"])
    assert "How many people" in page(web, "/plan?brand=Oat")
    assert f'href="/plan?{QUERY}"' in page(web, f"/shortlist?{QUERY}")


@pytest.mark.slow
def test_signals_are_the_same_through_every_door(
    workspace: Workspace, web: TestClient, command: Any, assistant: Any
) -> None:
    assert web.get("/signals.json").json() == command("signals") == assistant("signals")
    for name in SIGNALS:
        assert web.get("/signal.json", params={"name": name}).json() == command("signals", name)
    rows = {row["account"]: row for row in signal_table(workspace).rows.to_pylist()}
    seen: set[str] = set()
    for number in range(1, 100):
        answer = web.get(f"/people.json?sort=posts_per_week&page={number}").json()
        for row in answer["rows"]:
            seen.add(row["account"])
            for name, value in row["values"].items():
                assert {part: value[part] for part in ("value", "low", "high", "n", "label", "reason")} == rows[
                    row["account"]
                ][name]
        if number == answer["pages"]:
            break
    assert seen == set(rows)


@pytest.mark.slow
def test_what_is_said_to_a_creator_is_the_same_through_every_door(
    workspace: Workspace, web: TestClient, command: Any, assistant: Any
) -> None:
    for account in people(workspace)[-1:]:
        library = plain(coach(workspace, account))
        assert command("coach", account) == library
        assert web.get("/coach.json", params={"account": account}).json() == library
        assert assistant("coach", account=account) == library
        shown = page(web, f"/coach?account={quote(account, safe='')}")
        assert all(action["do"] in shown for action in library["actions"])


@pytest.mark.slow
def test_lists_of_people_are_the_same_through_every_door(
    workspace: Workspace, web: TestClient, command: Any, assistant: Any
) -> None:
    """A sheet reviewed, a roster sorted, colleagues looked at: every account, every number."""
    asked = {"company": "Oat & Co, OatCo"}
    library = plain(review_sheet(workspace))
    assert len(library["accounts"]) > 5
    assert command("review") == web.get("/sheet.json").json() == assistant("review") == library
    library = plain(audit_roster(workspace))
    assert command("audit") == web.get("/audit.json").json() == assistant("audit") == library
    library = plain(staff(workspace, None, ["Oat & Co", "OatCo"]))
    said = command("advocates", "staff", "--company", "Oat & Co", "--company", "OatCo")
    assert said == web.get("/staff.json", params=asked).json() == assistant("advocates_staff", **asked) == library
    shown = page(web, "/audit")
    assert all(sentence in shown for one in plain(audit_roster(workspace))["accounts"] for sentence in one["because"])


@pytest.mark.slow
def test_a_census_is_the_same_through_every_door(
    workspace: Workspace, web: TestClient, command: Any, assistant: Any
) -> None:
    asked = {"company": "Oat & Co", "product": "oat drink, oat milk"}
    library = plain(census(workspace, {"company": ["Oat & Co"], "product": ["oat drink", "oat milk"]}))
    assert len(library["voices"]) > 5
    words = ("--company", "Oat & Co", "--product", "oat drink", "--product", "oat milk")
    assert command("advocates", "census", *words) == library
    assert web.get("/census.json", params=asked).json() == library
    assert assistant("advocates_census", **asked) == library
    shown = page(web, f"/census?company={quote('Oat & Co')}&product={quote('oat drink, oat milk')}")
    assert all(voice["sentence"] in shown for voice in library["voices"])


def test_imports_and_definitions_are_the_same_through_every_door(web: TestClient, command: Any, assistant: Any) -> None:
    assert web.get("/imports.json").json() == command("imports") == assistant("imports")
    assert web.get("/definitions.json").json() == command("definitions") == assistant("definitions")
    assert web.get("/overlap.json").json() == command("definitions", "--overlap") == assistant("definitions_overlap")
    assert web.get("/import.json?id=1").json() == assistant("set_aside", id=1)
    assert web.get("/index.json").json() == assistant("overview")


BEGINNINGS = {
    ".pdf": b"%PDF-",
    ".html": b"<!doctype html>",
    ".xlsx": b"PK",
    ".csv": b"\xef\xbb\xbf",
    ".parquet": b"PAR1",
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "address", "option"),
    [
        (("review",), "/sheet{}", "--to"),
        (("audit",), "/audit{}", "--to"),
        (("advocates", "staff", "--company", "Oat & Co"), "/staff{}?company=Oat+%26+Co&id=", "--to"),
        (("advocates", "census", "--company", "Oat & Co"), "/census{}?company=Oat+%26+Co", "--to"),
        (("coach", "WHO"), "/coach{}?account=WHO", "--report"),
        (("discover", "BRIEF"), f"/shortlist{{}}?{QUERY}", "--to"),
        (("plan", "BRIEF"), f"/plan{{}}?{QUERY}", "--to"),
    ],
)
def test_every_report_is_written_by_the_command_and_handed_out_by_the_page(
    workspace: Workspace,
    web: TestClient,
    command: Any,
    tmp_path: Path,
    words: tuple[str, ...],
    address: str,
    option: str,
) -> None:
    (tmp_path / "brief.toml").write_text(as_toml(FORM), encoding="utf-8")
    meant = {"WHO": people(workspace)[-1], "BRIEF": str(tmp_path / "brief.toml")}
    forms = [form for form in BEGINNINGS if option == "--to" or form in (".pdf", ".html", ".xlsx")]
    files = [tmp_path / f"report{form}" for form in forms]
    command(*(meant.get(word, word) for word in words), *(part for path in files for part in (option, str(path))))
    shown = page(web, address.format("").replace("WHO", quote(meant["WHO"])))
    for path in files:
        assert path.read_bytes().startswith(BEGINNINGS[path.suffix])
        handed = web.get(address.format(path.suffix).replace("WHO", quote(meant["WHO"])))
        assert handed.status_code == 200, handed.text[:300]
        assert handed.content.startswith(BEGINNINGS[path.suffix])
        assert handed.headers["content-disposition"].startswith("attachment")
        unseen = address.startswith("/shortlist") and path.suffix == ".parquet"  # a shortlist's is for programs
        assert unseen or f'href="{address.partition("{")[0]}{path.suffix}' in shown
    assert set(forms) <= set(REPORT_FORMS)


def test_a_sheet_comes_back_as_its_owner_made_it(workspace: Workspace, command: Any, tmp_path: Path) -> None:
    own = simulated_file("sheet.xlsx")
    command("review", str(own), "--to", str(tmp_path / "back.xlsx"))
    before, after = openpyxl.load_workbook(own), openpyxl.load_workbook(tmp_path / "back.xlsx")
    assert after.sheetnames == before.sheetnames
    first, back = before.worksheets[0], after.worksheets[0]
    assert back.max_column > first.max_column
    for row in first.iter_rows():
        for cell in row:
            assert (back.cell(cell.row, cell.column).value or "") == (cell.value or "")
    new = [cell.value for row in back.iter_rows(min_col=first.max_column + 1) for cell in row if cell.value]
    assert any(str(value).startswith("Groundswell: ") for value in new)


def test_a_wrong_name_is_refused_through_every_door(
    workspace: Workspace, web: TestClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["groundswell", "explain", "@nobody", "--workspace", str(workspace.folder)])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    said = capsys.readouterr().err
    answer = web.get("/person.json?account=@nobody")
    assert answer.status_code == 400
    assert answer.json()["what"] in said

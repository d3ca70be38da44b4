"""A sheet of handles, followers and fees alone already answers questions, and says which it cannot answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import openpyxl.styles
import pyarrow as pa
import pytest

from groundswell.advocacy import bring_list, review_sheet, sheet_back
from groundswell.advocacy.people import Fee, Listed
from groundswell.advocacy.prices import against_big_name, check_fees
from groundswell.advocacy.sheet import Reviewed, SheetReview
from groundswell.advocacy.sheet_back import NEW_COLUMNS, NOT_READ, new_columns
from groundswell.errors import UnknownNameError, UsageError
from groundswell.exports.sheet_back import give_sheet_back, write_sheet_back
from groundswell.ingest import import_file, read_again
from groundswell.signals import Value
from groundswell.store import Workspace
from groundswell.store.facts import HELPERS
from groundswell.store.purging import purge

HEAD = "Name,Handle,Platform,Followers,Fee,Status,E-mail,Shoe size\n"
SHEET = (
    HEAD + "Ann Müller,@ann_bakes,Instagram,4200,€200,agreed,ann@example.org,38\n"
    "Muller Ann,@annbakes,TikTok,9100,€150,contacted,ann@example.org,38\n"
    "Bob Bread,@bobbread,Instagram,800,€60,agreed,bob@example.org,44\n"
    "Bob Bread,@bobbread,Instagram,800,€80,declined,bob@example.org,44\n"
    "Cat Crumb,@catcrumb,Instagram,120000,€900,,cat@example.org,\n"
    "Total,,,,€1390,,,\n"
)


def reviewed(folder: Path, text: str = SHEET) -> tuple[Workspace, Path, SheetReview]:
    """A workspace with nothing but this sheet, and the review of it."""
    file = folder / "sheet.csv"
    file.write_text(text, encoding="utf-8")
    workspace = Workspace.create(folder / "workspace")
    import_file(workspace, file)
    return workspace, file, review_sheet(workspace)


def listed(name: str, followers: float | None, *fees: Fee, rate: float | None = None) -> Listed:
    """A person of a list, without a file behind them."""
    values = {"followers": Value("followers", followers), "public_rate": Value("public_rate", rate)}
    return Listed(f"x:{name}", "x", name, None, (name,), None, None, fees, (), (), (), values)


def asked(amount: float, currency: str | None = "EUR", deliverable: str | None = None) -> Fee:
    """A price somebody asks."""
    return Fee(round(amount * 100), currency, deliverable, "asked")


def test_two_handles_with_one_address_and_one_name_are_proposed_and_not_merged(tmp_path: Path) -> None:
    _, _, review = reviewed(tmp_path)
    (group,) = review.same_person
    assert group.accounts == ("instagram:@ann_bakes", "tiktok:@annbakes")
    assert group.how_sure == "very likely"
    assert any("ann@example.org" in sentence for sentence in group.evidence)
    assert {one.person.account for one in review.accounts} >= set(group.accounts)


@pytest.mark.slow
def test_an_account_in_two_rows_is_told_with_its_lines_and_what_differs(tmp_path: Path) -> None:
    _, _, review = reviewed(tmp_path)
    (found,) = review.duplicates
    assert [place.line for place in found.places] == [4, 5]
    assert found.fees == ("€60", "EUR 80.00")
    assert any("status: agreed | declined" in part for part in found.differs)


@pytest.mark.slow
def test_of_rows_that_repeat_an_account_the_last_fee_counts_whatever_the_currency_is_said_to_be(tmp_path: Path) -> None:
    text = "Name,Handle,Platform,Followers,Fee,Status\nSam,@samokafor,Instagram,7.9K,120,posted\n"
    workspace, _, before = reviewed(
        tmp_path, text + "Sam,samokafor,Instagram,8K,130,confirmed\nLea,@lea_x,Instagram,1K,€90,\n"
    )
    read_again(workspace, before.currency_open[0].import_id, {"currency": "EUR"})
    for review, fee in ((before, "130.00"), (review_sheet(workspace), "EUR 130.00")):
        sam = next(one.person for one in review.accounts if one.person.handle == "samokafor")
        assert ([one.amount_minor for one in sam.fees], sam.followers, sam.status) == ([13_000], 8000, "confirmed")
        (found,) = review.duplicates
        assert found.fees == ("120", fee)
        assert found.differs == ("status: posted | confirmed", "followers: 7900 | 8000")


@pytest.mark.slow
def test_who_stands_on_two_lists_is_told_with_both_files_and_both_fees(tmp_path: Path) -> None:
    workspace, _, _ = reviewed(tmp_path)
    other = tmp_path / "agency.csv"
    other.write_text("Instagram;Honorar\n@bobbread;95 €\n@zoe_zest;80 €\n", encoding="utf-8")
    import_file(workspace, other)
    key = import_file(workspace, other).import_id  # the same file again is no other list
    for review in (review_sheet(workspace), review_sheet(workspace, import_id=key)):
        (found,) = review.duplicates
        assert found.across
        assert found.says.startswith(
            "@bobbread stands in line 4 of sheet.csv (fee €60) and line 5 of sheet.csv (fee EUR 80.00) and line 2 of agency.csv (fee EUR 95.00)."
        )
        assert "1 account on more than one list. @bobbread" in review.sentences[1]


def test_a_fee_that_is_no_amount_is_told_at_import_and_stays_visible_in_its_words(tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_text(
        "Code,Handle,Platform,Fee (per post)\nMeg,@meg_fer,Instagram,300 + product\nJack,@jack_lang,Instagram,gifted\n"
        "Max,@max_mute,Instagram,n/a\nAnn,@ann_bakes,Instagram,€90\n",
        encoding="utf-8",
    )
    workspace = Workspace.create(tmp_path / "workspace")
    report = import_file(workspace, file)
    assert report.notes == [
        "In “Fee (per post)” 2 values are no single amount and are kept in words: line 2 “300 + product”, line 3 “gifted”."
    ]
    written = {one.person.handle: one.fee_as_written for one in review_sheet(workspace).accounts}
    assert written == {"meg_fer": ("300 + product",), "jack_lang": ("gifted",), "max_mute": (), "ann_bakes": ()}


def test_a_fee_written_as_a_range_is_said_to_be_its_dearer_end(tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_text(
        "Name,Handle,Platform,Fee,Story fee,Price JPY\nMeg,@meg_fer,Instagram,300-400 €,400 €,\nAnn,@ann_bakes,Instagram,,,500-600\n",
        encoding="utf-8",
    )
    workspace = Workspace.create(tmp_path / "workspace")
    import_file(workspace, file)
    review = review_sheet(workspace)
    meg, ann = (next(one for one in review.accounts if one.person.handle == name) for name in ("meg_fer", "ann_bakes"))
    assert [fee.says for fee in meg.person.fees] == [
        "EUR 400.00, dearer end of “300-400 €”",
        "EUR 400.00 for a story",
    ]
    assert "is listed at EUR 400.00, dearer end of “300-400 €”" in meg.fees[0].sentence
    assert meg.fee_as_written == ()
    assert [fee.says for fee in ann.person.fees] == ["JPY 600, dearer end of “500-600” (asked)"]


@pytest.mark.slow
def test_a_tier_that_nobody_names_is_silent_and_not_guessed(tmp_path: Path) -> None:
    _, _, review = reviewed(tmp_path)
    cat = next(one for one in review.accounts if one.person.handle == "catcrumb")
    assert dict(cat.tiers)["seed_004@1"] == "unknown: the definition says nothing here"
    assert dict(cat.tiers)["seed_000@1"] == "major"


@pytest.mark.slow
def test_without_posts_every_question_about_them_is_open_and_one_file_is_named(tmp_path: Path) -> None:
    _, _, review = reviewed(tmp_path)
    assert all(one.person.values["public_rate"].value is None for one in review.accounts)
    assert "how much its audience does" in review.unknown_of_all
    first = review.files[0]
    assert first.platform == "instagram"
    assert len(first.accounts) == 3
    assert "how much its audience does" in first.settles
    assert first.how


@pytest.mark.slow
def test_words_of_the_status_are_counted_as_the_sheet_says_them(tmp_path: Path) -> None:
    _, _, review = reviewed(tmp_path)
    assert sum(number for _, number in review.status) + review.without_status == len(review.accounts)


@pytest.mark.slow
def test_the_sheet_comes_back_with_its_own_rows_and_columns_first(tmp_path: Path) -> None:
    workspace, file, review = reviewed(tmp_path)
    file.unlink()  # whatever became of the file: it was kept as it came
    back = sheet_back(Workspace.open(workspace.folder), review)
    assert back.column_names[:8] == HEAD.strip().split(",")
    own = [line.split(",") for line in SHEET.splitlines()[1:]]
    assert [[str(cell or "") for cell in row.values()][:8] for row in back.to_pylist()] == own
    first, *_, last = back.to_pylist()
    assert last[NEW_COLUMNS + "account"] is None  # the total is nobody
    assert last[NOT_READ] == "a total, not a person"
    assert first[NOT_READ] is None
    assert first[NEW_COLUMNS + "may be the same person as"] == "@annbakes on TikTok (very likely)"
    assert (first["Followers"], first["Shoe size"]) == (4200, 38)  # numbers are numbers in a workbook, too


@pytest.mark.slow
def test_a_row_that_names_several_accounts_comes_back_with_all_of_them(tmp_path: Path) -> None:
    text = HEAD + "Ann Müller,@ann_bakes / tiktok: @annbakes,Instagram,4200,€200,agreed,ann@example.org,038\n"
    workspace, _, review = reviewed(tmp_path, text)
    (row,) = sheet_back(workspace, review).to_pylist()
    assert row[NEW_COLUMNS + "account"] == "instagram:@ann_bakes; tiktok:@annbakes"
    assert row["Shoe size"] == "038"


@pytest.mark.slow
def test_two_lists_come_back_one_after_the_other_each_row_with_its_file(tmp_path: Path) -> None:
    workspace, _, _ = reviewed(tmp_path)
    other = tmp_path / "other.csv"
    other.write_text("Handle,Platform,Notes\n@zoe_zest,Instagram,=cmd\n", encoding="utf-8")
    import_file(workspace, other)
    back = sheet_back(workspace, review_sheet(workspace))
    assert back.column(NEW_COLUMNS + "file").to_pylist() == ["sheet.csv"] * 6 + ["other.csv"]
    written = give_sheet_back(workspace, review_sheet(workspace), tmp_path / "back.xlsx")
    cells = [cell for row in openpyxl.load_workbook(written).worksheets[0].iter_rows() for cell in row]
    assert any(cell.value == "=cmd" for cell in cells)
    assert {cell.data_type for cell in cells if cell.value is not None} <= {"s", "n"}


@pytest.mark.slow
def test_of_a_list_that_was_not_kept_as_it_came_its_people_come_back(tmp_path: Path) -> None:
    workspace, file, review = reviewed(tmp_path)
    (one,) = workspace.state.imports()
    (page,) = workspace.raw.folder.glob(f"*/{one.sha256}.zst")
    page.unlink()  # as in a workspace of an earlier version
    back = sheet_back(workspace, review)
    assert back.num_rows == len(review.accounts)
    assert 38 in back.column("Shoe size").to_pylist()
    bring_list(workspace, file)  # the file is there again, and is kept from now on
    assert sheet_back(workspace, review).num_rows == 6


def test_an_empty_workspace_has_nobody_to_review(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nobody to review"):
        review_sheet(Workspace.create(tmp_path / "empty"))


def test_a_fee_far_above_the_others_of_its_size_is_high_and_the_others_are_usual() -> None:
    people = [listed(f"p{n}", 1000 * n, asked(10 * n * (1.1 if n % 2 else 0.9))) for n in range(1, 16)]
    people.append(listed("dear", 5000, asked(2000)))
    verdicts = {check.account: check.verdict for check in check_fees(people)}
    assert verdicts.pop("x:dear") == "high for its size"
    assert set(verdicts.values()) == {"usual for its size"}


def test_how_far_a_fee_is_out_of_line_is_a_number_to_sort_by_and_comes_back_beside_the_sheet() -> None:
    people = [listed(f"p{n}", 1000 * n, asked(10 * n * (1.1 if n % 2 else 0.9))) for n in range(1, 16)]
    people += [listed("dear", 5000, asked(2000)), listed("a_little", 5000, asked(90))]
    checks = {check.account: check for check in check_fees(people)}
    by_far = sorted(checks.values(), key=lambda check: -check.out_of_line)
    assert [check.account for check in by_far[:2]] == ["x:dear", "x:a_little"]
    one = Reviewed(people[-2], (), (checks["x:dear"],), (), (), (), ())
    cells = new_columns(one)
    times, low, high = (cells[NEW_COLUMNS + name] for name in ("listed / usual fee", "usual fee from", "usual fee to"))
    assert isinstance(times, float)
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert low < 2000 / times < high < 100
    assert new_columns(replace(one, fees=()))[NEW_COLUMNS + "listed / usual fee"] is None


def test_nine_fees_are_too_few_to_call_one_high() -> None:
    checks = check_fees(
        [listed(f"p{n}", 1000 * n, asked(10 * n)) for n in range(1, 9)] + [listed("dear", 500, asked(9999))]
    )
    assert {(check.verdict, check.reason) for check in checks} == {(None, "too_few")}
    assert "your lists hold 9" in checks[-1].sentence


def test_fees_of_different_currencies_are_never_compared() -> None:
    people = [listed(f"p{n}", 1000 * n, asked(10 * n, "EUR" if n % 2 else "USD")) for n in range(1, 17)]
    assert {check.reason for check in check_fees(people)} == {"too_few"}


def test_the_verdict_on_a_fee_does_not_depend_on_the_order_of_the_rows() -> None:
    people = [listed(f"p{n}", 700 * n + 13 * n % 7, asked(9 * n + n % 5)) for n in range(1, 20)]
    one, other = check_fees(people), check_fees(people[::-1])
    assert {c.account: c.low_minor for c in one} == {c.account: c.low_minor for c in other}


def test_many_small_against_one_big_spends_no_more_than_the_big_one_costs() -> None:
    people = [listed("big", 100_000, asked(1000)), *(listed(f"p{n}", 2000 + n, asked(90)) for n in range(20))]
    found = against_big_name(people)
    assert found is not None
    assert (found.big.account, len(found.small), found.spent_minor) == ("x:big", 11, 99_000)
    assert found.ordered_by == "followers for the money"
    assert found.reach_from == max(offer.followers for offer in found.small)
    assert found.reach_to == sum(offer.followers for offer in found.small)
    assert any("Likes and comments" in unknown for unknown in found.unknown)


def test_twenty_who_cost_a_twentieth_each_come_first_and_whoever_is_left_out_for_it_is_named() -> None:
    people = [listed("big", 100_000, asked(1000)), listed("nearly", 99_000, asked(100))]
    found = against_big_name([*people, *(listed(f"p{n:02}", 900 + n, asked(20)) for n in range(60))])
    assert found is not None
    assert len(found.small) == 40
    (why,) = found.left_out
    assert "first from those who cost at most a twentieth" in why
    assert ": @nearly (EUR 100.00, 99,000 followers), " in why, "most for the money first"


def test_what_twenty_small_ones_leave_of_the_money_buys_the_best_of_the_dearer_ones() -> None:
    people = [
        listed("big", 2_000_000, asked(18_000)),
        *(listed(f"p{n:02}", 9000 + n, asked(130)) for n in range(22)),
        replace(
            listed("ollie", 88_000, asked(950)), handle="ollie"
        ),  # more than a twentieth, and the most for the money
        listed("dear", 90_000, asked(16_000)),
        listed("pound", 9000, asked(100, "GBP")),
        listed("unseen", None, asked(70)),
    ]
    found = against_big_name(people)
    assert found is not None
    assert (found.small[0].account, len(found.small)) == ("x:ollie", 23)
    assert found.left_out == (
        "More than what the others leave of the money: @dear (EUR 16,000.00, 90,000 followers).",
        "Their fee is not said to be in EUR: @pound (GBP 100.00).",
        "How many followers they have is not known: @unseen (EUR 70.00).",
    )


def test_the_order_follows_engagement_only_when_it_is_known_for_everybody_compared() -> None:
    people = [
        listed("big", 100_000, asked(100), rate=0.01),
        listed("loved", 1000, asked(100), rate=0.2),
        listed("followed", 5000, asked(100), rate=0.001),
    ]
    known = against_big_name(people)
    assert known is not None
    assert [offer.account for offer in known.small] == ["x:loved"]
    unknown = against_big_name([*people, listed("silent", 10, asked(100))])
    assert unknown is not None
    assert [offer.account for offer in unknown.small] == ["x:followed"]


def test_one_fee_alone_compares_with_nothing() -> None:
    assert against_big_name([listed("big", 9000, asked(100)), listed("free", 10)]) is None


@pytest.mark.slow
def test_a_first_name_or_a_short_handle_alone_proposes_nobody(tmp_path: Path) -> None:
    text = HEAD + "Ann,@ann,Instagram,10,€1,,a@example.org,\nAnn,@ann,TikTok,20,€2,,b@example.org,\n"
    _, _, review = reviewed(tmp_path, text)
    assert review.same_person == ()


@pytest.mark.slow
def test_an_address_of_many_accounts_may_be_an_agency(tmp_path: Path) -> None:
    rows = [f"Person{n} Name{n},@handle_{n}x,Instagram,{n}000,€{n},,agency@example.org,\n" for n in range(1, 6)]
    _, _, review = reviewed(tmp_path, HEAD + "".join(rows))
    (group,) = review.same_person
    assert group.how_sure == "possible"
    assert any("agency" in sentence for sentence in group.evidence)


@pytest.mark.slow
def test_a_workbook_comes_back_as_it_was_with_new_columns_that_are_never_computed(tmp_path: Path) -> None:
    file = tmp_path / "ours.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "People"
    sheet.append(["Our spring list"])
    sheet.append([])
    sheet.append(["Name", "Handle", "Platform", "Followers", "Fee", "Twice the fee"])
    sheet.append(["=Ann", "@ann_bakes", "Instagram", 4200, 200, "=E4*2"])
    sheet.append(["Nobody", None, None, 12])
    sheet["A4"].fill = openpyxl.styles.PatternFill("solid", fgColor="FFEE88")
    book.create_sheet("Notes")["A1"] = "call Ann"
    book.save(file)
    workspace = Workspace.create(tmp_path / "workspace")
    import_file(workspace, file)
    file.rename(tmp_path / "moved.xlsx")
    first = give_sheet_back(workspace, review_sheet(workspace), tmp_path / "back.xlsx")
    back = openpyxl.load_workbook(first)
    people = back["People"]
    assert people["G5"].value is None
    assert [people.cell(5, at).value for at in range(7, people.max_column + 1) if people.cell(5, at).value] == [
        "no handle or profile address"
    ]
    assert people["F4"].value == "=E4*2"
    assert people["A4"].fill.fgColor.rgb == "00FFEE88"
    assert back["Notes"]["A1"].value == "call Ann"
    assert people["G3"].value == NEW_COLUMNS + "account"
    assert people["G4"].value == "instagram:@ann_bakes"
    new = [cell for row in people.iter_rows(min_col=7) for cell in row if cell.value is not None]
    assert all(cell.data_type in ("s", "n") for cell in new)
    again = Workspace.create(tmp_path / "again")
    import_file(again, first)  # next month's sheet is the one with our columns: they are filled anew, not doubled
    twice = openpyxl.load_workbook(give_sheet_back(again, review_sheet(again), tmp_path / "twice.xlsx"))["People"]
    assert [cell.value for cell in twice[3]] == [cell.value for cell in people[3]]


def test_the_users_own_workbook_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "ours.xlsx"
    openpyxl.Workbook().save(file)
    with pytest.raises(UsageError, match="not overwritten"):
        write_sheet_back(file, {}, {}, file)


@pytest.mark.parametrize("called", ["@Large", "large", "x:large"])
def test_the_big_name_is_meant_by_handle_or_id_and_one_on_no_list_is_said_to_be_unknown(called: str) -> None:
    people = [
        replace(listed(name, size, asked(fee)), account=f"x:{name}", handle=name)
        for name, size, fee in (("huge", 90_000, 900), ("large", 9_000, 100), ("little", 900, 20))
    ]
    found = against_big_name(people, called)
    assert found is not None
    assert found.big.account == "x:large"
    with pytest.raises(UnknownNameError, match="nobody"):
        against_big_name(people, "@nobody")


PLAIN = "Name,Handle,Platform,Followers,Fee\n" + "".join(
    f"Person {n},@person_{n:02}x,Instagram,{1000 * n},{(10 * n if n != 7 else 900)}\n" for n in range(1, 16)
)
"""A sheet as most are: the fees are numbers, and nothing says in which currency."""


@pytest.mark.slow
def test_fees_of_a_sheet_that_names_no_currency_are_compared_among_themselves(tmp_path: Path) -> None:
    _, _, review = reviewed(tmp_path, PLAIN)
    checks = {one.person.handle: one.fees[0] for one in review.accounts}
    assert checks["person_07x"].verdict == "high for its size"
    assert checks["person_08x"].verdict == "usual for its size"
    assert "15 fees of its list that name no currency" in checks["person_07x"].sentence
    assert [(one.fees, one.likely, one.kept) for one in review.currency_open] == [(15, None, True)]


def test_fees_without_a_currency_are_never_compared_with_those_of_another_list() -> None:
    people = [
        listed(f"p{n}", 1000 * n, replace(asked(10 * n, currency=None), import_id=1 + n % 2)) for n in range(1, 17)
    ]
    assert {check.reason for check in check_fees(people)} == {"too_few"}
    assert against_big_name([*people[:1], listed("big", 90_000, replace(asked(900, None), import_id=1))]) is None


@pytest.mark.slow
def test_the_currency_is_asked_once_and_remembered_with_the_sheet(tmp_path: Path) -> None:
    workspace, file, before = reviewed(tmp_path, PLAIN)
    key = before.currency_open[0].import_id
    file.unlink()  # the sheet is read again as it was kept, whatever became of the file
    report = read_again(workspace, key, {"currency": "eur"})
    after = review_sheet(Workspace.open(workspace.folder))
    assert after.currency_open == ()
    assert {fee.fee.currency for one in after.accounts for fee in one.fees} == {"EUR"}
    assert after.accounts[6].fees[0].verdict == "high for its size"
    states = {one.id: one.state for one in workspace.state.imports()}
    assert states == {key: "undone", report.import_id: "live"}
    assert (
        workspace.state.import_by_id(report.import_id or 0).observed_at == workspace.state.import_by_id(key).observed_at
    )


@pytest.mark.slow
def test_a_currency_that_a_cell_names_goes_before_the_one_that_was_said(tmp_path: Path) -> None:
    workspace, _, before = reviewed(tmp_path, PLAIN.replace(",140\n", ",USD 140\n"))
    (asked_for,) = before.currency_open
    assert (asked_for.fees, asked_for.likely) == (14, "USD")
    read_again(workspace, asked_for.import_id, {"currency": "JPY"})
    fees = {one.person.handle: one.fees[0].fee for one in review_sheet(workspace).accounts}
    assert (fees["person_14x"].currency, fees["person_14x"].amount_minor) == ("USD", 14_000)
    assert (fees["person_01x"].currency, fees["person_01x"].amount_minor) == ("JPY", 10)  # yen have no cents


@pytest.mark.slow
def test_an_unknown_currency_is_refused_and_the_sheet_stays_as_it_was(tmp_path: Path) -> None:
    workspace, _, before = reviewed(tmp_path, PLAIN)
    with pytest.raises(UnknownNameError, match="currency called 'ducats'"):
        read_again(workspace, before.currency_open[0].import_id, {"currency": "ducats"})
    assert review_sheet(workspace).currency_open == before.currency_open


def test_a_tenth_more_than_a_price_list_is_no_odd_fee() -> None:
    people = [listed(f"p{n}", 1000 * n, asked(10 * n)) for n in range(1, 16)]
    people += [listed("a_little_more", 5000, asked(54)), listed("more", 5000, asked(56))]
    verdicts = {check.account: check.verdict for check in check_fees(people)}
    assert verdicts["x:a_little_more"] == "usual for its size"
    assert verdicts["x:more"] == "high for its size"


def test_a_list_of_small_names_has_no_big_one_unless_somebody_names_it() -> None:
    people = [
        replace(listed(f"p{n}", 1000 + 100 * n, asked(50 + n)), account=f"x:p{n}", handle=f"p{n}") for n in range(30)
    ]
    assert against_big_name(people) is None
    named = against_big_name(people, "@p29")
    assert named is not None
    assert named.big.account == "x:p29"


@pytest.mark.slow
def test_a_list_that_was_kept_leaves_the_disk_with_its_import(tmp_path: Path) -> None:
    workspace, _, review = reviewed(tmp_path, PLAIN)
    (one,) = workspace.state.imports()
    assert workspace.raw.has(one.sha256)
    purge(workspace)
    assert workspace.raw.has(one.sha256)
    workspace.undo(one.id)
    purge(workspace, undone=True)
    assert not workspace.raw.has(one.sha256)
    with pytest.raises(UsageError, match="undone, not in use"):
        read_again(workspace, review.currency_open[0].import_id, {"currency": "EUR"})


@pytest.mark.slow
def test_who_may_be_the_same_person_is_named_by_handle(tmp_path: Path) -> None:
    _, _, review = reviewed(tmp_path)
    (group,) = review.same_person
    assert group.called == ("@ann_bakes on Instagram", "@annbakes on TikTok")
    assert "Very likely: @ann_bakes on Instagram and @annbakes on TikTok." in " ".join(review.sentences)
    assert review.duplicates[0].called == "@bobbread"


@pytest.mark.slow
def test_a_list_that_was_kept_leaves_the_disk_when_somebody_whom_it_names_is_gone(tmp_path: Path) -> None:
    workspace, _, _ = reviewed(tmp_path)
    (one,) = workspace.state.imports()
    now = datetime.now(UTC)
    key = workspace.state.begin_import(source="network", layout="made", sha256="", observed_at=now, options={})
    staging = workspace.staging(key)
    said = {"kind": "account", "id": "instagram:@bobbread", "at": now, "why": "left"}
    staging.add_helper("gone", pa.Table.from_pylist([said], schema=HELPERS["gone"].remove(0)))
    staging.count()
    staging.close()
    workspace.state.finish_import(key)
    purge(workspace)
    assert not workspace.raw.has(one.sha256)
    review = review_sheet(workspace)
    assert "bobbread" not in {one.person.handle for one in review.accounts}
    assert sheet_back(workspace, review).num_rows == len(review.accounts), "the others come back as the store kept them"

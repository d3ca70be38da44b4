"""A report that could not be made is said on a page, never kept on the disk under the report's name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from browsing import Browser

FILES = re.compile(r"\.(xlsx|pdf|html|csv|parquet)$")


def files_of(browser: Browser) -> list[str]:
    """Every address that hands a report out."""
    return [path for path in browser.get("/openapi.json").json()["paths"] if FILES.search(path)]


def is_a_page(answer: Any) -> bool:
    """Whether a browser shows it, rather than keeping it as a file."""
    named = "content-disposition" in answer.headers
    return not named and answer.headers["content-type"].startswith("text/html") and "<h1>" in answer.text


@pytest.mark.slow
def test_a_report_that_cannot_be_made_is_refused_on_a_page(empty: Browser) -> None:
    addresses = files_of(empty)
    assert len(addresses) > 20
    for address in addresses:
        for query in ("", "?id=99&account=nobody&brand=x&definition=nobodys&amount=much"):
            answer = empty.get(address + query)
            if answer.status_code == 200:
                # what nobody is in can be counted all the same: a report that says so
                assert answer.headers["content-disposition"].startswith("attachment"), address
            else:
                assert 400 <= answer.status_code < 500, (address, answer.status_code)
                assert is_a_page(answer), (address, dict(answer.headers))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("room", "address"), [("journeys", "/census.pdf?company=x"), ("pages", "/shortlist.csv?brand=x")]
)
def test_a_failure_of_ours_is_no_file_either(
    empty: Browser, monkeypatch: pytest.MonkeyPatch, room: str, address: str
) -> None:
    def fail(*_: object, **__: object) -> Path:
        raise RuntimeError("the disk is full")

    name = "export_report" if room == "journeys" else "export_shortlist"
    monkeypatch.setattr(f"groundswell.web.{room}.{name}", fail)
    answer = empty.get(address)
    assert answer.status_code == 500
    assert is_a_page(answer)
    assert "disk" not in answer.text


@pytest.mark.slow
def test_no_link_asks_the_browser_to_keep_whatever_comes(community: Browser) -> None:
    """With `download` on the link a browser keeps the page of an error too; the answer itself says what is a file."""
    for page in ("/shortlist?brand=Oat+%26+Co&sector=vegan+food", "/sheet", "/audit", "/census?company=Oat+%26+Co"):
        links = re.findall(r'<a class="get" [^>]*>', community.page(page))
        assert links, page
        assert not [link for link in links if re.search(r"\sdownload\b", link)]

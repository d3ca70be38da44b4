"""Who brings a list from the page that asked for it is led back there."""

from __future__ import annotations

import time

import pytest
from browsing import Browser


@pytest.mark.slow
def test_a_list_dropped_where_colleagues_are_asked_for_leads_back_there(empty: Browser) -> None:
    page = empty.page("/staff")
    assert "fees" not in page
    assert 'name="towards" value="/staff"' in page
    text = b"Name,LinkedIn,X handle\nAnn,https://www.linkedin.com/in/ann,@annx\nBob,,@bob\n"
    empty.post("/imports", data={"towards": "/staff"}, files={"files": ("list.csv", text)})
    key = next(iter(empty.desk._batches))
    for _ in range(60):
        page = empty.page(f"/arriving?id={key}")
        if 'data-over="yes"' in page:
            break
        time.sleep(0.5)
    assert '<a class="button" href="/staff">Who of us could speak?</a>' in page
    assert "Review this list" not in page

"""HypeAuditor's search (API, saved as JSON): `result.search_results`, one object an account. It does not say which network was asked.

`metrics.er.value` is a percentage and, like the share of real subscribers, the vendor's estimate: both are kept beside the account,
and none of our numbers is made from them. The other networks of a person are not read.
"""

from __future__ import annotations

from groundswell.sources.files.layouts.cells import Count, Handle, Text, Who
from groundswell.sources.files.layouts.layout import Account, Layout

SEARCH = Layout(
    id="hypeauditor_search",
    family="hypeauditor_search",
    title="HypeAuditor search",
    says="Accounts from HypeAuditor's search, saved as JSON. Say which network was asked.",
    platform=None,
    required=("basic/username", "metrics/subscribers_count/value"),
    kinds=("json",),
    needs=("platform",),
    ignored=("basic/avatar_url",),
    records=(
        Account(
            account=Who(handle="basic/username"),
            handle=Handle("basic/username"),
            name=Text("basic/title"),
            followers=Count("metrics/subscribers_count/value"),
        ),
    ),
)

HYPEAUDITOR = (SEARCH,)

"""What each journey found, as a report: the same sentences and numbers as its page, in the order in which somebody reads them.

    shortlist  people ranked for a brief, with the picture of each score
    lists      a sheet reviewed, a roster audited
    company    colleagues who could speak, everybody who speaks already
    person     one person explained
    coaching   an account, spoken to as its owner; and its kit as a workbook

Nothing is computed here that the journey did not: a share of a count, at most.
"""

from __future__ import annotations

from groundswell.exports.reports.coaching import coaching_report, kit_book, reply_form
from groundswell.exports.reports.company import census_report, staff_report
from groundswell.exports.reports.lists import audit_report, review_report
from groundswell.exports.reports.person import person_report
from groundswell.exports.reports.shortlist import shortlist_report

__all__ = [
    "audit_report", "census_report", "coaching_report", "kit_book", "person_report", "reply_form", "review_report", "shortlist_report", "staff_report",
]  # fmt: skip

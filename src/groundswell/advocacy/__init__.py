"""The company's and the buyer's side: a sheet of people reviewed, a roster audited, staff helped to speak, a census of advocates.

    sheet     who is on it twice, who costs much, what one file would settle       review_sheet, sheet_back
    roster    alpha, specialist, everyday voice, new, stalled, big, or cannot tell       audit_roster
    staff     who has a subject of their own, and a first step for each            staff
    census    who already speaks of a company, a product, a service, a person      census

Everybody here is a person with a will: who is found may be asked, nobody is enrolled. What is not in the data is unknown, with
the reason and with what would settle it.
"""

from __future__ import annotations

from groundswell.advocacy.census import census
from groundswell.advocacy.census_table import census_table
from groundswell.advocacy.people import bring_list, rosters
from groundswell.advocacy.roster import Audit, Audited, audit_roster, audit_table
from groundswell.advocacy.sheet import SheetReview, review_sheet
from groundswell.advocacy.sheet_back import beside_rows, lists_of, sheet_back
from groundswell.advocacy.staff import Colleague, Staff, staff
from groundswell.advocacy.staff_table import staff_table
from groundswell.advocacy.voices import ORDERS, PAYS, READINGS, Census, Voice, narrowed

__all__ = [
    "ORDERS", "PAYS", "READINGS", "Audit", "Audited", "Census", "Colleague", "SheetReview", "Staff", "Voice", "audit_roster", "audit_table", "beside_rows", "bring_list", "census",
    "census_table", "lists_of", "narrowed", "review_sheet", "rosters", "sheet_back", "staff", "staff_table",
]  # fmt: skip

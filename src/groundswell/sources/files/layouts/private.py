"""What is known and never read: messages, addresses, log-ins, searches, what an advertiser thinks of somebody.

People are told that a file holds such things, so that they need not wonder; no value of it is looked at, whatever is mapped.
Shapes are those of the platforms' own downloads, as published by those who wrote readers for them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from groundswell.errors import InputError
from groundswell.sources.files.layouts.cells import normalised


class PrivateError(InputError):
    """A file or list that is recognised as private."""


@dataclass(frozen=True)
class Private:
    """Something private: what it is, the headers that show it, and the place where it stands, if headers alone do not show it."""

    what: str
    headers: tuple[str, ...] = ()
    place: str = ""

    def fits(self, headers: frozenset[str], place: str) -> bool:
        """Whether a table with these headers (normalised), found at this place, is it."""
        known = all(normalised(name) in headers for name in self.headers)
        return known and re.search(self.place, place, re.IGNORECASE) is not None


PRIVATE = (
    Private("private messages", ("CONVERSATION ID", "FROM", "CONTENT")),  # LinkedIn messages.csv
    Private("private messages", ("sender_name", "timestamp_ms")),  # Instagram message_1.json
    Private("private messages", ("participants/name", "messages/sender_name")),
    Private("private messages", ("dmConversation/conversationId",)),  # X direct-messages.js
    Private("private messages", ("Date", "From", "Content"), r"#.*(direct messages?|chat history)"),  # TikTok
    Private("invitations", ("From", "To", "Sent At", "Direction")),  # LinkedIn Invitations.csv
    Private("e-mail addresses", ("Email Address", "Confirmed", "Primary")),  # LinkedIn Email Addresses.csv
    Private("telephone numbers", ("Extension", "Number", "Type")),  # LinkedIn PhoneNumbers.csv
    Private("log-ins", ("Login Date", "IP Address")),  # LinkedIn Logins.csv
    Private("log-ins", ("Date", "IP", "DeviceModel")),  # TikTok LoginHistoryList
    Private("log-ins", ("string_map_data/IP Address/value", "string_map_data/User Agent/value")),  # Instagram login_activity
    Private("what was searched for", ("Date", "SearchTerm")),  # TikTok SearchList
    Private("what was watched", ("Date", "Link"), r"#.*(watch|browsing) history/"),  # TikTok VideoList of what others made
    Private("close friends, blocks or requests", ("string_list_data/href",), r"close_friends|blocked|restricted|follow_requests|unfollowed|pending"),
    Private("interests that advertisers are sold", ("Member Age", "Company Names")),  # LinkedIn Ad_Targeting.csv
)  # fmt: skip


def private(headers: frozenset[str], place: str) -> str:
    """Say what private thing a table holds; "" when it is none that is known."""
    return next((one.what for one in PRIVATE if one.fits(headers, place)), "")

"""What is known, declared once.

A record is a fact that somebody reported: an account, a post, an act, a follow. Each field carries its type, its unit, whether
it is personal data, whether it changes over time (`observed`), and a sentence. Store schema, import counts, reference pages and
API models are all read from here.

Account and Post carry their observations in the same row: a row is "this account as it was seen at `observed_at`". The
present state takes, field by field, the newest value that is known; the history is the rows themselves. Followers that somebody
rounded (`2.1K`) stand back behind the newest exact count that they agree with.

Ids are `platform:native_id`, never a handle, which changes hands. Where a file knows only a handle the id is provisional,
`platform:@handle`, and the store links it when the native id turns up. Counts that a platform hides are null, never 0 or -1.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

PLATFORMS = (
    "twitter", "bluesky", "instagram", "tiktok", "youtube", "threads", "linkedin", "facebook", "mastodon", "blog",
    "twitch", "snapchat", "pinterest", "reddit", "podcast",
)  # fmt: skip
VERBS = ("like", "reply", "repost", "quote", "mention", "save", "view")
OWN_SPELLING = {"twitter": "X (Twitter)", "tiktok": "TikTok", "youtube": "YouTube", "linkedin": "LinkedIn"}
LANGUAGE_NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
    "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian",
    "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
    "sl": "Slovenian", "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
POST_KINDS = ("post", "reply", "repost", "quote")
COMPLETENESS = ("full", "sampled", "local")

TEXT, COUNT, MOMENT, FLAG = pa.string(), pa.int64(), pa.timestamp("us", tz="UTC"), pa.bool_()
TEXTS, EXTRA = pa.list_(pa.string()), pa.map_(pa.string(), pa.string())


def platform_name(platform: str) -> str:
    """Return the platform as it writes itself."""
    return OWN_SPELLING.get(platform, platform.capitalize())


def language_name(code: str) -> str:
    """Return the English name of a language, or the code in quotation marks."""
    return LANGUAGE_NAMES.get(code, f"\u201c{code}\u201d")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a record: name, Arrow type, and what a reader must know about it."""

    name: str
    type: pa.DataType
    says: str
    unit: str = ""
    key: bool = False
    """Part of the natural key: rows that agree on it speak of the same thing."""
    required: bool = False
    """A row without it is set aside."""
    personal: bool = False
    """Personal data in the sense of the GDPR: erased on request, never in a log."""
    observed: bool = False
    """Changes over time: part of the observation, not of the identity."""


@dataclass(frozen=True)
class Record:
    """A kind of fact. `name` is singular and lower case; its table in the store is the plural."""

    name: str
    table: str
    says: str
    account: str
    """The field by which rows are sorted and grouped: whose fact it is."""
    fields: tuple[Field, ...]
    stand_in: tuple[str, str] | None = None
    """(key field, other field): where the key field is null, the other one takes its place in the natural key."""
    counted: str = ""
    """The field by which an import counts what it brought, where several rows are one thing; otherwise by the natural key."""

    @property
    def schema(self) -> pa.Schema:
        """The record's own columns, without what the store adds."""
        return pa.schema([pa.field(field.name, field.type) for field in self.fields])

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the fields that make the natural key."""
        return tuple(field.name for field in self.fields if field.key)

    def field(self, name: str) -> Field:
        """Return the declared field called `name` (KeyError when there is none)."""
        return {field.name: field for field in self.fields}[name]


def _count(name: str, says: str) -> Field:
    return Field(name=name, type=COUNT, says=says, unit="count", observed=True)


ACCOUNT = Record(
    "account",
    "accounts",
    "A profile on one platform, as it was seen at one time.",
    "account",
    (
        Field(name="account", type=TEXT, key=True, required=True, personal=True, says="Id: platform:native_id, or platform:@handle while the native id is not known."),
        Field(name="platform", type=TEXT, required=True, says="Where the profile is."),
        Field(name="handle", type=TEXT, personal=True, says="The name people type, without @, lower case."),
        Field(name="name", type=TEXT, personal=True, says="Display name."),
        Field(name="bio", type=TEXT, personal=True, says="What the account says of itself."),
        Field(name="url", type=TEXT, personal=True, says="Link in the profile, or of it."),
        Field(name="location", type=TEXT, personal=True, says="Place as declared, not guessed."),
        Field(name="country", type=TEXT, says="Country as declared, ISO 3166 alpha-2 where it could be read so."),
        Field(name="language", type=TEXT, says="Language as declared by the account or platform, ISO 639-1."),
        Field(name="category", type=TEXT, says="The platform's own category for the account."),
        Field(name="account_type", type=TEXT, says="personal, creator, business or brand, as the platform says."),
        Field(name="verified", type=FLAG, says="The platform's own mark."),
        Field(name="private", type=FLAG, says="Posts are hidden from strangers."),
        Field(name="created_at", type=MOMENT, says="When the account was opened."),
        _count("followers", "How many accounts follow it."),
        _count("following", "How many accounts it follows."),
        _count("posts_count", "How many posts it has made, as the platform counts."),
        _count("listed", "On how many lists other people put it."),
        _count("day_posts", "Posts on the day of the observation, where somebody counted days and not posts."),
        Field(name="extra", type=EXTRA, personal=True, says="Columns of the file that no field claims, kept as they came."),
    ),
)  # fmt: skip

POST = Record(
    "post",
    "posts",
    "Something an account published, with its counts as they were seen at one time.",
    "account",
    (
        Field(name="post", type=TEXT, key=True, required=True, says="Id: platform:native_id; platform:~hash where the file has none."),
        Field(name="platform", type=TEXT, required=True, says="Where it was published."),
        Field(name="account", type=TEXT, required=True, personal=True, says="Who published it."),
        Field(name="text", type=TEXT, personal=True, says="What it says."),
        Field(name="created_at", type=MOMENT, says="When it was published."),
        Field(name="kind", type=TEXT, says="post, reply, repost or quote."),
        Field(name="media", type=TEXT, says="text, image, video, album, story, article ... in the platform's word."),
        Field(name="url", type=TEXT, personal=True, says="Where to see it."),
        Field(name="language", type=TEXT, says="Language as the platform declares it, ISO 639-1."),
        Field(name="reply_to", type=TEXT, says="The post it answers."),
        Field(name="reply_to_account", type=TEXT, personal=True, says="Whom it answers."),
        Field(name="repost_of", type=TEXT, says="The post it passes on or quotes."),
        Field(name="thread", type=TEXT, says="The first post of the conversation."),
        Field(name="hashtags", type=TEXTS, says="Tags without #, lower case."),
        Field(name="mentions", type=TEXTS, personal=True, says="Handles or ids named in it."),
        Field(name="links", type=TEXTS, says="Addresses it points to."),
        Field(name="paid_label", type=FLAG, says="The platform's own paid-partnership label."),
        Field(name="likes_hidden", type=FLAG, says="The account hides its like counts."),
        _count("likes", "Likes; null when hidden."),
        _count("replies", "Comments or replies."),
        _count("reposts", "Reposts or shares."),
        _count("quotes", "Quotes."),
        _count("views", "Views or plays."),
        _count("saves", "Saves or bookmarks."),
        _count("reach", "Distinct accounts reached, where the owner gave it."),
        Field(name="extra", type=EXTRA, personal=True, says="Columns of the file that no field claims, kept as they came."),
    ),
)  # fmt: skip

INTERACTION = Record(
    "interaction",
    "interactions",
    "One account did something to another's post, or named it.",
    "account",
    (
        Field(name="actor", type=TEXT, key=True, required=True, personal=True, says="Who acted."),
        Field(name="verb", type=TEXT, key=True, required=True, says="like, reply, repost, quote, mention, save or view."),
        Field(name="account", type=TEXT, personal=True, says="Whose post it was, or who was named; null when not known."),
        Field(name="post", type=TEXT, key=True, says="The post acted on; null for a bare mention."),
        Field(name="via", type=TEXT, key=True, says="The actor's own post that is the act (a reply, a quote)."),
        Field(name="acted_at", type=MOMENT, says="When."),
        Field(name="times", type=COUNT, unit="count", says="How often, where the file gives a weight; null means once."),
    ),
    # One file knows whose post it was and the next does not: the act is the same. A bare mention has only whom it names.
    stand_in=("post", "account"),
)  # fmt: skip

FOLLOW = Record(
    "follow",
    "follows",
    "One account follows another.",
    "followed",
    (
        Field(name="follower", type=TEXT, key=True, required=True, personal=True, says="Who follows."),
        Field(name="followed", type=TEXT, key=True, required=True, personal=True, says="Whom."),
        Field(name="since", type=MOMENT, says="When the follow was made, where known."),
        Field(name="completeness", type=TEXT, says="full, sampled or local: how much of the list the file holds."),
    ),
)  # fmt: skip

CREATOR = Record(
    "creator",
    "creators",
    "A person as somebody's list names them, with one of their accounts a row.",
    "account",
    (
        Field(name="creator", type=TEXT, key=True, required=True, personal=True, says="Id of the person within the list."),
        Field(name="account", type=TEXT, key=True, required=True, personal=True, says="One of their accounts."),
        Field(name="name", type=TEXT, personal=True, says="Name in the list."),
        Field(name="status", type=TEXT, says="contacted, replied, negotiating, agreed, shipped, posted, paid, declined ... in the list's word."),
        Field(name="code", type=TEXT, says="Discount code given to the person."),
        Field(name="notes", type=TEXT, personal=True, says="Notes in the list."),
        Field(name="extra", type=EXTRA, personal=True, says="Columns of the list that no field claims."),
    ),
    counted="creator",  # a person with two accounts is one
)  # fmt: skip

CONTACT = Record(
    "contact",
    "contacts",
    "A way to reach a person, and where it comes from.",
    "account",
    (
        Field(name="account", type=TEXT, key=True, required=True, personal=True, says="Whose."),
        Field(name="channel", type=TEXT, key=True, required=True, says="email, phone or url."),
        Field(name="address", type=TEXT, key=True, required=True, personal=True, says="The address."),
    ),
)  # fmt: skip

FEE = Record(
    "fee",
    "fees",
    "What a person asks or was paid.",
    "account",
    (
        Field(name="account", type=TEXT, key=True, required=True, personal=True, says="Whose."),
        Field(name="deliverable", type=TEXT, key=True, says="For what: post, story, video; null when the list does not say."),
        Field(name="amount_minor", type=COUNT, required=True, unit="minor currency units", observed=True, says="Integer minor units (cents)."),
        Field(name="currency", type=TEXT, says="ISO 4217; null when the list does not say."),
        Field(name="kind", type=TEXT, says="asked or paid."),
    ),
)  # fmt: skip

FEE_IN_WORDS = "fee in words"
"""Under this name a list's own words for a fee are kept beside its unclaimed columns, where they are no one amount: `barter`, `150-200 €`."""
ROUNDED_TO = "followers rounded to"
"""Under this name an account's row says how finely its followers were counted, where somebody rounded them: `2.1K` is `100`."""
SEEN_WITH = "seen_with"
"""Column of an author's row on its way in: the date of the post beside which it stood, for the store, which sees the whole file."""
RECORDS: dict[str, Record] = {
    record.name: record for record in (ACCOUNT, POST, INTERACTION, FOLLOW, CREATOR, CONTACT, FEE)
}


def is_provisional(account: str) -> bool:
    """Whether an id is a handle waiting for its native id, as in `twitter:@ann`."""
    return account.partition(":")[2].startswith("@")

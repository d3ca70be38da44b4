"""Who and what is meant: ids of accounts and posts out of native ids, handles and addresses.

twitter:2708897486          a native id, which never changes hands
twitter:@ann                only a handle is known: provisional, lower case
instagram:~9f86d081884c7d65 a post without an id: a hash of account, time and text
instagram:2278584739065882267 a post of Instagram: always the number, whether a tool wrote it, its shortcode B-fKL9qpeab or its address
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.records import PLATFORMS
from groundswell.sources.files.values import SILENT, by_distinct, may_hold, of_distinct, texts

pc: Any = _compute  # its functions are made at run time, no type checker knows them

PLATFORM_NAMES: dict[str, str] = {name: name for name in PLATFORMS} | {
    "x": "twitter", "tw": "twitter", "twitter/x": "twitter", "x/twitter": "twitter", "x (twitter)": "twitter", "x.com": "twitter",
    "ig": "instagram", "insta": "instagram", "instagramm": "instagram", "tt": "tiktok", "tik tok": "tiktok", "tik-tok": "tiktok",
    "yt": "youtube", "you tube": "youtube", "fb": "facebook", "meta": "facebook", "li": "linkedin", "linked in": "linkedin",
    "bsky": "bluesky", "blue sky": "bluesky", "masto": "mastodon", "fediverse": "mastodon", "website": "blog", "web": "blog", "newsletter": "blog",
    "substack": "blog", "snap": "snapchat", "sc": "snapchat", "pin": "pinterest", "thread": "threads", "pod": "podcast",
}  # fmt: skip
BLUESKY_HANDLE = r"(?i)^\s*@?[a-z0-9-]+\.bsky\.social\s*$"
ID_PREFIX = "^(" + "|".join(PLATFORMS) + "):"
QUOTES = "\"'“”„‘’`"
"""No platform lets a handle hold them: whoever wrote the table wrapped them around the cell, as text."""
_WRAPPED = r'^\s*"\s*([^"]*?)\s*"\s*$'
DAMAGED = r"^\d(\.\d+)?[eE]\+?\d+$"
"""841417491268145152 after a spreadsheet: 8.41E+17."""


@dataclass(frozen=True)
class Profile:
    """What a profile's address says."""

    platform: str
    native: str | None = None
    handle: str | None = None

    @property
    def account(self) -> str:
        """Full id, provisional where only the handle is known."""
        return f"{self.platform}:{self.native}" if self.native else f"{self.platform}:@{self.handle}"


_SITES: tuple[tuple[str, str, str], ...] = (
    # host ending, platform, path pattern with <n>ative or <h>andle
    ("instagram.com", "instagram", r"/(?:_u/)?(?P<h>[\w.]+)"),
    ("tiktok.com", "tiktok", r"/@(?P<h>[\w.]+)"),
    ("youtube.com", "youtube", r"/channel/(?P<n>[\w-]+)"),
    ("youtube.com", "youtube", r"/(?:@|c/|user/)(?P<h>[^/]+)"),
    ("twitter.com", "twitter", r"/i/user/(?P<n>\d+)"),
    ("twitter.com", "twitter", r"/intent/user"),
    ("twitter.com", "twitter", r"/@?(?P<h>\w+)"),
    ("x.com", "twitter", r"/i/user/(?P<n>\d+)"),
    ("x.com", "twitter", r"/@?(?P<h>\w+)"),
    ("threads.net", "threads", r"/@(?P<h>[\w.]+)"),
    ("threads.com", "threads", r"/@(?P<h>[\w.]+)"),
    ("linkedin.com", "linkedin", r"/(?:in|company|school)/(?P<h>[^/]+)"),
    ("facebook.com", "facebook", r"/(?P<h>(?!profile\.php|people/|groups/)[\w.-]+)"),
    ("facebook.com", "facebook", r"/people/[^/]+/(?P<n>\d+)"),
    ("bsky.app", "bluesky", r"/profile/(?P<n>did:[a-z]+:[\w.:%-]+)"),
    ("bsky.app", "bluesky", r"/profile/(?P<h>[\w.-]+)"),
    ("twitch.tv", "twitch", r"/(?P<h>\w+)"),
    ("snapchat.com", "snapchat", r"/(?:add/|@)(?P<h>[\w.-]+)"),
    ("reddit.com", "reddit", r"/(?:user|u)/(?P<h>[\w-]+)"),
    ("open.spotify.com", "podcast", r"/show/(?P<n>\w+)"),
    ("podcasts.apple.com", "podcast", r"/(?:.*/)?id(?P<n>\d+)"),
)
_PINTEREST = re.compile(r"(^|\.)pinterest\.[a-z.]{2,6}$")
_NOT_HANDLES = frozenset(
    ("p", "reel", "reels", "stories", "explore", "hashtag", "search", "home", "i", "share", "watch", "status", "intent")
)


def profile_of(address: str) -> Profile | None:
    """Read an address (`https://www.instagram.com/ann/`, `tiktok.com/@ann`) as a profile; a blog when no platform owns the host."""
    try:
        parts = urlsplit(address if "://" in address else "https://" + address)
    except ValueError:
        return None
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("mobile.")
    if "." not in host or " " in address.strip():
        return None
    if _PINTEREST.search(host):
        return _handled("pinterest", parts.path.strip("/").partition("/")[0])
    number = re.search(r"(?:^|&)id=(\d+)", parts.query)
    if host.endswith("facebook.com") and parts.path.startswith("/profile.php"):
        return Profile("facebook", native=number[1]) if number else None
    for ending, platform, pattern in _SITES:
        found = re.match(pattern, parts.path) if host == ending or host.endswith("." + ending) else None
        if found and found.groupdict().get("n"):
            return Profile(platform, native=found["n"])
        if found and found.groupdict().get("h"):
            return _handled(platform, found["h"])
    if any(host == ending or host.endswith("." + ending) for ending, _, _ in _SITES):
        return None
    if found := re.fullmatch(r"/@(?P<h>\w+)(?:@[\w.-]+)?/?", parts.path):
        return Profile("mastodon", handle=f"{found['h']}@{host}".lower())
    return Profile("blog", native=host + parts.path.rstrip("/"))


def _handled(platform: str, handle: str) -> Profile | None:
    plain = handle.lower().strip("@/ " + QUOTES)
    return Profile(platform, handle=plain) if plain and plain not in _NOT_HANDLES else None


def platform_of(word: str) -> str | None:
    """Read a platform's name or a profile's address as one of the known platforms."""
    plain = word.strip().lower()
    if plain in PLATFORM_NAMES:
        return PLATFORM_NAMES[plain]
    if plain.startswith("at://"):
        return "bluesky"
    profile = profile_of(plain) if "/" in plain or plain.startswith("www.") else None
    return profile.platform if profile and profile.platform != "blog" else None


def platforms(values: pa.Array) -> pa.Array:
    """Read a platform column; unknown names are null."""
    return by_distinct(texts(values), platform_of, pa.string())


MARKED_AS_A_HANDLE = r"^\s*@\w|^\s*(https?://|www\.)\S+$"
LIKE_A_HANDLE = r"^\s*[\w.\-]*[a-zA-Z][\w.\-]*\s*$"
"""One word with a letter in it: a display name may be one, too, but not many of them in a row."""
_FULL = re.compile(ID_PREFIX)
_ADDRESS = re.compile(r"^(https?://|www\.)|^[\w.-]+\.[a-z]{2,}/", re.IGNORECASE)
_NATIVE = re.compile(r"\d{5,}|UC[\w-]{22}")


@lru_cache(maxsize=1 << 16)
def account_of(word: str, platform: str | None) -> str | None:
    """Read whatever names an account: full id, address, did, number or handle. `platform` where the word itself has none."""
    plain = word.strip().strip(QUOTES).strip()
    if not plain or plain.lower() in SILENT:
        return None
    if _FULL.match(plain):
        return plain
    if _ADDRESS.match(plain):
        profile = profile_of(plain)
        return profile.account if profile else None
    if plain.startswith("did:"):
        return f"bluesky:{plain}"
    if platform is None:
        return None
    if platform in ("blog", "podcast") or _NATIVE.fullmatch(plain):
        return f"{platform}:{plain}"
    return f"{platform}:@{plain.lstrip('@' + QUOTES).lower()}"


Platform = str | pa.Array | None


def _prefixed(platform: Platform, values: pa.Array, mark: str = ":") -> pa.Array:
    """Glue platform and value, unless the value already is a full id."""
    name = _one_platform(platform)
    if name is not None:
        glued = pc.binary_replace_slice(values, 0, 0, name + mark)  # a third of what joining takes
    else:
        glued = pc.binary_join_element_wise(
            platform if platform is not None else pa.scalar(None, pa.string()), values, mark
        )
    if _all_numbers(values):
        return glued
    full = pc.match_substring_regex(values, ID_PREFIX)
    return pc.if_else(full, values, glued) if pc.any(full).as_py() else glued


def _one_platform(platform: Platform) -> str | None:
    """The platform of all rows; None where they differ, or it is not known of each."""
    if platform is None or isinstance(platform, str):
        return platform
    if not len(platform) or platform.null_count:
        return None
    first = platform[0].as_py()
    return first if pc.all(pc.equal(platform, first)).as_py() else None


def sound(values: pa.Array) -> pa.Array:
    """Native ids as text; those that a spreadsheet rounded, and words for "none", are unknown."""
    if pa.types.is_string(values.type) and _all_numbers(values):
        return values
    words = unwrapped(pc.utf8_trim_whitespace(texts(values)))
    broken = pc.fill_null(damaged(values), False)
    if pc.any(broken).as_py():
        words = pc.if_else(broken, None, words)
    void = pc.is_in(words, pa.array(["", "None", "nan", "NaN", "null", "-1"]))
    return pc.if_else(void, None, words) if pc.any(void).as_py() else words


def _all_numbers(values: pa.Array) -> bool:
    """Whether all that is known is plain digits: so most ids are written, and then nothing about them needs a closer look."""
    return pc.all(pc.ascii_is_decimal(values)).as_py() is not False


def damaged(values: pa.Array) -> pa.Array:
    """True where a spreadsheet rounded an id: 8.41E+17, or a float beyond 2^53."""
    if pa.types.is_floating(values.type):
        return pc.greater_equal(pc.abs(values), 2.0**53)
    if pa.types.is_string(values.type) and _all_numbers(values):
        return pa.repeat(pa.scalar(False), len(values))
    return pc.match_substring_regex(unwrapped(pc.utf8_trim_whitespace(texts(values))), DAMAGED)


def unwrapped(values: pa.Array) -> pa.Array:
    """Texts without the one pair of quotes that some tables hold around them as a part of the cell; empty between them is unknown."""
    wrapped = pc.fill_null(pc.match_substring_regex(values, _WRAPPED), False)
    if not pc.any(wrapped).as_py():
        return values
    return pc.if_else(wrapped, texts(pc.replace_substring_regex(values, _WRAPPED, r"\1")), values)


def handles(values: pa.Array) -> pa.Array:
    """Handles without @ and quotes, lower case; addresses of profiles give theirs. Many posts have one author."""
    return of_distinct(texts(values), _handles)


def _handles(words: pa.Array) -> pa.Array:
    words = pc.utf8_trim_whitespace(pc.utf8_trim(pc.utf8_trim_whitespace(words), QUOTES))
    words = pc.utf8_lower(pc.utf8_ltrim(words, "@" + QUOTES))
    address = pc.match_substring(words, "/")
    if pc.any(address).as_py():
        read = by_distinct(pc.if_else(address, words, None), _handle_in_address, pa.string())
        words = pc.if_else(address, read, words)
    blank = pc.equal(pc.binary_length(words), 0)
    return pc.if_else(blank, None, words) if pc.any(blank).as_py() else words


def _handle_in_address(address: str) -> str | None:
    profile = profile_of(address)
    return profile.handle if profile else None


def account_ids(platform: Platform, native: pa.Array | None, handle: pa.Array | None) -> pa.Array | None:
    """Full ids from native ids where they are known, else provisional ones from handles."""
    full = _prefixed(platform, native) if native is not None else None
    if handle is None:
        return full
    if full is not None and full.null_count == 0:
        return full
    provisional = _prefixed(platform, handle, ":@")
    return provisional if full is None else pc.coalesce(full, provisional)


def anyone(platform: Platform, values: pa.Array) -> pa.Array:
    """Full ids from a column that may hold ids, handles or addresses."""
    words = texts(values)
    if isinstance(platform, str) or platform is None:
        return by_distinct(words, lambda one: account_of(one, platform), pa.string())
    glued = by_distinct(pc.binary_join_element_wise(pc.fill_null(platform, ""), words, "\x1f"), _anyone, pa.string())
    return pc.if_else(pc.is_valid(words), glued, None)


def _anyone(pair: str) -> str | None:
    platform, _, word = pair.partition("\x1f")
    return account_of(word, platform or None)


ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""Base64url (RFC 4648): how Instagram writes a post's number in an address, as its shortcode."""
LONGEST_CODE = 11
"""Letters that 64 bits take."""
PRIVATE_TAIL = 28
"""Letters that Instagram appends to the code of a post of a private account; the code stands before them."""
FIRST_INSTAGRAM_MS = 1_314_220_021_721
"""Instagram's ids count milliseconds from here (24 August 2011) in their upper 41 bits: Instagram Engineering, 2012."""
_INSTAGRAM_CODE = r"(?:instagram\.com|instagr\.am)/(?!share/)(?:[\w.]+/)?(?:p|reels?|tv)/(?P<code>[\w-]+)"
_PRIVATE = rf"^([A-Za-z0-9_-]{{1,{LONGEST_CODE}}})[A-Za-z0-9_-]{{{PRIVATE_TAIL}}}$"
_OTHER_NUMBER = r"^instagram:1[78]\d{15}$"
"""The Graph API and Meta Business Suite name posts by numbers of their own, which no address can be made from."""
_DIGITS = np.zeros(256, np.uint64)
_DIGITS[np.frombuffer(ALPHABET, np.uint8)] = np.arange(64, dtype=np.uint64)


def numbers_of(codes: pa.Array) -> pa.Array:
    """The numbers (int64) that shortcodes stand for: `B-fKL9qpeab` is 2278584739065882267; unknown where one stands for none."""
    if not len(codes):
        return pa.nulls(0, pa.int64())
    long = pc.greater(pc.binary_length(codes), LONGEST_CODE)
    if pc.any(long).as_py():
        codes = pc.replace_substring_regex(codes, _PRIVATE, r"\1")
    sound = pc.fill_null(pc.match_substring_regex(codes, rf"^[A-Za-z0-9_-]{{1,{LONGEST_CODE}}}$"), False)
    padded = pc.ascii_lpad(pc.if_else(sound, codes, "A"), LONGEST_CODE, "A")
    spread = pc.cast(pc.cast(padded, pa.binary()), pa.binary(LONGEST_CODE))
    letters = np.frombuffer(spread.buffers()[1], np.uint8, len(codes) * LONGEST_CODE).reshape(-1, LONGEST_CODE)
    digits = _DIGITS[letters]
    number = np.zeros(len(codes), np.uint64)
    for place in range(LONGEST_CODE):
        number = number * np.uint64(64) + digits[:, place]
    fits = sound.to_numpy(zero_copy_only=False) & (digits[:, 0] < 8)  # eleven letters hold 66 bits
    return pa.array(number.astype(np.int64), mask=~fits)


def coded_posts(codes: pa.Array) -> pa.Array:
    """Full ids of Instagram's posts out of shortcodes; one that stands for no number stands as it is."""
    plain = pc.utf8_trim_whitespace(codes)
    plain = pc.if_else(pc.match_substring_regex(plain, r"^[A-Za-z0-9_-]+$"), plain, None)
    named = pc.coalesce(pc.cast(numbers_of(plain), pa.string()), plain)
    return pc.binary_join_element_wise("instagram", named, ":")


def one_name(posts: pa.Array) -> pa.Array:
    """The same ids, with every post of Instagram under its number: tools write number, number_owner or shortcode.

    A word is taken for a shortcode only when it says a day between Instagram's first and tomorrow.
    """
    if not pc.any(pc.starts_with(posts, "instagram:")).as_py():
        return posts
    if may_hold(posts, b"_"):
        posts = pc.replace_substring_regex(posts, r"^(instagram:\d+)_\d+$", r"\1")
    head = len("instagram:")
    lengths = [head + extra + tail for extra in (LONGEST_CODE - 1, LONGEST_CODE) for tail in (0, PRIVATE_TAIL)]
    coded = pc.and_(
        pc.starts_with(posts, "instagram:"), pc.is_in(pc.binary_length(posts), pa.array(lengths, pa.int32()))
    )
    if not pc.any(coded).as_py():
        return posts
    codes = pc.utf8_slice_codeunits(pc.if_else(coded, posts, None), head)
    numbers = numbers_of(pc.if_else(pc.match_substring_regex(codes, r"^\d+$"), None, codes))
    tomorrow = int(datetime.now(UTC).timestamp() * 1000) + 86_400_000 - FIRST_INSTAGRAM_MS
    numbers = pc.if_else(pc.less(pc.shift_right(numbers, 23), tomorrow), numbers, None)
    return pc.coalesce(pc.binary_join_element_wise("instagram", pc.cast(numbers, pa.string()), ":"), posts)


def told_otherwise(posts: pa.Array) -> pa.Array:
    """Ids of Instagram's posts that an address or a shortcode of the same row should replace."""
    fits = pc.equal(pc.binary_length(posts), len("instagram:") + 17)
    return pc.match_substring_regex(posts, _OTHER_NUMBER) if pc.any(fits).as_py() else fits


_POST_ADDRESSES = (
    (r"(?:twitter|x)\.com/\w+/status(?:es)?/(\d+)", "twitter"),
    (r"tiktok\.com/@[\w.]+/(?:video|photo)/(\d+)", "tiktok"),
    (r"tiktokv?\.com/share/video/(\d+)", "tiktok"),
    (r"(?:youtube\.com/(?:watch\?v=|shorts/)|youtu\.be/)([\w-]{11})", "youtube"),
    (r"^(at://[^/]+/app\.bsky\.feed\.post/\w+)$", "bluesky"),
)

_MASTODON_POST = (
    r"https://(?P<server>[\w.-]+)/(?:@|users/)(?P<who>\w[\w.-]*)/(?:statuses/)?(?P<number>\d{9,20})/?(?:[?#].*)?"
)
"""A post's page on a Mastodon server; the number is part of the name under which archives and the network know it."""
_LINKEDIN_URN = r"linkedin\.com/.*urn(?:%3A|:)li(?:%3A|:)(share|ugcPost|activity)(?:%3A|:)(\d+)"
"""LinkedIn's own names of posts, as they stand in its addresses, plain or percent-encoded."""


def post_of(word: str, platform: str | None) -> str | None:
    """Read whatever names a post: full id, address or native id."""
    plain = word.strip()
    if not plain or plain.lower() in SILENT:
        return None
    if re.match(ID_PREFIX, plain):
        return plain
    if found := re.search(_INSTAGRAM_CODE, plain):
        return coded_posts(pa.array([found["code"]]))[0].as_py()
    if "urn" in plain and (found := re.search(_LINKEDIN_URN, plain)):
        return f"linkedin:urn:li:{found[1]}:{found[2]}"
    for pattern, owner in _POST_ADDRESSES:
        if found := re.search(pattern, plain):
            return f"{owner}:{found[1]}"
    if found := re.fullmatch(_MASTODON_POST, plain):
        return f"mastodon:https://{found['server'].lower()}/users/{found['who']}/statuses/{found['number']}"
    return f"{platform}:{plain}" if platform else None


def posts_in_addresses(values: pa.Array) -> pa.Array:
    """Full post ids out of addresses of posts where the address holds the id; null otherwise."""
    return by_distinct(texts(values), lambda one: post_of(one, None), pa.string())


def provisional_posts(
    platform: Platform, accounts: pa.Array, created: pa.Array, words: pa.Array, *, known: pa.Array | None = None
) -> pa.Array:
    """Ids for posts of which only account, time and text are known; null where neither time nor text is, or an id is `known`."""
    said = pc.or_(pc.is_valid(created), pc.is_valid(words))
    wanted = pc.and_(said, pc.is_null(known)) if known is not None else said
    return hashed(platform, [accounts, created, words], wanted)


def hashed(platform: Platform, parts: list[pa.Array], wanted: pa.Array) -> pa.Array:
    """Ids for posts without one: platform:~ and 16 hex digits over `parts`; only where `wanted`.

    A cryptographic digest, so that no two texts share an id by chance; one call a row, and only for rows without an id.
    """
    words = [pc.fill_null(pc.cast(part, pa.string()), "") for part in parts]
    joined = pc.binary_join_element_wise(*words, "\x1f")
    digests = [hashlib.sha256(one).hexdigest()[:16] for one in pc.cast(joined.filter(wanted), pa.binary()).to_pylist()]
    spread = pc.replace_with_mask(pa.nulls(len(joined), pa.string()), wanted, pa.array(digests, pa.string()))
    return _prefixed(platform, spread, ":~")

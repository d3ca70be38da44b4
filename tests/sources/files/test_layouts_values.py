"""Cells as people write them. What cannot be read is unknown, and the user is told how much it was."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.sources.files import dates, values
from groundswell.sources.files.layouts.identities import Profile, account_of, handles, profile_of
from groundswell.sources.files.layouts.marketer import Named, named_in
from groundswell.sources.files.money import money_of
from groundswell.sources.files.values import Memory


def counted(*words: str | None) -> list[int | None]:
    return values.counts(pa.array(words, pa.string())).to_pylist()


# --- counts ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("12", 12), (" 12 ", 12), ("1.2K", 1_200), ("3,4 Mio", 3_400_000), ("3.4 Mio.", 3_400_000), ("12,345", 12_345), ("1,234,567", 1_234_567),
        ("12 345", 12_345), ("12\u00a0345", 12_345), ("12'345", 12_345), ("1.2M", 1_200_000), ("5.0", 5), ("2,5 Tsd.", 2_500), ("1.1B", 1_100_000_000),
        ("1.2E+5", 120_000), ("hidden", None), ("-1", None), ("", None), ("n/a", None), ("-5", None), ("abc", None), ("9223372036854775808", None),
        ("99999999999999999999999", None), ("12.5", None), ("1e400", None), ("٣", 3), ("12.345.678", 12_345_678), ("½", None), ("1.2.3K", None), ("NaN", None), ("10k people", None),
    ],
)  # fmt: skip
def test_a_count_is_read_or_unknown(word: str, count: int | None) -> None:
    assert counted(word, "x") == [count, None]


def test_dots_are_thousands_when_the_whole_column_says_so() -> None:
    assert counted("1.234", "12.345", "7") == [1_234, 12_345, 7]
    assert counted("1.234", "12.5") == [None, None], "a column with 12.5 in it holds decimals, and 1.234 is no count"


def test_what_an_earlier_batch_decided_holds() -> None:
    memory = Memory()
    assert values.counts(pa.array(["1.234"]), "likes", memory).to_pylist() == [1_234]
    assert values.counts(pa.array(["1.234", "9.5"]), "likes", memory).to_pylist() == [1_234, None]


def test_typed_counts_obey_the_same_rules() -> None:
    assert values.counts(pa.array([5, -1, None])).to_pylist() == [5, None, None]
    assert values.counts(pa.array([5.0, 2.5, float("nan"), 1e30])).to_pylist() == [5, None, None, None]
    assert values.counts(pa.array([2**64 - 1], pa.uint64())).to_pylist() == [None]


def test_negative_and_unreadable_counts_are_told() -> None:
    memory = Memory()
    values.counts(pa.array([-7, -1]), "likes", memory)
    values.counts(pa.array(["many", "hidden"]), "views", memory)
    assert memory.sentences() == [
        "1 negative number in 'likes' is unknown.",
        "1 value in 'views' could not be read as a count and is unknown: “many”.",
    ]


def test_some_of_what_could_not_be_read_is_shown_whatever_batch_it_stands_in() -> None:
    memory = Memory()
    for words in (["6. Januar 2024", "n/a", "2026-01-02"], ["last week", "03/04/2025"], ["x" * 99]):
        dates.moments(pa.array(words), "d", memory)
    values.counts(pa.array(["a", "b", "c", "d", "a"]), "likes", memory)
    assert [one for one in memory.sentences() if "two ways" not in one] == [
        "3 values in 'd' could not be read as a date and are unknown: “6. Januar 2024”.",
        "5 values in 'likes' could not be read as a count and are unknown: “a”, “b”, “c” and others.",
    ]


def test_thousands_of_people_are_no_decimals() -> None:
    assert counted("≈3.000", "1,234 followers", "1.500 Abonnenten", "ca. 2.5k") == [3_000, 1_234, 1_500, 2_500]


@given(st.lists(st.one_of(st.none(), st.text(max_size=30), st.integers(-(10**25), 10**25).map(str))))
def test_counts_of_anything_keep_their_length_and_are_never_negative(words: list[str | None]) -> None:
    clean = [None if word is None else values.scrubbed(word) for word in words]
    read = values.counts(pa.array(clean, pa.string()))
    assert len(read) == len(words)
    assert read.type == pa.int64()
    assert all(number is None or number >= 0 for number in read.to_pylist())


@given(st.integers(0, 2**63 - 1))
def test_every_whole_number_survives(number: int) -> None:
    assert counted(str(number)) == [number]


def test_percents_are_told_from_fractions_by_the_column() -> None:
    assert values.shares(pa.array(["3.4 %", "3,4%"])).to_pylist() == pytest.approx([0.034, 0.034])
    assert values.shares(pa.array(["3.4", "0.5"])).to_pylist() == pytest.approx([0.034, 0.005])
    assert values.shares(pa.array(["0.034", "x"])).to_pylist() == [0.034, None]


# --- moments -----------------------------------------------------------------------------------------------------------------


def when(*words: str, spreadsheet: bool = False) -> list[datetime | None]:
    return dates.moments(pa.array(words), spreadsheet=spreadsheet).to_pylist()


@pytest.mark.parametrize(
    ("word", "moment"),
    [
        ("2014-08-15T15:51:15+00:00", datetime(2014, 8, 15, 15, 51, 15, tzinfo=UTC)),
        ("2014-08-15 17:51:15+0200", datetime(2014, 8, 15, 15, 51, 15, tzinfo=UTC)),
        ("2026-05-01 09:59:00 +0200", datetime(2026, 5, 1, 7, 59, tzinfo=UTC)),
        ("2014-08-15T15:51", datetime(2014, 8, 15, 15, 51, tzinfo=UTC)),
        ("2014-08-15", datetime(2014, 8, 15, tzinfo=UTC)),
        ("2014-08-15T15:51:15.1234567Z", datetime(2014, 8, 15, 15, 51, 15, 123456, tzinfo=UTC)),
        ("Sat Feb 18 12:33:11 +0000 2023", datetime(2023, 2, 18, 12, 33, 11, tzinfo=UTC)),
        ('"Sat Feb 18 12:33:11 +0000 2023"', datetime(2023, 2, 18, 12, 33, 11, tzinfo=UTC)),
        ("1676723591", datetime(2023, 2, 18, 12, 33, 11, tzinfo=UTC)),
        ("1676723591123", datetime(2023, 2, 18, 12, 33, 11, 123000, tzinfo=UTC)),
        ("1676723591123456", datetime(2023, 2, 18, 12, 33, 11, 123456, tzinfo=UTC)),
        ("Jan 6, 2024", datetime(2024, 1, 6, tzinfo=UTC)),
        ("Tue, 09 Jun 2026 14:23:16 GMT", datetime(2026, 6, 9, 14, 23, 16, tzinfo=UTC)),
        ("13.03.2017 22:21", datetime(2017, 3, 13, 22, 21, tzinfo=UTC)),
        ("2024-02-30", None),
        ("yesterday", None),
        ("2 weeks ago", None),
        ("9" * 40, None),
    ],
)
def test_a_moment_is_read_or_unknown(word: str, moment: datetime | None) -> None:
    assert when(word, "x") == [moment, None]


def test_day_and_month_are_told_apart_by_the_column() -> None:
    assert when("7/13/2009 0:38", "7/3/2009 1:05 PM") == [
        datetime(2009, 7, 13, 0, 38, tzinfo=UTC),
        datetime(2009, 7, 3, 13, 5, tzinfo=UTC),
    ]
    assert when("13/7/2009", "3/7/2009") == [datetime(2009, 7, 13, tzinfo=UTC), datetime(2009, 7, 3, tzinfo=UTC)]
    assert when("3.7.2009") == [datetime(2009, 7, 3, tzinfo=UTC)]


def test_a_column_that_mixes_both_orders_is_read_only_where_it_is_certain() -> None:
    memory = Memory()
    read = dates.moments(pa.array(["13/1/2017", "1/13/2017", "1/2/2017", "5/5/2017"]), "d", memory).to_pylist()
    assert read == [
        datetime(2017, 1, 13, tzinfo=UTC),
        datetime(2017, 1, 13, tzinfo=UTC),
        None,
        datetime(2017, 5, 5, tzinfo=UTC),
    ]
    assert memory.open_dates == {"d": 1}


def test_a_column_that_could_be_either_is_unknown_until_the_user_says_the_order() -> None:
    memory = Memory()
    assert dates.moments(pa.array(["1/2/2017", "31/31/2017"]), "d", memory).to_pylist() == [None, None]
    assert memory.sentences() == [
        "1 date in 'd' could be read two ways, such as 1/2/2017 (day/month or month/day), and is unknown; "
        "say --dates day-first or --dates month-first.",
        "1 value in 'd' could not be read as a date and is unknown: “31/31/2017”.",
    ]
    for order, month in (("day-first", 2), ("month-first", 1)):
        (read,) = dates.moments(pa.array(["1/2/2017"]), "d", Memory(dates=order)).to_pylist()
        assert (read.month, read.day) == (month, 3 - month)


def test_days_of_a_spreadsheet_are_days_only_there() -> None:
    assert when("45292", "45292.5", spreadsheet=True) == [
        datetime(2024, 1, 1, tzinfo=UTC),
        datetime(2024, 1, 1, 12, tzinfo=UTC),
    ]
    assert when("45292") == [None]


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_iso_moment_survives(moment: datetime) -> None:
    assert when(moment.isoformat()) == [moment]


@pytest.mark.slow
@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=40), st.from_regex(r"\A\d{1,2}[/.]\d{1,2}[/.]\d{4}( \d{1,2}:\d\d)?\Z"))
    )
)
def test_moments_of_anything_keep_their_length(words: list[str | None]) -> None:
    read = dates.moments(pa.array([None if word is None else values.scrubbed(word) for word in words], pa.string()))
    assert len(read) == len(words)
    assert read.type == values.MOMENT


# --- words, lists, money -----------------------------------------------------------------------------------------------------


def test_tags_are_read_in_their_many_spellings() -> None:
    spellings = ["['a', 'b']", '["a","B"]', "#A, #b", " @a @B", "a|b", "a;b", "[u'a', u'b']", "#a#b"]
    assert values.tags(pa.array(spellings)).to_pylist() == [["a", "b"]] * len(spellings)
    assert values.tags(pa.array(["", "[]", None])).to_pylist() == [None, None, None]
    assert values.tags(pa.array([["#A", "b"], [], None])).to_pylist() == [["a", "b"], None, None]


@given(st.lists(st.none() | st.text(alphabet="aB1é,", max_size=8), max_size=5))
def test_tags_with_nothing_but_commas_are_read_as_any_others(words: list[str | None]) -> None:
    plain, with_others = values.tags(pa.array(words, pa.string())), values.tags(pa.array([*words, "#z"], pa.string()))
    assert plain.to_pylist() == with_others.to_pylist()[:-1]


def test_addresses_keep_their_commas() -> None:
    assert values.links(pa.array(["http://a.b/x,y https://c.d", "http://a,http://b"])).to_pylist() == [
        ["http://a.b/x,y", "https://c.d"],
        ["http://a", "http://b"],
    ]


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("en", "en"),
        ("en-US", "en"),
        ("English", "en"),
        ("Deutsch", "de"),
        ("['en', 'de']", "en"),
        ("und", None),
        ("", None),
        ("klingon", None),
    ],
)
def test_languages_are_iso_639_1(word: str, code: str | None) -> None:
    assert values.languages(pa.array([word])).to_pylist() == [code]


@pytest.mark.parametrize(
    ("word", "money"),
    [
        ("€250", (25_000, "EUR")), ("250 EUR", (25_000, "EUR")), ("$1,200", (120_000, "USD")), ("1.200,50 €", (120_050, "EUR")), ("250", (25_000, None)),
        ("1.5k €", (150_000, "EUR")), ("250,- €", (25_000, "EUR")), ("CHF 1'200.00", (120_000, "CHF")), ("¥500", None), ("JPY 500", (500, "JPY")),
        ("250-300", None), ("free", None), ("product only", None), ("0", (0, None)), ("12 shoes", None),
    ],
)  # fmt: skip
def test_money_is_minor_units_with_a_currency(word: str, money: tuple[int, str | None] | None) -> None:
    assert money_of(word) == money


def test_flags_are_read_in_many_spellings() -> None:
    assert values.flags(pa.array(["TRUE", "no", "1", "ja", "maybe", None])).to_pylist() == [
        True,
        False,
        True,
        True,
        None,
        None,
    ]


def test_lone_surrogates_are_scrubbed_and_all_else_stays() -> None:
    assert values.column_of(["a\ud800b", "\x00'; DROP TABLE x;--", "  two  "]).to_pylist() == [
        "a\ufffdb",
        "\x00'; DROP TABLE x;--",
        "  two  ",
    ]


@given(st.lists(st.text(max_size=20)))
def test_text_is_kept_byte_for_byte(words: list[str]) -> None:
    clean = [values.scrubbed(word) for word in words]
    assert values.texts(pa.array(clean, pa.string())).to_pylist() == [word or None for word in clean]


# --- accounts ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "profile"),
    [
        ("https://www.instagram.com/Ann.Bakes/?hl=de", Profile("instagram", handle="ann.bakes")),
        ("tiktok.com/@ann", Profile("tiktok", handle="ann")),
        ("https://youtube.com/@AnnCooks", Profile("youtube", handle="anncooks")),
        ("https://www.youtube.com/channel/UCabc-1", Profile("youtube", native="UCabc-1")),
        ("https://x.com/ann/status/1", Profile("twitter", handle="ann")),
        ("https://twitter.com/Ann", Profile("twitter", handle="ann")),
        ("https://www.threads.net/@ann", Profile("threads", handle="ann")),
        ("https://www.linkedin.com/in/ann-b/", Profile("linkedin", handle="ann-b")),
        ("https://facebook.com/profile.php?id=12345", Profile("facebook", native="12345")),
        ("https://bsky.app/profile/ann.example", Profile("bluesky", handle="ann.example")),
        ("https://bsky.app/profile/did:plc:abc", Profile("bluesky", native="did:plc:abc")),
        ("https://mastodon.example/@ann", Profile("mastodon", handle="ann@mastodon.example")),
        ("https://www.pinterest.de/ann/", Profile("pinterest", handle="ann")),
        ("https://twitch.tv/ann", Profile("twitch", handle="ann")),
        ("https://www.reddit.com/user/ann", Profile("reddit", handle="ann")),
        ("https://annbakes.example/blog/", Profile("blog", native="annbakes.example/blog")),
        ("https://www.instagram.com/p/Cx1/", None),
        ("not an address", None),
        ("http://[::1", None),
    ],
)
def test_addresses_of_profiles_are_read(address: str, profile: Profile | None) -> None:
    assert profile_of(address) == profile


def test_handles_lose_their_at_and_case() -> None:
    assert handles(pa.array(["@Ann", " ann ", "https://instagram.com/Ann", "", None])).to_pylist() == [
        "ann",
        "ann",
        "ann",
        None,
        None,
    ]


def test_handles_never_hold_quotes() -> None:
    wrapped = ['"tencentcorp"', ' "@Ann" ', "'ann'", "“ann”", '@"ann"', '"https://instagram.com/Ann"', '""']
    assert handles(pa.array(wrapped)).to_pylist() == ["tencentcorp", "ann", "ann", "ann", "ann", "ann", None]
    assert account_of('"@Ann"', "twitter") == "twitter:@ann"


@pytest.mark.parametrize(
    ("word", "platform", "account"),
    [
        ("@Ann", "twitter", "twitter:@ann"), ("2708897486", "twitter", "twitter:2708897486"), ("did:plc:abc", None, "bluesky:did:plc:abc"),
        ("instagram:@ann", "twitter", "instagram:@ann"), ("https://tiktok.com/@ann", None, "tiktok:@ann"), ("ann", None, None), ("", "twitter", None),
    ],
)  # fmt: skip
def test_whatever_names_an_account_becomes_an_id(word: str, platform: str | None, account: str | None) -> None:
    assert account_of(word, platform) == account


@given(st.text(max_size=60))
def test_no_address_crashes(text: str) -> None:
    profile_of(text)
    named_in(text)


@pytest.mark.parametrize(
    ("cell", "named"),
    [
        ("@ann / tiktok: @ann_b", [Named("ann", None), Named("ann_b", "tiktok")]),
        ("IG: @ann, TT @annb", [Named("ann", "instagram"), Named("annb", "tiktok")]),
        ("@ann (IG)\n@ann_tt (TikTok)", [Named("ann", "instagram"), Named("ann_tt", "tiktok")]),
        (
            "https://www.instagram.com/ann/ https://tiktok.com/@annb",
            [Named("instagram:@ann", "instagram"), Named("tiktok:@annb", "tiktok")],
        ),
        ("ann.b", [Named("ann.b", None)]),
        ("Ann Baker", []),
        ("ann@example.org", []),
    ],
)
def test_every_account_in_a_cell_is_found(cell: str, named: list[Named]) -> None:
    assert named_in(cell) == named

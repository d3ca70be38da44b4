"""A census in sentences: what one account does, what all of them come to, and what cannot be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from groundswell.advocacy.people import count, several
from groundswell.records import language_name
from groundswell.signals import Value
from groundswell.signals.warmth import Reading, Tone
from groundswell.store.text_index import words_of

if TYPE_CHECKING:
    from groundswell.advocacy.voices import Census, Voice

SMALL = 1_000
"""Below every tier with a name of its own but "under 1k" in the article on 2017: whom lists of influencers leave out."""
CONSENT = "Being found here is no consent: ask before using what anybody said (the essay Less is More speaks of 'you and me')."
ALIKE_FROM = 3
"""Mentions from which it is said that their words return (design choice: two alike may be chance)."""
OWN_SHOWN = 5
UNTOLD = "a language that could not be told"
LANGUAGES_SHOWN = 3


def languages_in(sentences: Iterable[tuple[str | None, int]]) -> tuple[tuple[str, int], ...]:
    """(language in words, sentences) of what was not read, most first."""
    counted: Counter[str] = Counter()
    for code, number in sentences:
        if number:
            counted[language_name(code) if code and code != "und" else UNTOLD] += number
    return tuple(counted.most_common())


# -- one account -----------------------------------------------------------------------------------------------------------


def says(one: Voice, *, colleague: bool = False) -> str:
    """One voice in a sentence or two. Of colleagues nothing is said about payment: they are paid anyway."""
    called = f"@{one.handle}" if one.handle else one.account
    if not one.mentions:
        return f"{called} answered it {_times(one.addressed)} without naming it otherwise."
    when = f", last on {one.last_at:%Y-%m-%d}" if one.last_at else ""
    paid = "" if colleague else _paid(one)
    alike = ""
    if one.mentions >= ALIKE_FROM and one.different * 2 <= one.mentions:
        alike = f" The same words return: {several(one.different, 'wording')} in {one.mentions:,} posts."
    tones = _tone_says(one.tone), _tone_says(one.paid_tone, "with a sign of payment")
    unread = f" Not read: {_unread_says(one.unread)}." if one.unread else ""
    return f"{called} names it {_times(one.mentions)}{paid}{when}.{alike}{''.join(tones)}{unread}"


def _paid(one: Voice) -> str:
    number = one.mentions - one.unpaid
    if not number:
        return ""
    by = f": paid by {' and '.join(one.paid_by)}, as it says" if one.paid_by else ", by whom is not said"
    if not one.unpaid:
        return f" (with a sign of payment{by})" if number == 1 else f" (all with a sign of payment{by})"
    return f" ({one.unpaid:,} without a sign of payment, {number:,} with one{by})"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def _tone_says(tone: Tone, which: str = "") -> str:
    if not tone.read:
        return ""
    parts = [
        (number, words)
        for number, words in (
            (tone.warm, "in warm words"), (tone.both, "with praise and a reservation"),
            (tone.critical, "in critical or grim words"), (tone.plain, "neither warm nor critical"),
        )
        if number
    ]  # fmt: skip
    which = f" {which}" if which else ""
    if tone.read == 1:
        return f" The one sentence{which} that could be read: {parts[0][1]}."
    return f" Of {tone.read:,} sentences{which} that could be read, {', '.join(f'{number:,} {words}' for number, words in parts)}."


def _unread_says(unread: Sequence[tuple[str, int]]) -> str:
    said = [f"{several(number, 'sentence')} in {language}" for language, number in unread[:LANGUAGES_SHOWN]]
    rest = sum(number for _, number in unread[LANGUAGES_SHOWN:])
    return ", ".join([*said, f"{rest:,} in others"] if rest else said)


def unknown_of(followers: Value, tone: Tone, dated: Sequence[datetime]) -> list[str]:
    """What is not known of one account."""
    found: list[str] = []
    if not followers.known:
        found.append("How many follow it.")
    if tone.not_read:
        found.append(f"The tone of {several(tone.not_read, 'sentence')} in another or an unknown language.")
    if not dated:
        found.append("When it said so.")
    return found


# -- all of them -----------------------------------------------------------------------------------------------------------


def summary(found: Census) -> list[str]:
    """What it comes to, the first sentence first."""
    named = " or ".join(name for names in found.names.values() for name in names)
    if not found.voices and not found.colleagues and not found.itself:
        return [
            f"Nobody in the data names {named}.",
            "Posts that name it are needed: search it on the platform and export what is found.",
        ]
    naming = [one for one in found.voices if one.mentions]
    paid = sum(one.mentions > one.unpaid for one in naming)
    lines = [
        f"{several(len(naming), 'account')} {'names' if len(naming) == 1 else 'name'} {named}; "
        + (
            f"{paid:,} of them at least once with a sign of payment." if paid else "nowhere is there a sign of payment."
        ),
        *_readings(found, naming),
        *([found.counted] if found.own else []),
    ]
    if len(found.voices) > len(naming):
        lines.append(f"{several(len(found.voices) - len(naming), 'account')} more only answered it.")
    lines += _sizes(naming)
    kinds = Counter(kind for one in found.voices for kind, number in one.by_kind for _ in range(number))
    if len(found.names) > 1:
        lines.append("Named in posts: " + ", ".join(f"{kind} {kinds[kind]:,}" for kind in found.names) + ".")
    lines += _apart(found)
    if found.voices:
        lines.append(CONSENT)
    return lines


def _readings(found: Census, naming: Sequence[Voice]) -> list[str]:
    """How they speak: accounts by their reading, sentences without and with a sign of payment, and languages nobody here reads."""
    numbers = dict(found.readings)
    words: dict[Reading, str] = {
        "warm": "in warm words",
        "balanced": "balanced",
        "critical": "in critical or grim words",
        "neither": "neither",
    }
    told = [f"{numbers[reading]:,} {said}" for reading, said in words.items() if numbers.get(reading)]
    lines: list[str] = []
    unread: Counter[str] = Counter()
    whose: Counter[str] = Counter()
    for one in naming:
        unread.update(dict(one.unread))
        whose.update(language for language, _ in one.unread)
    if unread:
        said = ", ".join(
            f"{several(number, 'sentence')} of {several(whose[language], 'account')} in {language}"
            for language, number in unread.most_common(LANGUAGES_SHOWN)
        )
        others = sum(number for _, number in unread.most_common()[LANGUAGES_SHOWN:])
        lines.append(
            f"The tone is read in English alone. Not read: {said}{f', {others:,} in others' if others else ''}; "
            "they are counted as neither warm nor critical."
        )
    if told:
        silent = sum(not one.unpaid for one in naming)
        left_out = (
            f" {several(silent, 'account')} with paid posts alone {'is' if silent == 1 else 'are'} not among them."
            if silent
            else ""
        )
        lines.append(f"By how they speak unpaid: {', '.join(told)}.{left_out}")
    if said := _tone_says(found.tone, "without a sign of payment" if found.paid_tone.read else ""):
        lines.append(said.strip())
    if said := _tone_says(found.paid_tone, "with a sign of payment"):
        lines.append(f"Counted apart: {said.strip()[:1].lower()}{said.strip()[1:]}")
    return lines


def _sizes(naming: Sequence[Voice]) -> list[str]:
    small = sum(one.followers.value is not None and one.followers.value < SMALL for one in naming)
    unknown = sum(not one.followers.known for one in naming)
    lines: list[str] = []
    if small:
        lines.append(
            f"{small:,} of the {len(naming):,} {'has' if small == 1 else 'have'} fewer than {count(SMALL)} followers."
        )
    if unknown:
        lines.append(f"How many follow {unknown:,} of the {len(naming):,} is not known.")
    return lines


def _apart(found: Census) -> list[str]:
    lines: list[str] = []
    if found.colleagues:
        lines.append(
            f"{several(len(found.colleagues), 'account')} of your own roster {'is' if len(found.colleagues) == 1 else 'are'} listed apart: "
            "what colleagues say is no unpaid voice."
        )
    if found.own:
        its = ", ".join(one.called for one in found.own[:OWN_SHOWN])
        spoke = len(found.itself)
        apart = (
            f"{'it' if len(found.own) == 1 else 'all of them'}"
            if spoke >= len(found.own)
            else f"{spoke:,} of them"
            if spoke
            else "none"
        )
        lines.append(
            f"{several(len(found.own), 'account')} {'is' if len(found.own) == 1 else 'are'} taken to be its own: {its}"
            f"{' and others' if len(found.own) > OWN_SHOWN else ''}; "
            f"{apart} named it in a post{' and stands apart' if spoke == 1 else ' and stand apart' if spoke else ''}. "
            "Tell us of any that is not, and of any that is missing."
        )
    return lines


def unknown(found: Census) -> list[str]:
    """What a census cannot tell."""
    lines = [
        "Who speaks of it without its name, under a nickname, or in pictures and sound; further spellings can be given."
    ]
    if found.voices:
        lines.append(
            "Whether somebody was paid or given something who does not say so: only words and labels can be read."
        )
    if not_read := found.tone.not_read + found.paid_tone.not_read:
        lines.append(f"The tone of {several(not_read, 'sentence')}: not English, or the language could not be told.")
    if found.tone.read - found.tone.plain:
        lines.append(
            "What they think of it: the tone is that of the sentence, a report of an accident has grim words, and where it is not sure it is neither. Irony is not read."
        )
    if found.passed_on:
        lines.append(
            f"What those think who only passed on {several(found.passed_on, 'post')} of others {'that names it' if found.passed_on == 1 else 'that name it'}."
        )
    if any(len(words_of(name)) == 1 for names in found.names.values() for name in names):
        lines.append("Whether a name of one word is always meant: it may also be a word or somebody else's name.")
    return lines

"""What a good colleague says of somebody, line by line: one person explained, two side by side, who is like her, what she contests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groundswell.explain import Explanation, Lookalikes, SideBySide
    from groundswell.signals import Value
    from groundswell.signals.posts import Evidence
    from groundswell.store.contests import Contest

MARKS = {"good": "+", "bad": "-", "neither": "*"}
VERDICTS = {True: "yes, as far as it is measured", False: "no", None: "cannot be checked"}
POST_SHOWN = 160
TITLES_SHOWN = 6


def explanation_lines(found: Explanation, *, in_full: bool = False) -> Iterator[str]:
    """First what matters of one person, then everything by question, then from where it comes."""
    yield from _who(found)
    yield from _gist(found)
    yield from _signed(found)
    yield from _groups(found)
    yield from _judged(found, in_full=in_full)
    yield "From " + ("; ".join(found.sources) or "no file")


def _who(found: Explanation) -> Iterator[str]:
    who = found.profile
    yield f"{'SIMULATED. ' if found.simulated else ''}@{who['handle'] or found.account} ({who['platform']}) {who['name'] or ''}"
    if who["bio"]:
        yield f"  “{who['bio']}”"
    if found.declared:
        yield f"  {found.declared}"
    yield from (f"  {one}" for one in found.listed)
    if found.also:
        yield f"  The same person, as you said: {', '.join(found.also)}. Each account has its own numbers."


def _gist(found: Explanation) -> Iterator[str]:
    """What stands out, what is uncertain, what is missing."""
    gist = found.gist
    yield "\nWhat stands out"
    yield from [f"  {gist.ordinary}"] if gist.ordinary else []
    for one in gist.stands_out:
        yield f"  {MARKS[one.kind]} {_said(found, one.signal)}"
        yield f"      {one.says}"
        yield from _posts(found.evidence.get(one.signal, ())[:1])
    if gist.uncertain:
        yield "\nWhat is uncertain, and why"
        for one in gist.uncertain:
            yield f"  ? {_said(found, one.signal)}"
            yield f"      {one.says}"
    if gist.more_uncertain:
        yield f"  {gist.more_uncertain} more are as uncertain; their intervals are below."
    if gist.missing:
        yield "\nWhat is missing"
    for one in gist.missing:
        yield f"  {one.says[0].upper()}{one.says[1:]}: {_titles(one.signals)}."
    if gist.told:
        yield f"  {gist.told}"
    for file in gist.files:
        yield f"  To settle it: {file.says} {file.how}"


def _signed(found: Explanation) -> Iterator[str]:
    """The creator's own word, apart from what is computed."""
    from groundswell.exports.wording import number_in_words, range_in_words

    for word in found.signed:
        yield f"\n{word.heading}"
        for one in word.numbers:
            between = range_in_words(one.as_value, one.unit)
            rows = "unknown" if one.rows is None else f"{one.rows:,}"
            interval = f"  [90 %: {between}]" if between else ""
            yield f"  - {one.title}: {number_in_words(one.value, one.unit)}{interval}, rows of theirs: {rows}"
        yield from [] if word.numbers else ["  The file holds no numbers."]
        yield f"  {word.remark}"


def _groups(found: Explanation) -> Iterator[str]:
    for group in found.gist.groups:
        yield f"\n{group.asks}"
        if group.question == "engagement" and found.window:
            yield f"  {found.window.says}"
        for name in group.signals:
            if found.values[name].known:
                yield f"  - {_said(found, name)}"
            yield from (f"      {says}" for says in found.seeming if name == "authenticity")
            if name in found.sql:
                yield f"      {' '.join(found.sql[name].split())}"
        if group.known < len(group.signals):
            yield f"  {len(group.signals) - group.known} of {len(group.signals)} unknown."


def _judged(found: Explanation, *, in_full: bool) -> Iterator[str]:
    """Size classes, what is usual, and each definition; why it says so where it was asked for, else only what stands in the way."""
    yield "\nTiers: " + "; ".join(f"{name}: {tier}" for name, tier in found.tiers)
    for sentence in dict.fromkeys(comparison.sentence for comparison in found.comparisons):
        yield f"  {sentence}"
    for judged in found.judged:
        because = f" ({judged.because})" if judged.because else ""
        yield f"{judged.definition}: {VERDICTS[judged.holds]}{because}. {judged.says}"
        for says, answer in judged.gates:
            if in_full or not answer:
                yield f"    {'yes' if answer else 'unknown' if answer is None else 'no'}: {says}"
        if in_full:
            yield from (f"    not measured yet: {lack}" for lack in judged.lacks)
        elif judged.lacks:
            yield f"    {len(judged.lacks)} of what it asks for {'is' if len(judged.lacks) == 1 else 'are'} not measured yet"


def _said(found: Explanation, name: str) -> str:
    """A signal's sentence with its interval."""
    from groundswell.exports.wording import range_beside
    from groundswell.signals import SIGNALS

    between = range_beside(found.values[name], SIGNALS[name].unit)
    return found.sentences[name] + (f"  [90 %: {between}]" if between else "")


def _between(value: Value) -> str:
    from groundswell.exports.wording import range_in_words
    from groundswell.signals import SIGNALS

    return range_in_words(value, SIGNALS[value.signal].unit)


def _title(name: str) -> str:
    from groundswell.signals import SIGNALS

    return SIGNALS[name].title if name in SIGNALS else name


def _titles(names: Sequence[str]) -> str:
    """The first few by name; the rest is told by the groups and by `groundswell signals`."""
    more = f" and {len(names) - TITLES_SHOWN} more" if len(names) > TITLES_SHOWN else ""
    return "; ".join(_title(name) for name in names[:TITLES_SHOWN]) + more


def _posts(posts: Sequence[Evidence]) -> Iterator[str]:
    for post in posts:
        when = f"{post.created_at:%Y-%m-%d} " if post.created_at else ""
        yield f"      post {when}“{' '.join(post.text.split())[:POST_SHOWN]}” {post.url or f'({post.source})'}"


def comparison_lines(found: SideBySide) -> Iterator[str]:
    """Two people side by side: in short, then question by question."""
    from groundswell.exports.wording import value_in_words
    from groundswell.signals import SIGNALS

    sides = (found.first, found.second)
    yield f"{'SIMULATED. ' if found.simulated else ''}{found.first.called} beside {found.second.called}"
    yield from (f"  {sentence}" for sentence in found.says)
    for group in found.groups:
        yield f"\n{group.asks}"
        for line in group.lines:
            yield f"  {SIGNALS[line.signal].title}: {line.says}"
            if line.verdict != "unknown" or any(side.values[line.signal].known for side in sides):
                for side in sides:
                    value = side.values[line.signal]
                    between = _between(value)
                    words = value_in_words(value, SIGNALS[line.signal].unit)
                    yield f"      {side.called}: {words}" + (f"  [90 %: {between}]" if between else "")
    yield ""
    for first, second in zip(found.first.judged, found.second.judged, strict=True):
        yield f"{first.definition}: {found.first.called} {VERDICTS[first.holds]}; {found.second.called} {VERDICTS[second.holds]}"


def lookalike_lines(found: Lookalikes) -> Iterator[str]:
    """Who is like somebody, with what they share."""
    yield f"{'SIMULATED. ' if found.simulated else ''}Like {found.called}"
    yield from (f"  {sentence}" for sentence in found.says)
    for place, one in enumerate(found.people, start=1):
        ways = "" if one.ways is None else f", ways {one.ways:.2f}"
        yield f"\n{place:>3}. {one.called} ({one.platform}) {one.name or ''}: {one.likeness:.2f} of 1 (words {one.words:.2f}{ways})"
        if one.shared_topics:
            yield f"       Both speak of {'; '.join(one.shared_topics)}."
        if one.shared_words:
            yield f"       Words of both: {', '.join(one.shared_words)}."
        if one.shared_ways:
            yield f"       Much the same in: {'; '.join(_title(name) for name in one.shared_ways)}."
        yield from _posts(one.posts)


def contest_lines(found: Sequence[Contest]) -> Iterator[str]:
    """What is contested, by whom and why, and what reviews found."""
    if not found:
        yield "Nothing is contested."
    for one in found:
        called = f"@{one.handle}" if one.handle else one.account
        yield f"{one.id}. {_title(one.signal)} ({one.signal}) of {called}: {one.state}, {'hidden' if one.hides else 'shown'}."
        yield f"     {one.contested_at[:10]} {one.contested_by}: {one.because}"
        for review in one.reviews:
            yield f"     {review.reviewed_at[:10]} {review.reviewed_by}, {review.verdict}: {review.note}"
        if not one.reviews:
            yield f'     To review it: groundswell contest review {one.id} --uphold (or --reject) --note "what you found"'

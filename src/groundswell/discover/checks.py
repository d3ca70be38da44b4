"""What a person should look at before asking somebody: contradictions, things to confirm and incidents, in the brief's own words.

The article on 2017 warns of the star who "announces a shampoo and shaves the hair to zero". Whether a post contradicts a brand is for a
person to say: nobody is ever left out by these rules, nobody gains or loses a point; the posts are shown, with what to do.
Rules of contradiction and confirmation are read widely (word forms, any order): what is shown too much costs a glance.
Incidents are read in just the words that the brief names.

Beside them stands whether somebody is warm or cold (the article on 2017, tip 4: "should know your brand and engage in some way"): cold is who
never named the brand nor spoke of its sector in any post that is known. Who speaks of the brand critically is neither: those posts are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from groundswell.discover.brief import Brief, Rule
from groundswell.signals.kinship import Shares
from groundswell.signals.on_lists import OnLists
from groundswell.signals.posts import Evidence, PostsOf
from groundswell.signals.regard import CRITICAL, Regard
from groundswell.store.text_index import words_of

Warmth = Callable[[int], "Check"]
POSTS_SHOWN = 3
"""Newest posts that are shown for a rule (design choice)."""
ENDING, STEM = 2, 4
"""Letters of a word that may differ at its end, and how many must remain (design choice: "shaves" finds "shaved")."""
TITLES = {"never_if": "Speaks against it", "confirm": "To be seen", "incident": "Incident"}
WARMTH, CRITIC, SAME, LISTED = "warmth", "critic", "same", "listed"
NURTURE = "Let it get to know you before you ask: answer its posts, show what you make, and want nothing yet."
LOOK = "Look at the profile before you ask."
ANSWER = "Read what it says before you ask; it may want an answer rather than an offer."
READ = "Read it before you ask; if it stands in the way, name the account under [exclude]. This rule leaves nobody out by itself."


@dataclass(frozen=True)
class Check:
    """One rule of a brief at one person: what was seen, and what is asked of whoever reads it."""

    kind: str
    """never_if, confirm, incident, warmth, critic, same or listed."""
    text: str
    """The rule in the brief's words."""
    because: str
    seen: int | None
    """Own posts that say it, or other accounts of the same person; None where no post with text is known."""
    says: str
    asks: str = ""
    """What to do about it; empty when nothing."""
    posts: tuple[Evidence, ...] = ()

    @property
    def flagged(self) -> bool:
        """Whether a person should look before going on."""
        return not self.seen if self.kind in ("confirm", WARMTH) else bool(self.seen)


def checks_of(brief: Brief, account: str, posts: PostsOf) -> tuple[Check, ...]:
    """Every rule of the brief at one person, those to look at first."""
    made = [_check(rule, account, posts) for rule in brief.rules]
    return tuple(sorted(made, key=lambda check: not check.flagged))


def _check(rule: Rule, account: str, posts: PostsOf) -> Check:
    title = f"{TITLES[rule.kind]}: “{rule.text}”" + (f" ({rule.because})" if rule.because else "")
    if not posts.texts(account):
        return Check(rule.kind, rule.text, rule.because, None, f"{title}: unknown, none of its posts has text.", LOOK)
    found = posts.showing(account, rule.kind, says(rule))
    said = {0: "no own post in the data says so", 1: "1 own post speaks of it"}.get(
        len(found), f"{len(found)} own posts speak of it"
    )
    return Check(
        rule.kind, rule.text, rule.because, len(found), f"{title}: {said}.", _asks(rule, found), found[:POSTS_SHOWN]
    )


def warmth_of(brief: Brief, named: Regard, sector: Shares | None) -> Warmth:
    """Say of a row of the table whether its account ever named the brand, and how, or spoke of the sector; the posts stand among its evidence."""
    about = " or ".join(brief.segments.get("sector", ()))

    def say(row: int) -> Check:
        known, near = int(named.texts[row]), int(sector.hits[row]) if sector else 0
        brand = int(named.named[row] + named.acts[row])
        if not named.known[row]:
            return Check(WARMTH, brief.brand, "", None, "Warm or cold: unknown, none of its posts has text.", LOOK)
        if named.critic[row]:
            return _critic(brief.brand, named, row)
        if not brand + near:
            neither = f"names {brief.brand}" + (f" or speaks of {about}" if sector else "")
            return Check(WARMTH, brief.brand, "", 0, f"Cold: of its {known:,} posts with text none {neither}.", NURTURE)
        speaks = f"{'speaks' if near == 1 else 'speak'} of {about}{_last(sector, row)}" if sector else ""
        if not brand:
            told = f"Warm: {near:,} of its {known:,} posts with text {speaks}; none names {brief.brand} so far."
        else:
            told = f"Warm: {_names(brief.brand, named, row)}" + (f"; {near:,} {speaks}." if near else ".")
        return Check(WARMTH, brief.brand, "", brand + near, told)

    return say


def _names(brand: str, named: Regard, row: int) -> str:
    """In how many posts an account names a brand, when last, and what those say of it that nobody pays for."""
    posts, acts = int(named.named[row]), int(named.acts[row])
    if not posts:
        return f"it mentioned {brand}{_last(named, row)}, in no post that is in the data"
    wordless = int(named.wordless[row])
    of = f"{posts:,} of its {int(named.texts[row]) + wordless:,} posts with text{' or a tag' if wordless else ''}"
    more = ""
    if ways := named.ways(row):
        more = f"; unpaid, {'it' if named.unpaid[row] == 1 else 'of these'} {ways}"
    elif not named.unpaid[row] + acts:
        more = ", none without a sign of payment"
    return f"{of} {'names' if posts == 1 else 'name'} {brand}{_last(named, row)}{more}"


def _critic(brand: str, named: Regard, row: int) -> Check:
    """A critic is nobody to warm up to: a person reads what was said."""
    number, posts = len(named.posts_of(row, CRITICAL)), int(named.named[row])
    which = f"the post that names {brand}" if posts == 1 else f"{number:,} of the {posts:,} posts that name {brand}"
    told = f"Critical: {which} {'criticises' if number == 1 else 'criticise'} it{_last(named, row)}."
    return Check(CRITIC, brand, "", number, told, ANSWER)


def same_person(also: Mapping[str, str], places: Mapping[str, int]) -> Check:
    """Say that somebody has other accounts, which somebody confirmed, and where those stand."""
    told = ", ".join(
        f"{name}, place {places[one]} of this list" if one in places else name for one, name in also.items()
    )
    says = f"The same person, as you said: {told}. Each account has its own numbers."
    return Check(SAME, told, "", len(also), says, "Write to one of them only.")


def as_listed(said: OnLists) -> Check:
    """What the user's own lists say of somebody; flagged where they say no."""
    asks = "Ask only if that has changed, and correct the status on your list." if said.declined else ""
    return Check(LISTED, said.status or "", "", int(said.declined), " ".join(said.sentences()), asks)


def _last(shares: Shares | Regard, row: int) -> str:
    last = shares.last(row)
    return f" (last on {last:%Y-%m-%d})" if last else ""


def _asks(rule: Rule, found: Sequence[Evidence]) -> str:
    if rule.kind == "confirm":
        return "Read it and see whether it holds." if found else LOOK
    return READ if found else ""


def says(rule: Rule) -> Callable[[str], bool]:
    """Whether a text says what a rule speaks of."""
    wanted = [words_of(phrase) for phrase in rule.terms or (rule.text,)]
    match = _exactly if rule.kind == "incident" else _widely
    return lambda text: any(words and match(words, words_of(text)) for words in wanted)


def _exactly(phrase: Sequence[str], words: Sequence[str]) -> bool:
    size = len(phrase)
    return any(words[place : place + size] == list(phrase) for place in range(len(words) - size + 1))


def _widely(phrase: Sequence[str], words: Sequence[str]) -> bool:
    """All longer words of a phrase, in any form and order; short ones only where there are no others."""
    telling = [word for word in phrase if len(word) >= STEM] or list(phrase)
    return all(any(word.startswith(_stem(wish)) for word in words) for wish in telling)


def _stem(word: str) -> str:
    return word[: max(len(word) - ENDING, STEM)]

"""What a person should look at before asking somebody: contradictions, things to confirm and incidents, in the brief's own words.

Seed 004 warns of the star who "announces a shampoo and shaves the hair to zero". Whether a post contradicts a brand is for a
person to say: nobody is ever left out by these rules, nobody gains or loses a point; the posts are shown, with what to do.
Rules of contradiction and confirmation are read widely (word forms, any order): what is shown too much costs a glance.
Incidents are read in just the words that the brief names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from groundswell.discover.brief import Brief, Rule
from groundswell.signals.posts import Evidence, PostsOf
from groundswell.store.text_index import words_of

POSTS_SHOWN = 3
"""Newest posts that are shown for a rule (design choice)."""
ENDING, STEM = 2, 4
"""Letters of a word that may differ at its end, and how many must remain (design choice: "shaves" finds "shaved")."""
TITLES = {"never_if": "Speaks against it", "confirm": "To be seen", "incident": "Incident"}
LOOK = "Look at the profile before you ask."
READ = "Read it before you ask; if it stands in the way, name the account under [exclude]. This rule leaves nobody out by itself."


@dataclass(frozen=True)
class Check:
    """One rule of a brief at one person: what was seen, and what is asked of whoever reads it."""

    kind: str
    """never_if, confirm or incident."""
    text: str
    """The rule in the brief's words."""
    because: str
    seen: int | None
    """Own posts that say it; None where no post with text is known."""
    says: str
    asks: str = ""
    """What to do about it; empty when nothing."""
    posts: tuple[Evidence, ...] = ()

    @property
    def flagged(self) -> bool:
        """Whether a person should look before going on."""
        return not self.seen if self.kind == "confirm" else bool(self.seen)


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

"""What you stand for: the subjects of your own posts, and the words that set you apart from everybody else in the data.

Words are compared by log-odds with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008, "Fightin' Words", doi
10.1093/pan/mpn018): how much likelier a word is in your posts than in other people's, divided by its standard error, so that
neither a rare slip nor an everyday word comes out on top. A word counts once a post: saying it five times is not five times
the subject.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from groundswell.coach.labels import EVERYDAY, labels_of
from groundswell.coach.own_posts import OwnPost, newest_of
from groundswell.coach.shares import Share, share_of
from groundswell.signals.posts import Evidence
from groundswell.signals.present import Present
from groundswell.signals.topics import STOP_WORDS, TOKENS, Corpus
from groundswell.store import Engine

OTHERS_READ = 20_000
"""Posts of other people that are read at most, drawn by a hash (design choice: bounded work)."""
SPARE = 2_000
"""Posts drawn beyond them, to take the place of an account's own (design choice: a tenth; who has more is read apart)."""
OTHERS_NEEDED = 100
"""Posts of other people below which there is nobody to be compared with (design choice)."""
POSTS_NEEDED = 10
"""Own posts with text below which nothing is said about what somebody stands for (as for the signal topic_focus)."""
Z = 1.6448536
"""Normal quantile: only words beyond the 90 % interval are named."""
POSTS_A_WORD = 3
"""Own posts that must say a word (design choice: once or twice is no habit)."""
MOST_WORDS, MOST_TOPICS, MOST_TAGS, POSTS_SHOWN = 8, 5, 5, 2
TOLD_SHARE = 0.5
"""Share of own posts whose subject must be told before subjects are named at all (design choice: else what most is about is not among them)."""
SENTENCE = re.compile(r"(?:[^.!?…\n]|[.!?…](?=[^\s.!?…]))+[.!?…]*")
"""It ends where something else than a letter follows: a dot within a name (@ann.bsky.social) or an address ends nothing."""
TAG = re.compile(r"#\w+")
SIGNED_SHARE, SIGNED_POSTS = 0.5, 5
"""A sentence in half of the posts, and in five of them at least, is a signature (design choices)."""
LINK = re.compile(r"https?://\S+|www\.\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S*|@[\w.-]+")


@dataclass(frozen=True)
class Word:
    """A word that sets an account apart."""

    word: str
    posts: int
    """Own posts that say it."""
    of: int
    """Own posts with text."""
    others: float | None
    """Share of other people's posts that say it; None when there is nobody to compare with."""
    strength: float | None
    """Log-odds divided by its standard error."""
    evidence: tuple[Evidence, ...]

    @property
    def sentence(self) -> str:
        """Say it with its own numbers."""
        mine = f"You say “{self.word}” in {self.posts:,} of {self.of:,} posts"
        if self.others is None:
            return f"{mine}."
        return f"{mine}; of other people's posts, {_percent(self.others)} say it."


@dataclass(frozen=True)
class Topic:
    """A subject of own posts, named by words that stand in them."""

    name: str
    share: Share
    """Of the posts whose subject can be told."""
    evidence: tuple[Evidence, ...]
    posts: tuple[str, ...]
    """Ids of its posts."""


@dataclass(frozen=True)
class Tag:
    """A hashtag of own posts."""

    tag: str
    share: Share
    """Of own posts with text."""
    evidence: tuple[Evidence, ...]
    posts: tuple[str, ...]
    """Ids of its posts."""


@dataclass(frozen=True)
class Subject:
    """What an account stands for."""

    topics: tuple[Topic, ...]
    """Empty also where the subjects of too few posts can be told."""
    words: tuple[Word, ...]
    compared_with: int
    """Posts of other people that were read."""
    sentence: str
    unknown: str | None = None
    """Reason, when nothing can be said."""
    tags: tuple[Tag, ...] = ()
    """The hashtags used most."""


def read_subject(
    engine: Engine, present: Present, account: str, posts: Sequence[OwnPost], language: str | None
) -> Subject:
    """Say what an account's own posts are about, and by which words it differs."""
    said = [post for post in posts if post.text]
    if len(said) < POSTS_NEEDED:
        sentence = f"What you stand for cannot be told from {_posts(len(said))} with text; {POSTS_NEEDED} are needed."
        return Subject((), (), 0, sentence, "too_few" if said else "not_observed")
    sample = present.once(("others", language), lambda: _sample(engine, language))
    others = sample.without(account) or _counted(_others(engine, account, language))
    words = distinctive(said, others, present.corpus)
    topics, told = _topics(said, present.corpus)
    tags = _tags(said)
    about = _about(topics, tags, told, len(said))
    return Subject(
        topics, words, others.posts, f"{about} {_of_words(words, others.posts, len(said))}".strip(), tags=tags
    )


@dataclass(frozen=True)
class Spoken:
    """Words, with the number of posts that say them, and how many posts were read."""

    words: Counter[str]
    posts: int


@dataclass(frozen=True)
class Sample:
    """Posts of everybody, drawn by a hash, in its order; a few more than are read, in place of those of the account itself."""

    accounts: tuple[str, ...]
    texts: tuple[str, ...]
    spoken: Spoken
    """Of the posts that are read when none of them is the account's own."""
    whole: bool
    """Whether no post was left out."""

    def without(self, account: str) -> Spoken | None:
        """What all but one say; None where too many of the posts are its own to tell."""
        read = self.spoken.posts
        own = [place for place in range(read) if self.accounts[place] == account]
        spare = [place for place in range(read, len(self.texts)) if self.accounts[place] != account][: len(own)]
        if len(spare) < len(own) and not self.whole:
            return None
        words = self.spoken.words.copy()
        words.subtract(word for place in own for word in words_in(self.texts[place]))
        words.update(word for place in spare for word in words_in(self.texts[place]))
        return Spoken(words, read - len(own) + len(spare))


def distinctive(posts: Sequence[OwnPost], others: Spoken, corpus: Corpus | None) -> tuple[Word, ...]:
    """Words by which the posts differ from the texts of others; where there are too few others, the words said most."""
    texts = unsigned([post.text or "" for post in posts])
    mine, theirs = _counted(texts).words, others.words
    dull = _dull(corpus)
    known = frozenset(one.lstrip("#") for one in corpus.words) if corpus else None
    habits = {w: n for w, n in mine.items() if n >= POSTS_A_WORD and w not in dull and (known is None or w in known)}
    if others.posts < OTHERS_NEEDED:
        chosen = sorted(habits, key=lambda word: (-habits[word], word))[:MOST_WORDS]
        return tuple(_word(word, posts, texts, None, None) for word in chosen)
    strength = log_odds(mine, theirs)
    chosen = sorted((w for w in habits if strength[w] >= Z), key=lambda word: (-strength[word], word))[:MOST_WORDS]
    return tuple(_word(w, posts, texts, theirs.get(w, 0) / others.posts, strength[w]) for w in chosen)


def log_odds(mine: Mapping[str, int], theirs: Mapping[str, int]) -> dict[str, float]:
    """How many standard errors the log-odds of each of my words lie above theirs (Monroe et al. 2008, equations 16, 20 and 22).

    The prior is both texts together, scaled to as many words as I have said: it counts as much as I do (design choice).
    """
    n, m = sum(mine.values()), sum(theirs.values())
    found: dict[str, float] = {}
    for word, y in mine.items():
        x = theirs.get(word, 0)
        prior = n * (y + x) / (n + m)
        delta = math.log((y + prior) / (2 * n - y - prior)) - math.log((x + prior) / (m + n - x - prior))
        found[word] = delta / math.sqrt(1 / (y + prior) + 1 / (x + prior))
    return found


def words_in(text: str) -> set[str]:
    """The words of a text once each: lower case, a tag as its word, no addresses and no names."""
    return {word.lstrip("#") for word in TOKENS.findall(LINK.sub(" ", text.lower()))}


def _counted(texts: Iterable[str]) -> Spoken:
    said, posts = Counter[str](), 0
    for posts, text in enumerate(texts, start=1):  # noqa: B007  (the last number is how many there were)
        said.update(words_in(text))
    return Spoken(said, posts)


def unsigned(texts: Sequence[str]) -> list[str]:
    """The texts without the sentences that stand in most of them beside others, such as a signature: they say nothing of a post."""
    parted = [SENTENCE.findall(text) for text in texts]
    said = Counter(one for parts in parted for one in {_same(part) for part in parts})
    often = {one for one, times in said.items() if times >= max(SIGNED_POSTS, len(texts) * SIGNED_SHARE)}
    return [_without(text, parts, often) for text, parts in zip(texts, parted, strict=True)]


def _same(sentence: str) -> str:
    """What makes a sentence the same one: not its numbers, and not the tags beside it."""
    return " ".join(re.sub(r"\d+", "0", TAG.sub(" ", sentence.lower())).split())


def _without(text: str, parts: Sequence[str], often: Collection[str]) -> str:
    """A post that says nothing else keeps its sentence; tags in it are kept in any case."""
    kept = [part for part in parts if _same(part) not in often]
    if len(kept) == len(parts) or not any(_same(part) for part in kept):
        return text
    return " ".join([*kept, *(tag for part in parts if _same(part) in often for tag in TAG.findall(part))])


def _word(
    word: str, posts: Sequence[OwnPost], texts: Sequence[str], others: float | None, strength: float | None
) -> Word:
    saying = [post for post, text in zip(posts, texts, strict=True) if word in words_in(text)]
    return Word(word, len(saying), len(posts), others, strength, newest_of(saying, POSTS_SHOWN, f"says “{word}”"))


def _dull(corpus: Corpus | None) -> frozenset[str]:
    """Words that say nothing of a subject; a fit has left them out already."""
    if corpus:
        return STOP_WORDS | EVERYDAY
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return STOP_WORDS | ENGLISH_STOP_WORDS | EVERYDAY


def _sample(engine: Engine, language: str | None) -> Sample:
    rows = engine.rows(_drawn(language, OTHERS_READ + SPARE), [None, language])
    accounts, texts = tuple(account for account, _ in rows), tuple(text for _, text in rows)
    return Sample(accounts, texts, _counted(texts[:OTHERS_READ]), len(rows) < OTHERS_READ + SPARE)


def _others(engine: Engine, account: str, language: str | None) -> list[str]:
    return [text for _, text in engine.rows(_drawn(language, OTHERS_READ), [account, language])]


def _drawn(language: str | None, most: int) -> str:
    """Texts of everybody but one ($1), in its own language where it is known: else a language would pass for a subject."""
    spoken = "coalesce(p.language, w.language) = $2" if language else "$2 IS NULL"
    return f"""SELECT p.account, p.text FROM posts AS p LEFT JOIN wording AS w ON w.text_hash = p.text_hash
               WHERE p.account IS DISTINCT FROM $1 AND p.text IS NOT NULL
               AND (p.kind IS NULL OR p.kind IN ('post', 'quote')) AND {spoken} ORDER BY md5(p.post) LIMIT {most}"""


def _topics(posts: Sequence[OwnPost], corpus: Corpus | None) -> tuple[tuple[Topic, ...], int]:
    """The largest subjects, and of how many posts one can be told; no subject where that is less than half of them."""
    names = labels_of(posts, corpus, words_in)
    told = [(post, names[post.topic]) for post in posts if post.topic and post.topic in names]
    if len(told) < len(posts) * TOLD_SHARE:
        return (), len(told)
    counts = Counter(name for _, name in told)
    largest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_TOPICS]
    found: list[Topic] = []
    for name, hits in largest:
        of = [post for post, called in told if called == name]
        share = share_of(hits, len(told))
        found.append(Topic(name, share, newest_of(of, POSTS_SHOWN, name), tuple(post.post for post in of)))
    return tuple(found), len(told)


def _tags(posts: Sequence[OwnPost]) -> tuple[Tag, ...]:
    """The hashtags that stand in most own posts."""
    tags = {post.post: {tag.lower().removeprefix("#") for tag in post.hashtags or ()} for post in posts}
    counts = Counter(tag for some in tags.values() for tag in some)
    most = sorted((tag for tag, hits in counts.items() if hits >= POSTS_A_WORD), key=lambda tag: (-counts[tag], tag))
    found: list[Tag] = []
    for tag in most[:MOST_TAGS]:
        of = [post for post in posts if tag in tags[post.post]]
        share = share_of(len(of), len(posts))
        found.append(Tag(tag, share, newest_of(of, POSTS_SHOWN, f"#{tag}"), tuple(post.post for post in of)))
    return tuple(found)


def _about(topics: Sequence[Topic], tags: Sequence[Tag], told: int, own: int) -> str:
    """What the posts are about, and where that cannot be told, by which tags they go."""
    if topics:
        first = topics[0]
        return f"{first.share.hits:,.0f} of the {first.share.n:,} posts whose subject can be told are about “{first.name}”."
    few = f"The subject of {told:,} of your {own:,} posts can be told, too few to name your subjects."
    named = ", ".join(f"#{one.tag} ({one.share.hits:,.0f} posts)" for one in tags)
    return (f"{few} " if told else "") + (f"Your hashtags: {named}." if named else "")


def _of_words(words: Sequence[Word], others: int, own: int) -> str:
    if not words:
        return f"No word sets your {own:,} posts clearly apart."
    named = ", ".join(word.word for word in words)
    if others < OTHERS_NEEDED:
        return f"The words you come back to: {named}. {_too_few_others(others)}"
    return f"Words that are more yours than other people's ({others:,} of their posts read): {named}."


def _too_few_others(others: int) -> str:
    """Why nobody is compared with: nobody may be there, or only few posts of them."""
    if not others:
        return "No post of anybody else in your language is in the data to compare with."
    posts = (
        "1 post of others in your language is" if others == 1 else f"{others:,} posts of others in your language are"
    )
    return f"{posts} in the data; {OTHERS_NEEDED} are needed to compare."


def _percent(share: float) -> str:
    return "none" if share == 0 else f"{share:.1%}" if share >= 0.001 else "fewer than one in a thousand"


def _posts(count: int) -> str:
    return "1 post" if count == 1 else f"{count} posts"

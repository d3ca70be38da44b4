"""Made-up worlds with pods and friends in them: who comments on whom, when and in which words, as far as it is published.

Pods after Weerasinghe et al. 2020 (Telegram groups: drop a link, comment within minutes or within the day, at least four words), after
what trade guides tell of pods in one niche, and bots that comment by themselves. Friends, families and clubs as everyday life knows
them. Nothing here reads the detector: it knows no border of minutes, words or shares that the detector asks for. All the same both were
thought out by the same people: a figure from here shows that the detector does what it is meant to, not how it does in the wild.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from groundswell.records import RECORDS
from groundswell.store import Workspace

START = datetime(2026, 1, 1, tzinfo=UTC)
SUBJECTS = [
    "sourdough flour oven crumb starter baking rye kitchen butter dough", "marathon trail shoes stride interval tempo coach hills pace knees",
    "camera lens portrait shutter aperture film darkroom exposure tripod light", "garden tomato compost seedling pruning orchard harvest soil beet frost",
    "lipstick serum palette blush mascara skincare toner brush gloss primer", "guitar chord amplifier pedal fret riff studio mixing vocals drums",
    "hostel backpack airport border sunset ferry market hiking visa island", "chess opening endgame bishop gambit tournament rating puzzle clock pawn",
]  # fmt: skip
FILLER = (
    "today", "we", "finally", "tried", "this", "again", "after", "a", "long", "week", "and", "it", "was", "better", "than", "last", "time",
    "so", "happy", "with", "how", "that", "turned", "out",
)  # fmt: skip
STOCK = (
    "amazing content as always keep it up", "love your feed so much", "this is so inspiring thank you for sharing", "great shot my friend",
    "wow absolutely stunning work here", "you are killing it lately", "so good", "goals honestly what a vibe", "fantastic post keep going",
    "really cool page you have here", "always the best content on my feed", "perfect as always dear", "this made my whole day",
)  # fmt: skip
BOT = ("nice", "cool pic", "great", "awesome post", "love it", "wow", "so nice", "check this out")
FAMILY = (
    "so proud of you",
    "love you",
    "miss you",
    "grandma says hi",
    "beautiful",
    "big hug",
    "call me later",
    "well done darling",
    "kisses",
)
CHAT = (
    "haha yes", "told you so", "you never showed me this one", "we were dying laughing", "next time bring anna too", "i still owe you a coffee",
    "cannot believe you actually did it", "that was the night we lost the keys", "see you on friday", "mum asked about this yesterday",
)  # fmt: skip


@dataclass(frozen=True)
class Habit:
    """How the members of a group act on one another's posts."""

    name: str
    is_pod: bool
    size: tuple[int, int]
    takes_part: tuple[float, float]
    minutes: tuple[float, float]
    """Median delay of a comment and its spread (log normal)."""
    phrases: tuple[str, ...]
    of_the_post: float
    """How often a comment takes up what the post says."""
    follows: float
    talks: float
    """How often somebody answers the author's answer."""
    one_subject: float


HABITS = (
    Habit("drop in a chat", True, (8, 22), (0.5, 0.95), (14, 0.8), STOCK, 0.05, 0.25, 0.01, 0.1),
    Habit("daily round", True, (8, 20), (0.5, 0.9), (420, 0.9), STOCK, 0.15, 0.3, 0.02, 0.15),
    Habit("pod of one niche", True, (6, 14), (0.4, 0.85), (40, 1.0), STOCK, 0.45, 0.8, 0.05, 1.0),
    Habit("automated", True, (6, 25), (0.6, 1.0), (3, 0.4), BOT, 0.0, 0.2, 0.0, 0.05),
    Habit("close friends", False, (4, 8), (0.2, 0.6), (170, 1.4), CHAT, 0.35, 0.97, 0.3, 0.3),
    Habit("friends with a group chat", False, (4, 10), (0.3, 0.7), (25, 1.2), CHAT, 0.2, 0.95, 0.2, 0.4),
    Habit("family", False, (4, 9), (0.2, 0.7), (300, 1.5), FAMILY, 0.1, 0.9, 0.06, 0.2),
    Habit("club", False, (6, 16), (0.15, 0.5), (240, 1.5), CHAT, 0.6, 0.8, 0.25, 1.0),
)  # fmt: skip
GROUPS_OF_EACH, ALONE, FANS = 4, 300, 12


@dataclass(frozen=True)
class PodWorld:
    """A workspace and what is true in it."""

    workspace: Workspace
    kind: dict[str, str]
    """Account -> habit of its group; "alone" or "admired" for the others."""
    groups: dict[str, tuple[str, ...]]
    """Name of a group -> its members."""


def pod_world(folder: Path, seed: int, *, hide: str = "", varied: bool = False) -> PodWorld:
    """Make a world; `hide` leaves "follows" or "texts" of comments out of what is known, `varied` draws the habits anew too."""
    made = _Making(np.random.default_rng(seed))
    for habit in (_varied(one, made.dice) if varied else one for one in HABITS):
        for number in range(GROUPS_OF_EACH):
            made.group(habit, f"{habit.name} {number}")
    made.others()
    if hide == "follows":
        made.rows["follow"] = []
    if hide == "texts":
        made.rows["post"] = [row for row in made.rows["post"] if row["kind"] != "reply"]
    return PodWorld(brought(folder, made.rows), made.kind, made.groups)


def _varied(habit: Habit, dice: np.random.Generator) -> Habit:
    """The same habit elsewhere: half or twice as fast, more or less keen, wordy, talkative and alike."""

    def near(share: float) -> float:
        return float(np.clip(share + dice.normal(0, 0.08), 0, 1))

    fast = float(np.exp(dice.normal(0, 0.5)))
    keen = sorted(near(share) for share in habit.takes_part)
    return replace(
        habit, minutes=(habit.minutes[0] * fast, habit.minutes[1]), takes_part=(keen[0], keen[1]), of_the_post=near(habit.of_the_post),
        follows=near(habit.follows), talks=min(near(habit.talks), 0.4), one_subject=near(habit.one_subject),
    )  # fmt: skip


class _Making:
    def __init__(self, dice: np.random.Generator) -> None:
        self.dice, self.rows = (
            dice,
            {"account": list[Any](), "post": list[Any](), "interaction": list[Any](), "follow": list[Any]()},
        )
        self.kind, self.groups, self.posts, self.subject = {}, {}, dict[str, list[Any]](), dict[str, int]()
        self.said = 0

    def person(self, kind: str, subject: int) -> str:
        name = f"x:a{len(self.kind):05d}"
        self.kind[name], self.subject[name] = kind, subject
        self.rows["account"].append({"account": name, "platform": "x", "handle": name[2:]})
        self.posts[name] = [self.post(name, subject) for _ in range(int(self.dice.integers(8, 30)))]
        return name

    def post(self, name: str, subject: int) -> dict[str, Any]:
        words = [*self.dice.choice(SUBJECTS[subject].split(), 4), *self.dice.choice(FILLER, 8)]
        when = START + timedelta(days=float(self.dice.random() * 90), hours=float(self.dice.random() * 24))
        return self.write(name, " ".join(self.dice.permutation(words)), when, "post")

    def write(self, name: str, text: str, when: datetime, kind: str) -> dict[str, Any]:
        self.said += 1
        row = {
            "post": f"x:p{self.said}",
            "platform": "x",
            "account": name,
            "text": text,
            "created_at": when,
            "kind": kind,
        }
        self.rows["post"].append(row)
        return row

    def answer(self, actor: str, target: dict[str, Any], text: str, when: datetime) -> dict[str, Any]:
        row = self.write(actor, text, when, "reply")
        act = {
            "actor": actor,
            "verb": "reply",
            "account": target["account"],
            "post": target["post"],
            "via": row["post"],
            "acted_at": when,
        }
        self.rows["interaction"].append(act)
        return row

    def group(self, habit: Habit, name: str) -> None:
        dice, shared = self.dice, int(self.dice.integers(len(SUBJECTS)))
        subjects = [
            shared if dice.random() < habit.one_subject else int(dice.integers(len(SUBJECTS)))
            for _ in range(dice.integers(*habit.size))
        ]
        members = [self.person(habit.name, subject) for subject in subjects]
        self.groups[name] = tuple(members)
        keen = {member: dice.uniform(*habit.takes_part) for member in members}
        for author in members:
            for actor in members:
                if actor == author:
                    continue
                if dice.random() < habit.follows:
                    self.rows["follow"].append(
                        {
                            "follower": actor,
                            "followed": author,
                            "since": START - timedelta(days=float(dice.random() * 700)),
                        }
                    )
                for target in self.posts[author]:
                    if dice.random() < keen[actor]:
                        self.comment(habit, actor, target)

    def comment(self, habit: Habit, actor: str, target: dict[str, Any]) -> None:
        dice = self.dice
        when = target["created_at"] + timedelta(
            minutes=float(habit.minutes[0] * np.exp(dice.normal(0, habit.minutes[1])))
        )
        text = str(dice.choice(habit.phrases))
        if dice.random() < habit.of_the_post:
            text = f"{text} {dice.choice(target['text'].split())} {dice.choice(SUBJECTS[self.subject[target['account']]].split())}"
        said = self.answer(actor, target, text, when)
        if dice.random() < 0.4:  # the author thanks, in pods too
            back = self.answer(
                target["account"], said, "thank you", when + timedelta(minutes=float(dice.exponential(200)))
            )
            if dice.random() < habit.talks / 0.4:
                self.answer(
                    actor,
                    back,
                    str(dice.choice(CHAT)),
                    back["created_at"] + timedelta(minutes=float(dice.exponential(90))),
                )

    def others(self) -> None:
        """People who comment here and there, and some admired ones whose fans come back again and again."""
        dice = self.dice
        alone = [self.person("alone", int(dice.integers(len(SUBJECTS)))) for _ in range(ALONE)]
        admired = [self.person("admired", int(dice.integers(len(SUBJECTS)))) for _ in range(FANS)]
        everybody, stray = (
            list(self.kind),
            Habit("stray", False, (0, 0), (0, 0), (200, 1.5), (*CHAT, *STOCK[:4], *FAMILY[:3]), 0.4, 0, 0.1, 0),
        )
        for author in everybody:
            for actor in dice.choice(alone, 14, replace=False):
                if actor != author:
                    self.comment(stray, str(actor), self.posts[author][int(dice.integers(len(self.posts[author])))])
        for author in admired:
            for actor in dice.choice(alone, 25, replace=False):
                for target in self.posts[author]:
                    if dice.random() < 0.4:
                        self.comment(stray, str(actor), target)
        for actor in alone:
            for author in dice.choice(everybody, 6, replace=False):
                self.rows["follow"].append(
                    {
                        "follower": actor,
                        "followed": str(author),
                        "since": START - timedelta(days=float(dice.random() * 700)),
                    }
                )


def brought(folder: Path, rows: dict[str, list[dict[str, Any]]]) -> Workspace:
    """A workspace that holds these rows, as an import would bring them."""
    workspace = Workspace.create(folder)
    seen = START + timedelta(days=200)
    key = workspace.state.begin_import(
        source="made.csv", layout="made", sha256="", observed_at=seen, options={"simulated": True}
    )
    staging = workspace.staging(key)
    for record, some in rows.items():
        if some:
            names = {name for row in some for name in row}
            schema = pa.schema([
                *(field for field in RECORDS[record].schema if field.name in names),
                *([pa.field("observed_at", pa.timestamp("us", "UTC"))] if "observed_at" in names else []),
            ])  # fmt: skip
            table = pa.Table.from_pylist(some, schema=schema).append_column(
                "line", pa.array(range(2, 2 + len(some)), pa.int64())
            )
            staging.add(RECORDS[record], table, observed_at=seen, member="")
    counts = staging.count()
    staging.close()
    workspace.state.finish_import(key, records={name: vars(found) for name, found in counts.items()})
    return workspace

"""Small workspaces made by hand, for tests: rows as dictionaries, brought in as an import would."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pyarrow as pa
from filelock import FileLock

from groundswell.ingest import import_file
from groundswell.records import RECORDS
from groundswell.signals import Value, signal_table
from groundswell.signals.arrays import Asked
from groundswell.signals.computing import compute
from groundswell.signals.table import prepare
from groundswell.signals.topics import latest_corpus
from groundswell.simulate import simulate
from groundswell.store import Workspace

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Record name -> rows."""

START = datetime(2026, 1, 1, tzinfo=UTC)
SEEN = datetime(2026, 6, 1, tzinfo=UTC)
"""When the files of a test were collected, unless it says otherwise: long after the posts, so that they are settled."""


def day(number: float) -> datetime:
    """The moment so many days after the start."""
    return START + timedelta(days=number)


def table(record: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows of a record as a source hands them over: the columns that any row names, and the line of each."""
    names = {name for row in rows for name in row}
    fields = [field for field in RECORDS[record].schema if field.name in names]
    own = [pa.field("observed_at", pa.timestamp("us", "UTC"))] if "observed_at" in names else []
    made = pa.Table.from_pylist([dict(row) for row in rows], schema=pa.schema([*fields, *own]))
    return made.append_column("line", pa.array(range(2, 2 + len(rows)), pa.int64()))


def bring(workspace: Workspace, rows: Rows, *, seen: datetime = SEEN) -> int:
    """Import rows of several records at once; return the import's id."""
    key = workspace.state.begin_import(source="made.csv", layout="made", sha256="", observed_at=seen, options={})
    staging = workspace.staging(key)
    for record, some in rows.items():
        if some:
            staging.add(RECORDS[record], table(record, some), observed_at=seen, member="")
    counts = staging.count()
    staging.close()
    workspace.state.finish_import(key, records={name: vars(found) for name, found in counts.items()})
    return key


def made(folder: Path, *imports: Rows) -> Workspace:
    """A workspace that holds these imports."""
    workspace = Workspace.create(folder)
    for rows in imports:
        bring(workspace, rows)
    return workspace


SHARED = Path()
"""Where the processes of a test run keep what each of them needs; set when the run begins."""


def made_and_computed(folder: Path) -> Workspace:
    """A workspace of one's own with the community and its signals."""
    return _copied("community", lambda home: made(home, community()), folder)


def simulated_and_computed(folder: Path) -> Workspace:
    """A workspace of one's own that holds the files of a simulated community, as an import brings them, with their signals."""
    return _copied("simulated", _simulated, folder)


def simulated_file(name: str) -> Path:
    """One of the files that the simulated community was imported from, once somebody asked for it."""
    return SHARED / "simulated" / "files" / name


def _simulated(home: Path) -> Workspace:
    workspace = Workspace.create(home)
    for path in simulate(home.with_name("files"), people=300, seed=3).files.values():
        import_file(workspace, path)
    return workspace


def _copied(name: str, make: Callable[[Path], Workspace], folder: Path) -> Workspace:
    """A copy of what is made once a test run, by whichever process needs it first."""
    home = SHARED / name
    with FileLock(SHARED / f"{name}.lock"):
        if not (home / "whole").is_file():
            signal_table(make(home / "workspace"))
            (home / "whole").touch()
    copytree(home / "workspace", folder, dirs_exist_ok=True)
    return Workspace.open(folder)


def value_of(workspace: Workspace, who: str, name: str) -> Value:
    """One signal of one account, computed now and by itself: far quicker than the table of all of them."""
    return values_of(workspace, name)[f"x:{who}"]


def values_of(workspace: Workspace, name: str) -> dict[str, Value]:
    """One signal of every account, computed now and by itself."""
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", latest_corpus(workspace.fits))
        rows = compute(Asked(engine, workspace.fits), names=[name]).to_pylist()
    return {row["account"]: Value(signal=name, **row[name]) for row in rows}


def account(name: str, **fields: Any) -> dict[str, Any]:
    """A row of an account."""
    return {"account": f"x:{name}", "platform": "x", "handle": name, **fields}


def post(author: str, number: int | str, **fields: Any) -> dict[str, Any]:
    """A row of a post."""
    return {"post": f"x:{author}-{number}", "platform": "x", "account": f"x:{author}", **fields}


def reply(actor: str, author: str, to: str, via: str, when: datetime | None) -> dict[str, Any]:
    """An act: `actor` answered the post `to` of `author` with the post `via`."""
    return {
        "actor": f"x:{actor}",
        "verb": "reply",
        "account": f"x:{author}",
        "post": f"x:{to}",
        "via": f"x:{via}",
        "acted_at": when,
    }


SUBJECTS = (
    "sourdough bread flour oven crumb starter baking loaf rye kitchen",
    "marathon running trail shoes stride interval training race tempo coach",
    "camera lens portrait shutter aperture film darkroom exposure light studio",
    "garden tomato compost seedling pruning orchard harvest soil beetroot greenhouse",
)
SENTENCES = {
    "en": "I wanted to tell you what happened when we went to the market this morning with",
    "de": "Gestern haben wir uns wieder getroffen und lange darüber gesprochen, wie man es macht mit",
}


def community(
    seed: int = 1, *, prefix: str = "p", people: int = 20, first: float = 0
) -> dict[str, list[dict[str, Any]]]:
    """People who post, answer, are paid, pass on and hide; each one lacks something else. The same seed, the same rows."""
    dice = random.Random(seed)
    names = [f"{prefix}{number:02d}" for number in range(people)]
    rows: dict[str, list[dict[str, Any]]] = {"account": [], "post": [], "interaction": [], "follow": []}
    for number, name in enumerate(names):
        rows["account"].append(_person(dice, number, name, first))
        if number == 0:
            continue  # silent: known, but has never posted
        own = [_saying(dice, number, name, post_number, first) for post_number in range(8 + 3 * (number % 8))]
        rows["post"] += own
        rows["interaction"] += _conversations(dice, name, own, [one for one in names[1:] if one != name])
        rows["follow"] += [
            {"follower": f"x:{other}", "followed": f"x:{name}"} for other in dice.sample(names, 3) if other != name
        ]
    rows["account"] += _counted_again(rows["account"])
    rows["post"] += [row for name in names[11:12] for row in _sold_before(name, first)]
    for record, more in _circle(names[1:7], first).items():
        rows[record] += more
    for more in (_reviews(prefix, names[8:12], first), _dialogue(names[8:11], names[-1], first)):
        for record, some in more.items():
            rows[record] += some
    if prefix == "p" and people == 20:
        for record, more in (
            *_neighbours(NEIGHBOURS).items(), *_speaker("s00", first).items(), *_seller("s01", first).items()
        ):  # fmt: skip
            rows[record] += more
    if prefix == "p" and people >= 20:
        _crowd_and_growth(rows, prefix, first)
    return rows


def _crowd_and_growth(rows: dict[str, list[dict[str, Any]]], prefix: str, first: float) -> None:
    """The fourth person has forty followers with profiles; the third was counted every other day, and jumped once."""
    crowd = [f"{prefix}f{number:02d}" for number in range(40)]
    rows["account"] += [
        account(name, followers=20 + number, following=90 * number, bio=SUBJECTS[number % 4])
        for number, name in enumerate(crowd)
    ]
    rows["follow"] += [{"follower": f"x:{name}", "followed": f"x:{prefix}03"} for name in crowd]
    rows["account"] += [
        account(f"{prefix}02", followers=1_000 + step + (400 if step > 6 else 0), observed_at=day(first + 2 * step))
        for step in range(12)
    ]


NEIGHBOURS = 36
"""Enough for a comparison among peers, who must be thirty."""


def _neighbours(count: int) -> dict[str, list[dict[str, Any]]]:
    """Quiet personal accounts with counts, formats and a few answers, and without a word of text."""
    dice = random.Random("neighbours")
    rows: dict[str, list[dict[str, Any]]] = {"account": [], "post": [], "interaction": []}
    names = [f"n{number:02d}" for number in range(count)]
    for number, name in enumerate(names):
        size = dice.randint(1_200, 9_500)
        rows["account"].append(
            account(name, followers=size, following=dice.randint(10, 900), account_type="personal", observed_at=SEEN)
        )
        for place in range(6):
            when = day(place * 3 + dice.random())
            counted = {
                "likes": dice.randint(1, size // 10),
                "replies": dice.randint(0, 30),
                "saves": dice.randint(0, 9),
            }
            media = dice.choice(["image", "video", "album"])
            rows["post"].append(
                post(name, place, created_at=when, kind="post", media=media, paid_label=False, **counted)
            )
            said, asker = f"{name}-{place}", names[(number + 1 + place) % count]
            rows["interaction"].append(reply(asker, name, said, f"{said}-c", when + timedelta(hours=1)))
            if place == number % 3:
                passed = {"actor": f"x:{asker}", "verb": "repost", "account": f"x:{name}", "post": f"x:{said}"}
                rows["interaction"].append(passed | {"acted_at": when + timedelta(hours=2)})
            if dice.random() < 0.6:
                answer = reply(name, asker, f"{said}-c", f"{said}-c-a", when + timedelta(hours=3))
                rows["interaction"].append(answer)
    return rows


def _sold_before(name: str, first: float) -> list[dict[str, Any]]:
    """What somebody wrote in the months before, some of it for pay."""
    return [
        post(name, f"old{number}", text=f"{SENTENCES['en']} {'#ad' if number % 3 == 0 else 'friends'} {number}",
             created_at=day(first - 130 + 5 * number), kind="post", likes=40 + number)
        for number in range(8)
    ]  # fmt: skip


def _counted_again(people: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Dated counts of followers of every fourth person, who grew evenly, ever faster, by a jump or not at all."""
    shapes = (
        [0.5, 0.6, 0.7, 0.8, 0.9],
        [0.2, 0.25, 0.35, 0.5, 0.7],
        [0.6, 0.6, 0.61, 0.98, 0.99],
        [1.0, 1.0, 1.0, 1.0, 1.0],
    )
    return [
        account(person["handle"], followers=int(person["followers"] * part) + 1, observed_at=day(number))
        for place, person in enumerate(people[3::4]) if person["followers"]
        for number, part in zip((1, 9, 18, 60, 110), shapes[place % 4], strict=True)
    ]  # fmt: skip


def _circle(names: Sequence[str], first: float) -> dict[str, list[dict[str, Any]]]:
    """Friends who follow one another and have talked for months, on posts that the data do not hold; some more than others."""
    rows: dict[str, list[dict[str, Any]]] = {"post": [], "interaction": [], "follow": []}
    for number, actor in enumerate(names):
        for place, name in enumerate(names):
            if actor == name or (number + place) % 5 == 4:
                continue
            rows["follow"].append({"follower": f"x:{actor}", "followed": f"x:{name}", "completeness": "local"})
            if number < place:
                act = {
                    "verb": "quote",
                    "post": f"x:{name}-old0",
                    "via": f"x:{actor}-quote-{name}",
                    "acted_at": day(first + 1),
                }
                rows["interaction"].append({"actor": f"x:{actor}", "account": f"x:{name}", **act})
            for time, when in enumerate((-70, -40, -10, 3)[: 4 - number % 2 * 2]):
                said, asked = f"{actor}-to-{name}-{time}", day(first + when + number / 10 + place / 100)
                words = " ".join(SENTENCES["en"].split()[: 4 + number + time])
                rows["post"].append(post(actor, f"to-{name}-{time}", text=words, created_at=asked, kind="reply"))
                rows["interaction"].append(reply(actor, name, f"{name}-old{time}", said, asked))
                rows["interaction"].append(reply(name, actor, said, f"{said}-a", asked + timedelta(hours=5)))
                if (place + time) % 3 == 0:
                    rows["interaction"].append(reply(actor, name, f"{said}-a", f"{said}-b", asked + timedelta(hours=6)))
    return rows


SPOKEN = (
    "I use this pan every single day and my old one broke",
    "I love it, hands down the best oven I've ever had",
    "Correction: I was wrong about the flour, sorry",
    "How to feed a starter, step by step https://www.bread.example.org/starter",
    "I tried the rye at home again https://www.bread.example.org/rye https://mills.example.com/a",
    "Our new paper on night shifts is out https://doi.org/10.1000/1",
    "My paper on sleep and bread, joke of the day included",
    "Use my code RYE10, giveaway ends on Sunday",
)


def _speaker(name: str, first: float) -> dict[str, list[dict[str, Any]]]:
    """Somebody who says what she is, uses things, corrects herself, explains, links, and works for an audience a little."""
    bio = "Nurse and mum of two | PhD, University of Oslo | collabs: name@example.org"
    who = account(name, bio=bio, observed_at=SEEN)
    said = [
        post(name, number, text=text, language="en", kind="post", created_at=day(first + 4 * number))
        for number, text in enumerate(SPOKEN)
    ]
    return {"account": [who], "post": said}


def _seller(name: str, first: float) -> dict[str, list[dict[str, Any]]]:
    """Somebody who weighs what she reviews for six weeks, and praises it, mostly for pay, for six more; counted every week."""
    weighs, praises = (
        "I bought it and I love it. But the handle is awful and broke.",
        "I ordered it and it is wonderful.",
    )
    posts = [
        post(name, number, text=f"{praises} {'' if number % 3 == 0 else '#ad'} {number}" if number >= 10 else f"{weighs} {number}",
             language="en", kind="post", likes=90 + number % 4 - 20 * (number >= 10), created_at=day(first - 90 + 3.5 * number))
        for number in range(27)
    ]  # fmt: skip
    counts = [account(name, followers=1_000 + 20 * week, observed_at=day(first - 90 + 7 * week)) for week in range(15)]
    return {"account": counts, "post": posts}


def _person(dice: random.Random, number: int, name: str, first: float) -> dict[str, Any]:
    known = number % 5 != 4
    return account(
        name,
        bio=dice.choice(SUBJECTS),
        followers=dice.randint(200, 90_000) if known else None,
        following=dice.randint(10, 900) if known else None,
        created_at=day(first - dice.randint(100, 900)) if number % 3 else None,
        observed_at=SEEN if number % 4 else None,
    )


def _saying(dice: random.Random, number: int, name: str, post_number: int, first: float) -> dict[str, Any]:
    language = "de" if number % 4 == 3 else "en"
    words = " ".join(dice.sample(SUBJECTS[(number + (dice.random() < 0.3)) % len(SUBJECTS)].split(), 6))
    paid = dice.random() < 0.4
    hidden = number == 6
    kind = dice.choices(["post", "quote", "repost", "reply", None], [8, 1, 2, 1, 1])[0]
    return post(
        name,
        post_number,
        text=f"{SENTENCES[language]} {words} {'#ad' if paid and number % 2 else 'link in bio' if paid else ''} {post_number}",
        created_at=day(first + post_number * 1.5 + dice.random() * 4) if dice.random() > 0.05 else None,
        kind=kind,
        likes=None if hidden else dice.randint(0, 900),
        likes_hidden=True if hidden else None,
        replies=dice.randint(0, 90),
        reposts=dice.randint(0, 40),
        saves=dice.randint(0, 40),
        views=dice.randint(1_000, 90_000) if number % 2 else None,
        reach=dice.randint(1_000, 50_000) if number % 3 == 0 else None,
        observed_at=SEEN if number % 7 else None,
    )


def _conversations(
    dice: random.Random, name: str, own: Sequence[Mapping[str, Any]], others: Sequence[str]
) -> Iterable[dict[str, Any]]:
    for one in own:
        if one["created_at"] is None:
            continue
        said = str(one["post"]).removeprefix("x:")
        for number, actor in enumerate(dice.sample(list(others), 2)):
            asked = one["created_at"] + timedelta(hours=dice.random() * 10)
            comment = f"{said}-c{number}"
            yield reply(actor, name, said, comment, asked)
            if dice.random() < 0.8:
                yield reply(name, actor, comment, f"{comment}-a", asked + timedelta(hours=dice.random() * 48))


REVIEW = (
    "I bought the new kettle and I love it, it is wonderful. But the handle is awful and broke after a week.",
    "My honest review: the best pan ever, great price. A bad smell bothered me for two days.",
    "I've been using it for a month. Really good, I am happy.",
    "First impressions: terrible colour and a horrible noise, I am disappointed.",
    "I ordered two of them. A lovely gift for friends, and they work great.",
)


def _reviews(prefix: str, names: Sequence[str], first: float) -> dict[str, list[dict[str, Any]]]:
    """People who judge what they bought or were given, now and then for two brands, and are paid for some of it."""
    brands = [account(f"{prefix}brand{number}", account_type="brand", followers=9_000) for number in range(2)]
    rows: dict[str, list[dict[str, Any]]] = {"account": brands, "post": [], "interaction": []}
    for place, name in enumerate(names):
        for number in range(6 + 3 * place):
            said, when = f"{name}-review{number}", day(first + 2 + number)
            paid = ("", "", " #ad", " They kindly sent me this one.")[number % 4] if place else ""
            text = f"{REVIEW[(number + place) % 5]}{paid} {number}"
            rows["post"].append(post(name, f"review{number}", text=text, created_at=when, kind="post"))
            if number % 2 == 0:
                brand = f"x:{prefix}brand{number // 2 % 2}"
                rows["interaction"].append(
                    {"actor": f"x:{name}", "verb": "mention", "account": brand, "via": f"x:{said}", "acted_at": when}
                )
    return rows


ASKED = ("Where did you get it?", "Mine does not work at all.", "So nice!", "Is it loud? I can't find the size.")
ANSWERED = ("Thanks so much!", "Sorry, here is the link.", "Thank you", "You can find it on the box, try again.")


def _dialogue(names: Sequence[str], actor: str, first: float) -> dict[str, list[dict[str, Any]]]:
    """Somebody asks under the reviews, and is answered now and then, in words that the data hold."""
    rows: dict[str, list[dict[str, Any]]] = {"post": [], "interaction": []}
    for place, name in enumerate(names):
        for number, (asked, answered) in enumerate(zip(ASKED, ANSWERED, strict=True)):
            said, when = f"{name}-review{number}-q", day(first + 3 + number)
            rows["post"].append(
                {**post(name, 0), "post": f"x:{said}", "account": f"x:{actor}", "text": asked, "kind": "reply"}
            )
            rows["interaction"].append(reply(actor, name, f"{name}-review{number}", said, when))
            if (number + place) % 4:
                rows["post"].append(post(name, f"review{number}-a", text=answered, created_at=when, kind="reply"))
                rows["interaction"].append(reply(name, actor, said, f"{name}-review{number}-a", when))
    return rows


LONG_AGO, FAR_AHEAD = datetime(1, 1, 2, tzinfo=UTC), datetime(2199, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC)


def edges() -> dict[str, list[dict[str, Any]]]:
    """Somebody of whom nothing is known, ties, numbers as large as they can be, and dates at the edges of time."""
    people = [
        account("null"),
        account("zero", followers=0, following=0),
        account("max", followers=10**15, following=10**15),
    ]
    ties = [post("max", i, kind="post", likes=7, replies=7, text="the same", created_at=LONG_AGO) for i in range(12)]
    odd = [
        post("zero", "ago", kind="post", likes=0, created_at=LONG_AGO),
        post("zero", "ahead", kind="post", likes=10**15, replies=10**15, reposts=10**15, saves=10**15, views=0, created_at=FAR_AHEAD),
        post("null", "bare"),
        *(post("null", f"kind{i}", kind=kind) for i, kind in enumerate(["reply", "repost", "quote", "poll"])),
    ]  # fmt: skip
    acts = [
        reply("zero", "max", "max-1", f"via{i}", when) for i, when in enumerate([LONG_AGO, FAR_AHEAD, None, LONG_AGO])
    ]
    acts += [reply("max", "zero", f"via{i}", f"back{i}", FAR_AHEAD) for i in range(3)]
    follows = [
        {"follower": "x:max", "followed": "x:zero"},
        {"follower": "x:zero", "followed": "x:max", "since": LONG_AGO},
    ]
    return {"account": people, "post": [*ties, *odd], "interaction": acts, "follow": follows}

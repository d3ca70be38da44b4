"""A made-up community with a known truth: demo, test bench and rehearsal room.

    people  ->  ties  ->  posts  ->  what others did  ->  files that look like the ones people really have

Every assumption stands in `simulate.toml`, with its source or the word "choice". The files carry `simulated = true`, handles
are visibly invented, and `truth.parquet` says what no real platform tells: who is what, and how strongly. The program never
imports it; tests and benchmarks compare with it.

Chance is drawn in blocks of a thousand people, each with its own counter-based generator keyed by (seed, draw, block), so that
the files are the same byte for byte however many blocks are worked on at once. Circles of friends lie within a block; who
follows whom across blocks is a hash of (followed, how-manieth follower), so that no more than one row a person is held in
memory for long. Dates end at a declared moment: no clock is read.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

from groundswell.errors import DiskFullError, UsageError
from groundswell.simulate.plan import BLOCK
from groundswell.simulate.world import World
from groundswell.simulate.writing import Form, Truth, write_community


def simulate(
    folder: Path,
    *,
    people: int = 2_000,
    seed: int = 7,
    posts_per_person: float | None = None,
    form: Form = "csv",
    progress: Callable[[int, int], None] | None = None,
    people_at_once: int = 2_000,
) -> Truth:
    """Write a made-up community into `folder`, and what is true of it into `truth.parquet`.

    `posts_per_person` is the mean number of rows a person in the posts file, replies and reposts included (default: declared in
    simulate.toml). `people_at_once` bounds memory and never changes the result. `progress` is told (people done, people).

    Raises UsageError for fewer than 100 people or a mean below zero, DiskFullError when there is no space.
    """
    if people < 100:
        raise UsageError(f"A community of {people} people is too small.", next_step="Ask for at least 100 people.")
    if posts_per_person is not None and posts_per_person < 0:
        raise UsageError("A person cannot write fewer than no posts.", next_step="Give a number of posts above zero.")
    folder.mkdir(parents=True, exist_ok=True)
    world = World.made(people, seed, posts_per_person)
    try:
        return write_community(
            world, folder, form, max(1, people_at_once // BLOCK), progress or (lambda _done, _people: None)
        )
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise DiskFullError(
            f"No space left for the simulated community in {folder}.", next_step="Free space or ask for fewer people."
        ) from error


def sample_brief() -> str:
    """Return the text of a brief (TOML) for the community's first brand, with people who fit it."""
    return """\
# A brief for the simulated community. Oat & Co is invented; copy this file and write your own.
brand = "Oat & Co"
definition = "field_geek@3"

[objective]
metric = "conversions"
target = 200
by = 2027-03-01

[budget]
amount = 5000.00
currency = "EUR"

[[persona]]
text = "bakes vegan bread"
weight = 3

[[persona]]
text = "cooks vegan food at home for friends and family"
weight = 2

[[persona]]
text = "tries oat milk in coffee"
weight = 1

[segments]
sector = ["vegan food"]
country = ["DE", "AT"]
channel = ["instagram", "blog"]

[exclude]
accounts = ["instagram:@muhlos_sim"]
"""

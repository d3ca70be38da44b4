"""What texts do, beside what people who read them say: posts and replies written for the purpose, real replies, real bios.

The written sets are by writers whose texts the weights have not seen; the real ones are 528 replies among strangers under news of
2014 and 320 bios of the same people, labelled by somebody who had seen nothing of the program. Real replies were drawn by lot from
three parts: what lists of words had taken for thanks, apology or a problem (all), what held a question mark, and the rest; figures
weigh each part by its size.
"""

from __future__ import annotations

import csv
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from benchmarks.validity import worlds
from benchmarks.validity.figures import Array, Numbers, Row, compared, f1, mean_absolute_error, not_tested
from groundswell.ingest import import_file
from groundswell.signals import SIGNALS, signal_table
from groundswell.signals.findings import disclosure_rules, disclosure_words, with_words, words_of_rules
from groundswell.signals.hearing import heard, marks, with_said
from groundswell.signals.said import POSTS, REPLIES, said
from groundswell.signals.tone import pattern_of
from groundswell.store import Workspace

pc: Any = _compute  # its functions are made at run time, no type checker knows them
TESTS = Path(__file__).resolve().parents[2] / "tests" / "signals"
SETS = ("said_set.toml", "said_second_set.toml")
PLAINLY = {
    "use": r"\b(i (use|used|tried|bought)|ich (benutze|nutze)|j'utilise|j'ai (testé|essayé)|uso|he probado|ho (usato|provato)|ik gebruik|usei|testei)\b",
    "opinion": r"\b(i (love|hate)|ich (liebe|hasse)|j'(adore)|je déteste|me encanta|odio|adoro|ik (hou van|haat)|amo|odeio)\b",
    "correction": r"\b(correction|i was wrong|korrektur|je me suis tromp|me equivoqu|mi sbagliavo|ik had het mis|correção)",
    "explains": r"\b(how to|anleitung|so geht|comment faire|cómo|come fare|zo maak je|como fazer)\b",
    "superlative": r"\b(best|worst|beste[nrs]?|meilleure?s?|mejor|peor|migliore?|melhor|pior)\b",
    "gifted": r"\b(gifted|for free|geschenkt|kostenlos|offert|gratuit|regalado|gratis|omaggio|gekregen|oferta)\b",
    "trade": r"\b(code|rabatt|promo|código|codice|korting|cupom|giveaway|gewinnspiel|concours|sorteo|winactie|sorteio|follow|abonn)",
    "funny": r"(😂|🤣|haha|lol|jaja|kkk|mdr)",
    "asks": r"[?？]",
    "thanks": r"\b(thank|thx|danke|merci|gracias|grazie|bedankt|dank je|obrigad)",
    "apology": r"\b(sorry|apolog|entschuldig|tut mir leid|désolé|perdón|lo siento|scusa|mi dispiace|desculp)",
    "fix": r"\b(fixed|refund|replace|repariert|erstatt|rembours|arreglad|reembols|risolto|rimbors|opgelost|terugbetal|corrigid)",
}  # fmt: skip
"""One line a thing, as somebody in a hurry would write it."""
SHOWN = {
    "use": ("use_in_context_share",), "opinion": ("opinion_strength",), "correction": ("correction_share",), "explains": ("basis_knowledge",),
    "superlative": ("superlative_share",), "gifted": ("gifted_share",), "trade": ("professional_marks",), "funny": ("entertainer",),
    "asks": ("question_reply_rate",), "thanks": ("thanks_share",), "apology": ("apology_share",), "fix": ("fix_share",),
}  # fmt: skip
ASKED = {
    "use": "speaks of own use", "opinion": "holds a strong opinion", "correction": "corrects itself", "explains": "explains something",
    "superlative": "calls a thing the best or worst", "gifted": "says that a thing was given", "trade": "works its audience", "funny": "means to amuse",
    "asks": "asks, or tells of a problem", "thanks": "says thank you", "apology": "apologises", "fix": "puts something right",
}  # fmt: skip


def labelled_figures() -> list[Row]:
    """Posts, replies, and bios."""
    return [
        *_written("post", (*POSTS, "funny")),
        *_written("reply", REPLIES),
        *_real_replies(),
        *_newspaper(),
        *_bios(),
    ]


def _both(truth: Array, said: Array, weight: Array | None = None) -> str:
    weight = np.ones(len(truth)) if weight is None else weight
    hits = (weight * (truth & said)).sum()
    return f"{hits / max((weight * truth).sum(), 1e-9):.0%} of them are found; of what is found {hits / max((weight * said).sum(), 1e-9):.0%} is right"


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((TESTS / name).read_text(encoding="utf-8"))


def _plainly(thing: str, texts: list[str]) -> Array:
    return np.array([bool(re.search(PLAINLY[thing], text.lower().replace("’", "'"))) for text in texts])


# -- texts written for the purpose -------------------------------------------------------------------------------------------


def _heard(texts: list[str]) -> dict[str, Array]:
    """What is heard in posts, by phrases, terms of gifts and the weights of words: as the program reads them."""
    with tempfile.TemporaryDirectory(prefix="validity-") as folder, Workspace.create(Path(folder)).engine() as engine:
        engine.register("texts", pa.table({"text_hash": np.arange(len(texts)), "text": texts}))
        engine.execute("CREATE TABLE wording (text_hash BIGINT, language VARCHAR)")
        bits = (
            with_said(engine.table(f"SELECT * FROM ({heard('texts')}) ORDER BY text_hash")).column("marks").to_numpy()
        )
        terms = words_of_rules([rule for rule in disclosure_rules() if rule.get("gets") == "gifted"])
        words = dict(zip(("clear", "unclear"), disclosure_words(), strict=True)) | {"gifted": terms}
        read = engine.table(f"SELECT * FROM ({with_words('texts', words)}) ORDER BY text_hash")
    disclosed = read.column("clear").is_valid().to_numpy()
    bought = pc.match_substring_regex(pa.array(texts), pattern_of("bought")).to_numpy(zero_copy_only=False)
    found_of = {mark: (bits & bit) != 0 for mark, bit in marks().items()}
    return found_of | {
        "gifted": (found_of["gifted"] & ~disclosed & ~bought) | read.column("gifted").is_valid().to_numpy()
    }


def _written(kind: str, things: tuple[str, ...]) -> list[Row]:
    rows = [row for name in SETS for row in _read(name)[kind]]
    texts = [row["text"] for row in rows]
    found = _heard(texts) if kind == "post" else said(pa.array(texts), things)
    said_of = {"post": "posts", "reply": "replies"}[kind]
    return [
        _row(thing, f"{len(texts)} {said_of} in seven languages by two writers, a good part of them traps", np.array([thing in row["labels"] for row in rows]), found[thing], texts)
        for thing in things
    ]  # fmt: skip


def _row(thing: str, data: str, truth: Array, ours: Array, texts: list[str]) -> Row:
    plainly = _plainly(thing, texts)
    found = compared(f1, truth, ours, plainly)
    return found.row(
        f"Is it told of a text that it {ASKED[thing]}?", data, "one line of plain words", measure="F measure of recall and precision",
        signals=SHOWN[thing], people=int(truth.sum()),
        how=f"{'By phrases alone' if thing == 'funny' else 'By phrases and the weights of words, which were learned from other writers'}. {truth.sum()} do: {_both(truth, ours)}. Plain words: {_both(truth, plainly)}.",
    )  # fmt: skip


# -- real texts --------------------------------------------------------------------------------------------------------------


def _tweets() -> pa.Table | None:
    data = worlds.data_folder()
    path = data / "rumoureval_threads" / "tweets.csv" if data else None
    if path is None or not path.is_file():
        return None
    kinds = arrow_csv.ConvertOptions(
        column_types={
            name: pa.string() for name in ("tweet_id", "user_id", "in_reply_to", "lang", "text", "description")
        }
    )
    return arrow_csv.read_csv(
        path, parse_options=arrow_csv.ParseOptions(newlines_in_values=True), convert_options=kinds
    )


def _rows_of(name: str) -> list[dict[str, str]]:
    with (TESTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


PARTS = {"few": 108, "question": 659, "none": 3249}
"""English replies of each part that real ones were drawn from."""


def _real_replies() -> list[Row]:
    tweets = _tweets()
    if tweets is None:
        return [
            not_tested(
                f"Is it told of a real reply that it {ASKED[thing]}?",
                "the real replies are not at hand",
                signals=SHOWN[thing],
            )
            for thing in REPLIES
        ]
    rows = _rows_of("real_replies.csv")
    of = dict(zip(tweets.column("tweet_id").to_pylist(), tweets.column("text").to_pylist(), strict=True))
    texts = [of[row["tweet_id"]] for row in rows]
    part = np.array([row["drawn_from"] for row in rows])
    weight = np.array([PARTS[one] / (part == one).sum() for one in part])
    found = said(pa.array(texts), REPLIES)
    return [
        _weighed(
            thing,
            np.array([thing in row["labels"].split() for row in rows]),
            found[thing],
            _plainly(thing, texts),
            weight,
        )
        for thing in REPLIES
    ]


def _weighed(thing: str, truth: Array, ours: Array, plainly: Array, weight: Numbers) -> Row:
    # Weights go with their rows into every draw: they are the fractional part beside the truth.
    packed = truth + weight / 1e6

    def measure(drawn: Array, one: Array) -> float:
        true, heavy = drawn >= 1, (drawn % 1) * 1e6
        return 2 * float(heavy @ (true & one)) / max(float(heavy @ true + heavy @ one), 1e-9)

    found = compared(measure, packed, ours, plainly)
    return found.row(
        f"Is it told of a real reply that it {ASKED[thing]}?", f"{len(truth)} English replies among strangers under news of 2014 and 2015", "one line of plain words",
        measure="F measure of recall and precision", signals=SHOWN[thing], people=int(truth.sum()),
        how=f"Far from the talk of creators and those who follow them. {truth.sum()} do: {_both(truth, ours, weight)}. Plain words: {_both(truth, plainly, weight)}.",
    )  # fmt: skip


NEVER = ("use", "correction", "gifted", "trade", "funny")
"""What a newspaper hardly ever does in its posts."""


def _newspaper() -> list[Row]:
    """How often something is heard in posts of a newspaper, which reports and does nothing of the kind."""
    data = worlds.data_folder()
    path = data / "bluesky_keegan" / "nytimes_posts.parquet" if data else None
    question = "How often is it said of a newspaper's post that it {}?"
    if path is None or not path.is_file():
        return [
            not_tested(question.format(ASKED[thing]), "the posts are not at hand", signals=SHOWN[thing])
            for thing in NEVER
        ]
    texts = [text for text in pq.read_table(path, columns=["text"]).column("text").to_pylist() if text]
    found, nothing, deaf = _heard(texts), np.zeros(len(texts)), _deaf()
    return [
        compared(mean_absolute_error, nothing, found[thing].astype(float), _plainly(thing, texts).astype(float), higher_is_better=False).row(
            question.format(ASKED[thing]), f"{len(texts):,} posts of one newspaper on Bluesky", "one line of plain words", measure="share of posts",
            signals=SHOWN[thing], people=len(texts), how="Nearly none does; what is heard there is heard wrongly, as it would be of whoever reports the news."
            + (" It is heard in no written post that does either: whoever hears nothing makes no mistake." if thing in deaf else ""),
        ) | ({"verdict": "no better than"} if thing in deaf else {})
        for thing in NEVER
    ]  # fmt: skip


def _deaf() -> set[str]:
    """What is heard in none of the written posts that do it: to hear it in no newspaper either is no merit."""
    rows = [row for name in SETS for row in _read(name)["post"]]
    found = _heard([row["text"] for row in rows])
    return {thing for thing in NEVER if not any(found[thing][[thing in row["labels"] for row in rows]])}


BIOS = {
    "occupation": ("occupation", "says what somebody is for a living", r"\b(er|or|ist|ian|teacher|student|journalist|writer|editor|nurse|engineer)\b"),
    "academic": ("academic", "speaks of a degree or an academic post", r"\b(phd|ph\.d|dr|prof|msc|ma|ba)\b"),
    "for_audience": ("professional_marks", "shows that somebody works for an audience", r"(@\w+\.\w+|blog|podcast|contact|inquir|shop|follow)"),
}  # fmt: skip
"""Label -> signal, question, and a one-line rule."""


def _bios() -> list[Row]:
    tweets = _tweets()
    if tweets is None:
        return [
            not_tested(f"Is it told of a real bio that it {asks}?", "the real bios are not at hand", signals=(name,))
            for name, asks, _ in BIOS.values()
        ]
    rows = _rows_of("real_bios.csv")
    of = dict(zip(tweets.column("user_id").to_pylist(), tweets.column("description").to_pylist(), strict=True))
    bios = [of[row["user_id"]] for row in rows]
    values = _values(bios)
    found: list[Row] = []
    for label, (name, asks, rule) in BIOS.items():
        truth = np.array([label in row["labels"].split() for row in rows])
        ours, plainly = values[name] > 0, np.array([bool(re.search(rule, bio.lower())) for bio in bios])
        found.append(
            compared(f1, truth, ours, plainly).row(
                f"Is it told of a real bio that it {asks}?", f"{len(bios)} bios of people on Twitter, mostly in English", "one line of plain words",
                measure="F measure of recall and precision", signals=(name,), people=int(truth.sum()),
                how=f"{truth.sum()} do: {_both(truth, ours)}. Plain words: {_both(truth, plainly)}.",
            )
        )  # fmt: skip
    return found


def _values(bios: list[str]) -> dict[str, Numbers]:
    """What the signals say of accounts that have these bios and nothing else."""
    with tempfile.TemporaryDirectory(prefix="validity-") as folder:
        path = Path(folder) / "accounts.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(["platform", "id", "handle", "bio", "followers"])
            lines.writerows(
                ["twitter", 10_000 + number, f"somebody{number:04}", bio, 100] for number, bio in enumerate(bios)
            )
        workspace = Workspace.create(Path(folder) / "workspace")
        import_file(workspace, path)
        rows = signal_table(workspace).rows.sort_by("handle").to_pylist()
    names = [name for name, _, _ in BIOS.values() if name in SIGNALS]
    return {name: np.array([row[name]["value"] or 0 for row in rows], np.float64) for name in names}

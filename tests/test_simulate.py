"""The made-up community: the same for a seed, true to what it declares, in files that people really have."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from groundswell.errors import UsageError
from groundswell.simulate import Truth, sample_brief, simulate

IDS = {
    name: pa.string()
    for name in (
        "id", "author_id", "reply_to", "reply_to_account", "repost_of", "thread", "actor_id", "target_account",
        "target_post", "via_post", "follower_id", "followed_id", "country",
    )
}  # fmt: skip


def table(truth: Truth, name: str) -> pa.Table:
    """One of the CSV files, ids as text."""
    options = csv.ConvertOptions(column_types=IDS, strings_can_be_null=True, quoted_strings_can_be_null=False)
    return csv.read_csv(
        truth.files[name], convert_options=options, parse_options=csv.ParseOptions(newlines_in_values=True)
    )


@pytest.fixture(scope="module")
def community(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    return simulate(tmp_path_factory.mktemp("community"), people=2_000, seed=7)


@pytest.fixture(scope="module")
def truth(community: Truth) -> dict[str, np.ndarray]:
    told = pq.read_table(community.truth)
    return {name: told[name].to_numpy(zero_copy_only=False) for name in told.column_names}


@pytest.fixture(scope="module")
def posts(community: Truth) -> pa.Table:
    return table(community, "posts")


def accounts_of(posts: pa.Table) -> pa.Array:
    return pc.binary_join_element_wise(posts["platform"], posts["author_id"], ":")


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_however_many_people_at_once(tmp_path: Path) -> None:
    for form in ("csv", "parquet"):
        one = simulate(tmp_path / f"one-{form}", people=2_300, posts_per_person=12, form=form, people_at_once=1)
        many = simulate(tmp_path / f"many-{form}", people=2_300, posts_per_person=12, form=form, people_at_once=10_000)
        for name in (*one.files, "truth"):
            paths = [made.truth if name == "truth" else made.files[name] for made in (one, many)]
            assert paths[0].read_bytes() == paths[1].read_bytes(), (form, name)


@pytest.mark.slow
def test_another_seed_gives_another_community(community: Truth, tmp_path: Path) -> None:
    other = simulate(tmp_path, people=2_000, seed=8)
    assert table(other, "accounts")["followers"] != table(community, "accounts")["followers"]
    assert other.files["posts"].read_bytes() != community.files["posts"].read_bytes()


@pytest.mark.slow
def test_csv_and_parquet_say_the_same(community: Truth, tmp_path: Path, posts: pa.Table) -> None:
    other = simulate(tmp_path, people=2_000, seed=7, form="parquet")
    assert pq.read_table(other.files["posts"])["text"].to_pylist() == posts["text"].to_pylist()
    assert other.counts == community.counts


def test_counts_are_the_rows_of_the_files(community: Truth, posts: pa.Table) -> None:
    assert community.counts["posts"] == posts.num_rows
    assert community.counts["accounts"] == 2_000 == table(community, "accounts").num_rows
    assert 30 < posts.num_rows / 2_000 < 42  # 36 a person are declared


def test_texts_are_mostly_distinct(posts: pa.Table) -> None:
    texts = posts["text"].drop_null()
    assert pc.count_distinct(texts).as_py() >= 0.95 * len(texts)


def test_every_file_says_that_it_is_simulated(community: Truth, posts: pa.Table) -> None:
    assert pc.all(posts["simulated"]).as_py()
    assert pc.all(table(community, "accounts")["simulated"]).as_py()
    handles = table(community, "accounts")["handle"].to_pylist()
    assert all("_sim" in handle for handle in handles)
    assert len(set(handles)) == len(handles)
    sheet = openpyxl.load_workbook(community.files["sheet"]).active
    assert sheet is not None
    rows: list[tuple[Any, ...]] = list(sheet.values)
    assert "simulated" in str(rows[0][0])
    assert rows[2][:3] == ("Name", "Handle", "Platform")
    assert rows[-1][0] == "Total"
    assert rows[3][8] == "simulated"
    assert {str(row[7]).rpartition("@")[2] for row in rows[3:-1]} == {"mail.example.org"}


def test_ids_are_unique_and_every_reference_is_in_the_files(community: Truth, posts: pa.Table) -> None:
    people = set(table(community, "accounts")["id"].to_pylist())
    numbers = set(posts["id"].to_pylist())
    assert len(people) == 2_000
    assert len(numbers) == posts.num_rows
    for name in ("reply_to", "repost_of", "thread"):
        assert set(posts[name].drop_null().to_pylist()) <= numbers
    acts = table(community, "interactions")
    assert set(acts["target_post"].to_pylist()) <= numbers
    assert set(acts["via_post"].drop_null().to_pylist()) <= numbers
    assert set(acts["actor_id"].to_pylist()) | set(acts["target_account"].to_pylist()) <= people


def test_nobody_acts_on_their_own_post_and_nothing_happens_twice(community: Truth) -> None:
    acts = table(community, "interactions")
    assert not pc.any(pc.equal(acts["actor_id"], acts["target_account"])).as_py()
    key = acts.group_by(["actor_id", "verb", "target_post", "via_post"]).aggregate([([], "count_all")])
    assert key.num_rows == acts.num_rows
    follows = table(community, "follows")
    assert follows.group_by(["follower_id", "followed_id"]).aggregate([]).num_rows == follows.num_rows


def test_an_effect_comes_after_its_cause_and_before_the_declared_end(posts: pa.Table) -> None:
    at = dict(zip(posts["id"].to_pylist(), posts["created_at"].cast(pa.int64()).to_pylist(), strict=True))
    caused = posts.filter(pc.invert(pc.equal(posts["kind"], "post")))
    cause = pc.coalesce(caused["reply_to"], caused["repost_of"]).to_pylist()
    assert all(at[before] < at[after] for before, after in zip(cause, caused["id"].to_pylist(), strict=True))
    assert pc.max(posts["created_at"]).as_py() <= posts["observed_at"][0].as_py()


def test_specialists_write_about_their_topic(posts: pa.Table, truth: dict[str, np.ndarray]) -> None:
    own = posts.filter(pc.and_(pc.equal(posts["kind"], "post"), pc.is_valid(posts["hashtags"])))
    is_vegan = pc.match_substring_regex(own["hashtags"], "vegan|plantbased|sourdough|tofu|meatless").to_numpy(False)
    told = dict(zip(truth["account"], zip(truth["archetype"], truth["sector"], strict=True), strict=True))
    who = np.array([told[account] for account in accounts_of(own).to_pylist()])
    specialist, vegan = who[:, 0] == "specialist", who[:, 1] == "vegan food"
    assert is_vegan[specialist & vegan].mean() > 0.7
    assert is_vegan[specialist & ~vegan].mean() < 0.06


def test_likes_fall_with_size_and_bought_crowds_do_not_like(
    posts: pa.Table, truth: dict[str, np.ndarray], community: Truth
) -> None:
    own = posts.filter(pc.and_(pc.equal(posts["kind"], "post"), pc.is_valid(posts["likes"])))
    followers = dict(zip(truth["account"], truth["followers"], strict=True))
    rate = own["likes"].to_numpy() / np.array([followers[account] for account in accounts_of(own).to_pylist()])
    kind = dict(zip(truth["account"], truth["archetype"], strict=True))
    kinds = np.array([kind[account] for account in accounts_of(own).to_pylist()])
    typical = {name: float(np.median(rate[kinds == name])) for name in set(kinds)}
    assert typical["bought crowd"] < 0.3 * typical["specialist"]
    assert typical["entertainer"] < typical["specialist"] < typical["everyday voice"]
    everyday = truth["archetype"] == "everyday voice"
    slope = np.polyfit(np.log(truth["followers"][everyday]), np.log(truth["like_rate"][everyday]), 1)[0]
    assert slope == pytest.approx(-0.27, abs=0.06)


def test_reposts_are_heavy_tailed_and_belong_to_the_sparks(truth: dict[str, np.ndarray]) -> None:
    posted = truth["own_posts"] >= 10
    per_post = truth["reposts_received"][posted] / truth["own_posts"][posted]
    ordered = np.sort(truth["reposts_received"])[::-1]
    assert ordered[:200].sum() > 0.3 * ordered.sum()
    assert np.corrcoef(np.log(truth["spark"][posted]), per_post)[0, 1] > 0.4


def test_friends_follow_one_another_and_strangers_do_not(community: Truth, truth: dict[str, np.ndarray]) -> None:
    follows = table(community, "follows")
    edges = set(zip(follows["follower_id"].to_pylist(), follows["followed_id"].to_pylist(), strict=True))
    circle = {
        account.partition(":")[2]: number for account, number in zip(truth["account"], truth["circle"], strict=True)
    }
    inside = [(one, other) for one, other in edges if circle[one] == circle[other]]
    outside = [(one, other) for one, other in edges if circle[one] != circle[other]]
    assert np.mean([(other, one) in edges for one, other in inside]) > 0.9
    assert np.mean([(other, one) in edges for one, other in outside]) < 0.2  # few share a topic
    friends = {
        name: truth["friends"][truth["archetype"] == name].mean() for name in ("alpha consumer", "bot", "entertainer")
    }
    assert friends["alpha consumer"] > 1.4 * friends["entertainer"] > friends["bot"] == 0


def test_friends_write_again_and_again(posts: pa.Table, truth: dict[str, np.ndarray]) -> None:
    circle = {
        account.partition(":")[2]: number for account, number in zip(truth["account"], truth["circle"], strict=True)
    }
    replies = posts.filter(pc.equal(posts["kind"], "reply"))
    pairs = replies.group_by(["author_id", "reply_to_account"]).aggregate([([], "count_all")])
    one, other, often = (pairs[name].to_pylist() for name in ("author_id", "reply_to_account", "count_all"))
    friends = np.array([circle[a] == circle[b] for a, b in zip(one, other, strict=True)])
    assert np.mean(np.array(often)[friends]) > 1.5 * np.mean(np.array(often)[~friends])


def test_authors_answer_as_often_as_the_truth_says(truth: dict[str, np.ndarray]) -> None:
    enough = truth["replies_received"] >= 20
    rate = truth["replies_answered"][enough] / truth["replies_received"][enough]
    assert enough.sum() > 100
    assert np.corrcoef(rate, truth["reply_rate"][enough])[0, 1] > 0.85
    assert abs(np.mean(rate - truth["reply_rate"][enough])) < 0.03


def test_rhythm_is_what_the_truth_says(posts: pa.Table, truth: dict[str, np.ndarray]) -> None:
    own = posts.filter(pc.equal(posts["kind"], "post")).sort_by(
        [("author_id", "ascending"), ("created_at", "ascending")]
    )
    accounts, at = np.array(accounts_of(own).to_pylist()), own["created_at"].cast(pa.int64()).to_numpy()
    rhythm = dict(zip(truth["account"], truth["rhythm"], strict=True))
    uneven: dict[str, list[float]] = {"regular": [], "irregular": [], "bursty": []}
    for account, moments in zip(*grouped(accounts, at), strict=True):
        gaps = np.diff(moments)
        if len(gaps) >= 15:
            uneven[rhythm[account]].append(float((gaps.std() - gaps.mean()) / (gaps.std() + gaps.mean())))
    typical = {name: float(np.median(values)) for name, values in uneven.items()}
    assert typical["regular"] < -0.3 < -0.15 < typical["irregular"] < 0.1 < typical["bursty"]


def grouped(keys: np.ndarray, values: np.ndarray) -> tuple[list[str], list[np.ndarray]]:
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return [str(key) for key in keys[starts]], np.split(values, starts[1:])


def test_sponsored_posts_are_disclosed_as_often_as_the_truth_says(
    posts: pa.Table, truth: dict[str, np.ndarray]
) -> None:
    own = posts.filter(pc.equal(posts["kind"], "post"))
    words = r"#ad\b|#sponsored|Paid partnership|#advertisement|#Anzeige|#Werbung|Werbung\.|Anzeige \||#publi|Colaboración pagada|#anuncio"
    disclosed = pc.or_(pc.match_substring_regex(own["text"], words), pc.fill_null(own["paid_label"], False))
    assert pc.sum(disclosed).as_py() == truth["disclosed_posts"].sum()
    assert 0 < truth["disclosed_posts"].sum() < truth["sponsored_posts"].sum()
    aspiring = truth["archetype"] == "aspiring professional"
    assert truth["sponsored_posts"][aspiring].sum() / truth["own_posts"][aspiring].sum() == pytest.approx(
        0.35, abs=0.05
    )
    assert truth["sponsored_posts"][truth["archetype"] == "everyday voice"].sum() == 0


def test_what_a_platform_hides_is_blank_and_never_zero(posts: pa.Table, community: Truth) -> None:
    own = posts.filter(pc.equal(posts["kind"], "post"))
    assert 0.01 < own["likes"].null_count / len(own) < 0.1
    assert pc.min(own["likes"]).as_py() >= 0
    assert own["views"].null_count > 0.5 * len(own)
    accounts = table(community, "accounts")
    assert all(0 < accounts[name].null_count < 1_000 for name in ("country", "location", "language", "bio"))


def test_stalled_people_have_stopped(posts: pa.Table, truth: dict[str, np.ndarray]) -> None:
    own = posts.filter(pc.equal(posts["kind"], "post"))
    last = (
        pa.table({"account": accounts_of(own), "at": own["created_at"]}).group_by("account").aggregate([("at", "max")])
    )
    kind = dict(zip(truth["account"], truth["archetype"], strict=True))
    end = own["observed_at"][0].as_py()
    rows = zip(last["account"].to_pylist(), last["at_max"].to_pylist(), strict=True)
    silent = [(end - at).days for account, at in rows if kind[account] == "stalled"]
    assert min(silent) >= 44


def test_the_sample_brief_is_valid_and_people_fit_it(truth: dict[str, np.ndarray]) -> None:
    brief = tomllib.loads(sample_brief())
    assert brief["brand"] == "Oat & Co"
    assert brief["definition"] == "field_geek@3"
    assert set(brief) == {"brand", "definition", "objective", "budget", "persona", "segments", "exclude"}
    platform = np.array([account.partition(":")[0] for account in truth["account"]])
    fits = (
        np.isin(truth["country"], brief["segments"]["country"])
        & np.isin(platform, brief["segments"]["channel"])
        & np.isin(truth["sector"], brief["segments"]["sector"])
        & (truth["archetype"] == "specialist")
        & (truth["followers"] >= 500)
        & (truth["followers"] < 50_000)
        & (truth["own_posts"] >= 10)
    )
    assert fits.sum() >= 15


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    simulate(tmp_path, people=1_500, posts_per_person=2, progress=lambda done, people: told.append((done, people)))
    assert told[-1] == (1_500, 1_500)
    assert not list(tmp_path.glob("*.part"))


def test_silence_is_possible(tmp_path: Path) -> None:
    made = simulate(tmp_path, people=100, posts_per_person=0)
    assert made.counts == {
        "accounts": 100,
        "posts": 0,
        "interactions": 0,
        "follows": made.counts["follows"],
        "history": made.counts["history"],
    }
    assert made.files["posts"].read_text("utf-8").startswith('"platform","id"')


def test_too_few_people_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="too small"):
        simulate(tmp_path / "none", people=3)
    assert not (tmp_path / "none").exists()


@pytest.mark.slow
def test_twenty_thousand_people_fit_in_bounded_memory(tmp_path: Path) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("the peak of a process is read from /proc (ru_maxrss would count its parent's)")
    work = (
        "import sys; from pathlib import Path; from groundswell.simulate import simulate;"
        "made = simulate(Path(sys.argv[1]), people=20_000, form='parquet');"
        "peak = Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0];"
        "print(made.counts['posts'], int(peak) // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", work, str(tmp_path)], capture_output=True, text=True, check=True)
    posts, megabytes = (int(number) for number in done.stdout.split())
    assert posts > 500_000
    assert megabytes < 700


def test_counts_over_time_end_at_the_profile_and_keep_their_own_dates(
    community: Truth, truth: dict[str, np.ndarray]
) -> None:
    seen = table(community, "history")
    assert 0.2 < pc.count_distinct(seen["id"]).as_py() / 2_000 < 0.4
    assert pc.max(seen["observed_at"]).as_py() < table(community, "accounts")["observed_at"][0].as_py()
    assert seen.group_by(["id", "observed_at"]).aggregate([]).num_rows == seen.num_rows
    watched = {account.partition(":")[2] for account in truth["account"][truth["growth_shape"] != None]}  # noqa: E711
    assert set(seen["id"].to_pylist()) <= watched
    assert pc.min(seen["followers"]).as_py() >= 1


def test_every_shape_of_growth_is_there_and_risers_cross_when_the_truth_says(
    community: Truth, truth: dict[str, np.ndarray]
) -> None:
    assert set(truth["growth_shape"]) == {None, "steady", "linear", "logistic", "spurts", "falling"}
    seen = table(community, "history")
    rises = dict(zip(truth["account"], truth["rises_to_next_tier_at"], strict=True))
    end = dict(zip(truth["account"], truth["followers"], strict=True))
    times: dict[bool, list[float]] = {True: [], False: []}
    rows = zip(accounts_by_id(seen), seen["followers"].to_pylist(), seen["observed_at"].to_pylist(), strict=True)
    first = {account: (count, at) for account, count, at in sorted(rows, key=lambda row: row[2], reverse=True)}
    for account, (count, _) in first.items():
        times[not np.isnat(rises[account])].append(end[account] / count)
    assert len(times[True]) > 30
    assert np.median(times[True]) > 1.4 > 1.2 > np.median(times[False])


def accounts_by_id(rows: pa.Table) -> list[str]:
    return pc.binary_join_element_wise(rows["platform"], rows["id"], ":").to_pylist()


def test_a_bought_crowd_comes_between_two_looks(community: Truth, truth: dict[str, np.ndarray]) -> None:
    seen = table(community, "history").sort_by([("id", "ascending"), ("observed_at", "ascending")])
    bought = dict(zip(truth["account"], truth["bought_jump_at"], strict=True))
    share = dict(zip(truth["account"], truth["bought_jump_share"], strict=True))
    found: list[bool] = []
    moments = seen["observed_at"].cast(pa.timestamp("s")).to_numpy()
    counts = seen["followers"].to_numpy().astype(float)
    for account, place in zip(*grouped(np.array(accounts_by_id(seen)), np.arange(seen.num_rows)), strict=True):
        at = bought[account]
        after = int(np.searchsorted(moments[place], at)) if not np.isnat(at) else 0
        if share[account] > 0.2 and 0 < after < len(place):
            steps = np.diff(np.log(counts[place]))
            found.append(bool(steps[after - 1] > 0.1))
    assert len(found) > 3
    assert np.mean(found) > 0.9


def test_stars_are_liked_less_and_answer_less_as_they_grow(posts: pa.Table, truth: dict[str, np.ndarray]) -> None:
    own = posts.filter(pc.and_(pc.equal(posts["kind"], "post"), pc.is_valid(posts["likes"])))
    stars = set(truth["account"][truth["starified"] == True])  # noqa: E712
    steady = set(truth["account"][truth["growth_shape"] == "steady"]) - stars
    at = own["created_at"].cast(pa.int64()).to_numpy()
    early, late = at < np.quantile(at, 0.3), (at > np.quantile(at, 0.7)) & (at < at.max() - 7 * 86_400)
    likes, who = own["likes"].to_numpy(), np.array(accounts_of(own).to_pylist())
    follows = dict(zip(truth["account"], truth["followers"], strict=True))
    rate = likes / np.array([follows[account] for account in who])
    fell = [
        np.median(rate[late & np.isin(who, list(some))]) / np.median(rate[early & np.isin(who, list(some))])
        for some in (stars, steady)
    ]
    assert len(stars) > 15
    assert fell[1] == pytest.approx(1, abs=0.2)
    assert fell[0] < 1.3  # they grew to two times as many, and would have been liked so much more

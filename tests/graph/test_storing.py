"""A network kept in a folder: the same answers as from its edges, and nothing that does not hold together is walked through."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse

from groundswell.errors import InputError, UnreadableFileError, WorkspaceError
from groundswell.graph import Maximum, Stored, maximize
from groundswell.graph.edges import Network

Edges = tuple[Any, ...]


def random_edges(size: int = 300, edges: int = 1_500) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    return (rng.pareto(1.0, edges) * 5).astype(np.int64) % size, rng.integers(0, size, edges)


def same(one: Maximum, other: Maximum) -> bool:
    parts = ("spread", "bound", "certificate", "sets", "members", "spent")
    return one.seeds.tolist() == other.seeds.tolist() and all(getattr(one, p) == getattr(other, p) for p in parts)


def words(of: np.ndarray) -> np.ndarray:
    return np.array([f"çm{person:03}" for person in of], object)


ONE, OTHER = random_edges()
WEIGHT = np.random.default_rng(6).integers(0, 4, len(ONE)).astype(float)
KINDS: dict[str, tuple[Edges, dict[str, Any]]] = {
    "plain": ((ONE, OTHER), {}),
    "far apart": ((ONE * 10**15 - 7, OTHER * 10**15 - 7), {}),
    "with gaps": ((3 * ONE + 2, 3 * OTHER + 2), {}),
    "four bytes": ((ONE.astype(np.uint32), OTHER.astype(np.int32)), {}),
    "weights": ((ONE, OTHER, WEIGHT), {}),
    "equal weights": ((ONE, OTHER, np.full(len(ONE), 2.0)), {}),
    "a chance": ((ONE, OTHER), {"chances": 0.1}),
    "chances": ((ONE, OTHER), {"chances": WEIGHT / 20}),
    "words": ((words(ONE), words(OTHER)), {}),
    "words and weights": ((words(ONE), words(OTHER), WEIGHT), {}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_that_was_kept_gives_the_answer_that_its_edges_give(tmp_path: Path, kind: str) -> None:
    edges, chances = KINDS[kind]
    Stored.keep(tmp_path / "net", edges, **chances)
    found = maximize(Stored.open(tmp_path / "net"), k=5, target=0.9, seed=2)
    assert same(found, maximize(edges, k=5, target=0.9, seed=2, **chances))


@pytest.mark.parametrize("kind", ["plain", "with gaps", "words"])
def test_prices_and_benefits_name_its_people_as_they_name_those_of_edges(tmp_path: Path, kind: str) -> None:
    edges, _ = KINDS[kind]
    ids = np.unique(np.concatenate(edges)).tolist()
    prices = {who: 1.0 + place % 7 for place, who in enumerate(ids) if place % 3}
    benefit = {who: float(place % 5) for place, who in enumerate(ids)}
    kept = Stored.keep(tmp_path / "net", edges)
    asked: dict[str, Any] = {"budget": 30, "prices": prices, "benefit": benefit, "target": 0.9}
    assert same(maximize(kept, **asked), maximize(edges, **asked))
    with pytest.raises(InputError, match=f"{ids[0]} has no price"):
        maximize(kept, candidates=ids[:3], **asked)


@pytest.mark.parametrize("stranger", [7_000, "zoë"])
def test_people_without_an_edge_may_be_asked_for(tmp_path: Path, stranger: object) -> None:
    edges = (ONE, OTHER) if isinstance(stranger, int) else (words(ONE), words(OTHER))
    found = maximize(Stored.keep(tmp_path / "net", edges), k=1, candidates=[stranger], benefit={stranger: 2.0})
    assert (found.seeds.tolist(), found.spread) == ([stranger], 2.0)


def test_ids_of_another_kind_and_chances_once_more_are_refused(tmp_path: Path) -> None:
    kept = Stored.keep(tmp_path / "net", (ONE, OTHER))
    with pytest.raises(InputError, match="some are words"):
        maximize(kept, k=1, candidates=["ann"])
    with pytest.raises(InputError, match="has its chances"):
        maximize(kept, k=1, chances=0.1)


def test_nobody_and_people_without_edges_can_be_kept(tmp_path: Path) -> None:
    empty = Stored.keep(tmp_path / "nobody", (np.zeros(0, int), np.zeros(0, int)))
    assert len(maximize(empty, k=3).seeds) == 0
    assert maximize(empty, k=1, benefit={"ann": 2.0}, target=0.9).seeds.tolist() == ["ann"]
    alone = Stored.keep(tmp_path / "alone", scipy.sparse.coo_array((4, 4)))
    assert (alone.network.size, maximize(alone, k=4).spread) == (4, 4)
    loops = Stored.keep(tmp_path / "loops", ([3, 5], [3, 5]))
    assert sorted(maximize(loops, k=2).seeds.tolist()) == [3, 5]


def test_many_edges_are_read_some_at_a_time_also_from_mapped_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from groundswell.graph import edges as reading

    monkeypatch.setattr(reading, "AT_ONCE", 97)
    for name, column in {"one": ONE, "other": OTHER}.items():
        np.save(tmp_path / name, column)
    mapped = tuple(np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in ("one", "other"))
    found = Stored.keep(tmp_path / "net", mapped).network
    pairs = sorted({(b, a) for a, b in zip(ONE.tolist(), OTHER.tolist(), strict=True) if a != b})
    assert found.source.tolist() == [a for _, a in pairs]
    assert np.diff(found.first).tolist() == np.bincount([b for b, _ in pairs], minlength=found.size).tolist()


def test_a_network_takes_the_place_of_the_one_before_and_leaves_nothing_of_it(tmp_path: Path) -> None:
    Stored.keep(tmp_path, KINDS["words and weights"][0])
    before = Stored.open(tmp_path)
    Stored.keep(tmp_path, ([0], [1]))
    assert Stored.open(tmp_path).network.size == 2
    assert sorted(path.name.partition("-")[0] for path in tmp_path.iterdir()) == ["first", "network.json", "source"]
    assert len(maximize(before, k=2, target=0.5).seeds) == 2  # who has it open keeps it


def test_a_failure_leaves_the_network_that_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Stored.keep(tmp_path, ([0], [1]))
    there = sorted(tmp_path.iterdir())

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(WorkspaceError, match="No space left"):
        Stored.keep(tmp_path, (ONE, OTHER))
    assert sorted(tmp_path.iterdir()) == there
    assert Stored.open(tmp_path).network.size == 2


def test_a_file_that_is_not_ours_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "network.json").write_text('{"nodes": []}', encoding="utf-8")
    with pytest.raises(InputError, match="is no network that was kept"):
        Stored.keep(tmp_path, ([0], [1]))
    assert (tmp_path / "network.json").read_text(encoding="utf-8") == '{"nodes": []}'


def test_a_folder_without_a_network_says_how_to_keep_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Stored\.keep"):
        Stored.open(tmp_path / "nowhere")


def the(folder: Path, name: str) -> Path:
    [path] = folder.glob(f"{name}-*.npy")
    return path


def stamped(**changed: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        stamp = json.loads((folder / "network.json").read_text(encoding="utf-8"))
        (folder / "network.json").write_text(json.dumps(stamp | changed), encoding="utf-8")

    return change


def holding(name: str, change: Callable[[np.ndarray], object]) -> Callable[[Path], None]:
    def save(folder: Path) -> None:
        array = np.load(the(folder, name))
        changed = change(array)
        np.save(the(folder, name), array if changed is None else changed)

    return save


def put(at: int, value: object) -> Callable[[np.ndarray], None]:
    def change(array: np.ndarray) -> None:
        array[at] = value

    return change


def text(content: bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / "network.json").write_bytes(content)

    return write


TORN: dict[str, Callable[[Path], Any]] = {
    "no source": lambda folder: the(folder, "source").unlink(),
    "half a file": lambda folder: the(folder, "source").write_bytes(the(folder, "source").read_bytes()[:-400]),
    "an empty file": lambda folder: the(folder, "first").write_bytes(b""),
    "more than there should be": lambda folder: the(folder, "first").write_bytes(the(folder, "first").read_bytes() + b"x" * 9_000),
    "no array": lambda folder: the(folder, "source").write_bytes(b"PK" * 500),
    "objects": lambda folder: np.save(the(folder, "source"), np.array([{}], object), allow_pickle=True),
    "other numbers": holding("source", lambda array: array.astype(np.int64)),
    "two dimensions": holding("source", lambda array: array.reshape(1, -1)),
    "nobody": holding("source", put(3, 300)),
    "below nobody": holding("source", put(3, -1)),
    "rows that go back": holding("first", put(5, 10**9)),
    "rows that do not begin": holding("first", put(0, 1)),
    "rows that do not end": holding("first", put(-1, 3)),
    "no rows": holding("first", lambda array: array[:0]),
    "a chance above 1": holding("chance", put(0, 1.5)),
    "a chance that is none": holding("chance", put(0, np.nan)),
    "chances that rise": holding("chance", lambda array: np.where(array > 0.5, 0.0, array)[::-1].copy()),
    "words that end before they begin": holding("ends", put(4, 0)),
    "words that go on": holding("ends", put(-1, 10**12)),
    "no letters": holding("words", put(0, 255)),
    "no stamp": text(b""),
    "half a stamp": text(b'{"format": "groundswell network", "ver'),
    "a deep stamp": text(b"[" * 4_000),
    "a list": text(b"[1]"),
    "a word": text(b'"format"'),
    "another program's": stamped(format="other"),
    "a later version": stamped(version=2),
    "no number of a version": stamped(version=True),
    "a way out": stamped(token="../../../etc/passwd"),
    "no token": stamped(token=None),
    "too few files": stamped(lengths={"first": 2}),
    "files that nobody knows": stamped(lengths={"first": 301, "source": 9, "../x": 4}),
    "sizes below nothing": stamped(lengths={"first": -1, "source": 9}),
    "sizes beyond all": stamped(lengths={"first": 10**30, "source": 9}),
    "sizes in words": stamped(lengths={"first": "301", "source": 9}),
    "lengths in a list": stamped(lengths=["first", "source"]),
}  # fmt: skip


@pytest.mark.parametrize("how", TORN)
def test_what_does_not_hold_together_is_refused(tmp_path: Path, how: str) -> None:
    Stored.keep(tmp_path, KINDS["words and weights"][0])
    TORN[how](tmp_path)
    with pytest.raises(UnreadableFileError) as caught:
        Stored.open(tmp_path)
    assert "Keep the network again" in str(caught.value)


def test_ids_that_do_not_ascend_or_do_not_suffice_are_refused(tmp_path: Path) -> None:
    Stored.keep(tmp_path, KINDS["with gaps"][0])
    whole = the(tmp_path, "ids").read_bytes()
    holding("ids", put(0, 10**6))(tmp_path)
    with pytest.raises(UnreadableFileError, match="ids do not fit"):
        Stored.open(tmp_path)
    the(tmp_path, "ids").write_bytes(whole)
    assert Stored.open(tmp_path).ids[0] == 2


def test_rows_are_packed_as_sorting_would_put_them() -> None:
    rng = np.random.default_rng(8)
    for _ in range(30):
        size, edges = int(rng.integers(1, 30)), int(rng.integers(0, 200))
        one, other = rng.integers(0, size, edges), rng.integers(0, size, edges)
        found = Network.cascade(size, one, other, np.zeros(0))
        keys = np.unique((other * size + one)[one != other])
        assert found.source.tolist() == (keys % size).tolist()
        assert found.first.tolist() == [0, *np.cumsum(np.bincount(keys // size, minlength=size)).tolist()]

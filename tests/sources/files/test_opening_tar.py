"""Tar archives: read as the ZIP of the same files would be, and no more trusted."""

from __future__ import annotations

import gzip
import io
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from test_own_archives import mastodon

from groundswell.errors import UnreadableFileError
from groundswell.ingest import import_file
from groundswell.sources.files import tars
from groundswell.sources.files.opening import open_tables
from groundswell.store import Workspace

ACCOUNTS = b"handle,followers\n@ann,120\n@ben,3400\n"
Member = tuple[str, bytes] | tarfile.TarInfo


def tar(path: Path, *some: Member, form: int = tarfile.PAX_FORMAT) -> Path:
    """A tar of these members, packed where its name says so."""
    mode = "w:gz" if path.suffix == ".gz" else "w"
    with tarfile.open(path, mode, format=form) as file:
        for one in some:
            if isinstance(one, tarfile.TarInfo):
                file.addfile(one)
                continue
            info = tarfile.TarInfo(one[0])
            info.size, info.mtime = len(one[1]), 1_780_000_000
            file.addfile(info, io.BytesIO(one[1]))
    return path


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def told(path: Path) -> tuple[list[str], dict[str, str]]:
    """Members that are tables, and why others are none."""
    tables, refused = list[str](), dict[str, str]()
    for table in open_tables(path):
        if table.kind == "refused":
            (rows,) = table.rows()
            refused[table.member] = rows.set_aside[0].reason
        else:
            assert sum(rows.columns.num_rows for rows in table.rows()) > 0
            tables.append(table.member)
    return tables, refused


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz"])
@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_table_in_it_is_read(tmp_path: Path, name: str, form: int) -> None:
    path = tar(
        tmp_path / name,
        ("./accounts.csv", ACCOUNTS),
        ("photo.jpg", b"\xff\xd8\xff" + bytes(99)),
        ("./._x", b"x"),
        form=form,
    )
    assert told(path) == (["accounts.csv"], {"": "1 files in the archive hold no table (1 jpg)"})


def test_a_mastodon_archive_reads_as_its_zip_does(tmp_path: Path) -> None:
    zipped = mastodon(tmp_path / "archive.zip")
    with ZipFile(zipped) as archive:
        packed = tar(tmp_path / "archive.tar.gz", *((name, archive.read(name)) for name in archive.namelist()))
    seen = []
    for number, path in enumerate((zipped, packed)):
        report = import_file(Workspace.create(tmp_path / str(number)), path)
        seen.append(
            (report.layout, report.rows, report.set_aside, {name: vars(one) for name, one in report.records.items()})
        )
    assert seen[0] == seen[1]
    assert seen[0][1] > 0


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (("../../etc/cron.d/x", ACCOUNTS), "points out"),
        (("/etc/passwd", ACCOUNTS), "points out"),
        (special("shadow", tarfile.SYMTYPE, "/etc/shadow"), "a link"),
        (special("hard", tarfile.LNKTYPE, "accounts.csv"), "a link"),
        (special("null", tarfile.CHRTYPE), "a device"),
        (special("pipe", tarfile.FIFOTYPE), "a device"),
        (("inner.zip", b"PK\x05\x06" + bytes(18)), "archive within an archive"),
        (("inner.gz", gzip.compress(ACCOUNTS)), "archive within an archive"),
    ],
)  # fmt: skip
def test_what_is_dangerous_is_refused_and_the_rest_read(tmp_path: Path, member: Member, reason: str) -> None:
    tables, refused = told(tar(tmp_path / "a.tar.gz", ("accounts.csv", ACCOUNTS), member))
    name = member.name if isinstance(member, tarfile.TarInfo) else member[0]
    assert tables == ["accounts.csv"]
    assert reason in refused[name]


def test_two_files_of_one_name_are_both_read(tmp_path: Path) -> None:
    tables, _ = told(tar(tmp_path / "a.tar", ("a.csv", ACCOUNTS), ("a.csv", ACCOUNTS)))
    assert tables == ["a.csv", "a.csv (2)"]


def test_one_that_breaks_off_is_read_up_to_there(tmp_path: Path) -> None:
    whole = tar(tmp_path / "a.tar", ("a.csv", ACCOUNTS), ("b.csv", ACCOUNTS * 2_000)).read_bytes()
    torn = tmp_path / "torn.tar"
    torn.write_bytes(whole[: len(whole) // 2])
    tables, refused = told(torn)
    assert tables[0] == "a.csv"
    assert "breaks off" in refused[""]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: tar(path), "is empty"),
        (lambda path: tar(path, ("../x.csv", ACCOUNTS)), "points out"),
        (lambda path: tar(path, *((f"{n}.jpg", b"") for n in range(10_001))), "10,001 files"),
    ],
)
def test_what_holds_nothing_that_can_be_read_says_why(tmp_path: Path, make: Callable[[Path], Path], says: str) -> None:
    with pytest.raises(UnreadableFileError, match=says):
        list(open_tables(make(tmp_path / "a.tar")))


def test_a_bomb_is_stopped(tmp_path: Path) -> None:
    bomb = special("zeros.csv", tarfile.REGTYPE)
    bomb.size = 40 << 30
    path = tmp_path / "bomb.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(bomb.tobuf())
        for _ in range(100):
            file.write(bytes(1 << 20))
    with pytest.raises(UnreadableFileError, match="more than"):
        list(open_tables(path))


def claiming(kind: bytes, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = kind, size
    return info


@pytest.mark.parametrize("kind", [b"L", b"K", b"x", b"g", b"X"])
def test_a_long_name_or_note_is_never_taken_into_memory_whole(tmp_path: Path, kind: bytes) -> None:
    path, size = tmp_path / "a.tar.gz", 30 << 20
    inner = tar(tmp_path / "inner.tar", ("posts.csv", ACCOUNTS)).read_bytes()
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(claiming(kind, size).tobuf(tarfile.GNU_FORMAT))
        for _ in range(size >> 20):
            file.write(bytes(1 << 20))
        file.write(inner)
    tracemalloc.start()
    tables, refused = told(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert tables == ["posts.csv"]
    assert "claim 31,457,280 bytes" in refused["./@LongLink"]
    assert "unpack the archive yourself" in refused["./@LongLink"]
    assert peak < 12 << 20


@pytest.mark.parametrize("claimed", [-512, -(1 << 40)])
def test_a_size_below_nothing_is_set_aside(tmp_path: Path, claimed: int) -> None:
    odd = special("odd.csv", tarfile.REGTYPE)
    odd.size = claimed
    path = tmp_path / "a.tar"
    path.write_bytes(odd.tobuf(tarfile.GNU_FORMAT) + tar(tmp_path / "b.tar", ("posts.csv", ACCOUNTS)).read_bytes())
    tables, refused = told(path)
    assert tables == ["posts.csv"]
    assert "odd.csv" in refused


def test_headers_without_an_end_stop_the_reading_and_keep_what_was_read(tmp_path: Path) -> None:
    first = tar(tmp_path / "a.tar", ("posts.csv", ACCOUNTS)).read_bytes()[:1024]
    names = claiming(b"L", 0).tobuf(tarfile.GNU_FORMAT)
    pieces = bytearray(special("sparse.csv", tarfile.GNUTYPE_SPARSE).tobuf(tarfile.GNU_FORMAT))
    pieces[482] = 1
    pieces[148:156] = b"%06o\0 " % (sum(pieces[:148]) + 256 + sum(pieces[156:]))
    for after in (names * 5_000, bytes(pieces) + (bytes(504) + b"\1" + bytes(7)) * 5_000):
        path = tmp_path / "b.tar"
        path.write_bytes(first + after)
        tables, refused = told(path)
        assert tables == ["posts.csv"]
        assert "does not end" in refused[""]
        path.write_bytes(after)
        with pytest.raises(UnreadableFileError, match="does not end"):
            list(open_tables(path))


def test_a_name_in_another_encoding_does_not_lose_the_files_after_it(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz", format=tarfile.GNU_FORMAT, encoding="latin-1") as file:
        for name in ("a/Müll.csv", "a/posts.csv"):
            info = tarfile.TarInfo(name)
            info.size = len(ACCOUNTS)
            file.addfile(info, io.BytesIO(ACCOUNTS))
    assert told(path) == (["a/M\ufffdll.csv", "a/posts.csv"], {})


@pytest.mark.parametrize("letters", [5_000, 60_000, 70_000])
def test_an_endless_name_is_cut_and_what_follows_is_read(tmp_path: Path, letters: int) -> None:
    path = tar(tmp_path / "a.tar.gz", ("x" * letters + ".csv", ACCOUNTS), ("posts.csv", ACCOUNTS))
    seen = [table.member for table in open_tables(path)]
    assert "posts.csv" in seen
    assert all(len(name) <= 1_000 for name in seen)
    if letters < 65_536 - 100:
        assert seen[0].endswith("x.csv")


@pytest.mark.parametrize("name", ["./", "a\0b.csv", "folder/", "?"])
def test_a_name_that_is_none_spoils_nothing(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.tar"
    info = tarfile.TarInfo("x.csv")
    info.size, info.pax_headers = len(ACCOUNTS), {"path": name}
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as file:
        file.addfile(info, io.BytesIO(ACCOUNTS))
        info = tarfile.TarInfo("posts.csv")
        info.size = len(ACCOUNTS)
        file.addfile(info, io.BytesIO(ACCOUNTS))
    assert "posts.csv" in told(path)[0]


def test_what_is_damaged_after_a_file_is_said(tmp_path: Path) -> None:
    whole = tar(tmp_path / "a.tar", ("a.csv", ACCOUNTS), ("b.csv", ACCOUNTS)).read_bytes()
    torn = tmp_path / "torn.tar"
    torn.write_bytes(whole[:1024] + b"\xff" * 512 + whole[1536:])
    tables, refused = told(torn)
    assert tables == ["a.csv"]
    assert "damaged" in refused[""]


@pytest.mark.parametrize("name", ["d", "._x"])
def test_folders_and_litter_are_counted_too(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tars, "FOLDER_LIMIT", 2_000)
    path = tmp_path / "a.tar.gz"
    one = special(name, tarfile.DIRTYPE if name == "d" else tarfile.REGTYPE).tobuf(tarfile.USTAR_FORMAT)
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(tar(tmp_path / "b.tar", ("a.csv", ACCOUNTS)).read_bytes()[:1024])
        for _ in range(2):
            file.write(one * 1_000)
    with pytest.raises(UnreadableFileError, match="more than 2,000 folders"):
        list(open_tables(path))

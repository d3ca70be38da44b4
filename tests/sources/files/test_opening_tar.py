"""Tar archives: read as the ZIP of the same files would be, and no more trusted."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from test_own_archives import mastodon

from groundswell.errors import UnreadableFileError
from groundswell.ingest import import_file
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

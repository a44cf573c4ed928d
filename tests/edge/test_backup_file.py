"""The file of a backup: whatever a stranger puts into one, nothing is written where it should not be."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from engine.edge.backup_file import MANIFEST, BackupWriter, BadBackup, unpack

KEY = b"k1 00\n"


def a_backup(path: Path, **files: bytes) -> Path:
    writer = BackupWriter(path)
    for name, content in files.items():
        source = path.with_name("source")
        source.write_bytes(content)
        writer.add(name.replace("__", "/").replace("_dot_", "."), source)
    writer.finish()
    return path


def a_tar(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w") as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def a_manifest(**files: bytes) -> tuple[tarfile.TarInfo, bytes]:
    told = {name: [len(content), hashlib.sha256(content).hexdigest()] for name, content in files.items()}
    return tarfile.TarInfo(MANIFEST), json.dumps({"format": 1, "files": told}).encode()


def everything_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_what_was_added_comes_out_again_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    path = a_backup(tmp_path / "b.tar", secret_dot_key=KEY, rules__a_dot_yaml=b"- rule: a\n")
    manifest = unpack(path, tmp_path / "out")
    assert (tmp_path / "out" / "secret.key").read_bytes() == KEY
    assert (tmp_path / "out" / "rules" / "a.yaml").read_bytes() == b"- rule: a\n"
    assert sorted(manifest.files) == ["rules/a.yaml", "secret.key"]
    assert path.stat().st_mode & 0o077 == 0
    assert (tmp_path / "out" / "secret.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name", ["rules/tea/green.yml", "rules/sites/茶行/cart.yaml", "rules/sites/pk_1/a b.session.yaml"]
)
def test_rules_of_any_folder_come_out_where_they_were(tmp_path: Path, name: str) -> None:
    (tmp_path / "source").write_bytes(b"[]\n")
    writer = BackupWriter(tmp_path / "b.tar")
    writer.add(name, tmp_path / "source")
    writer.finish()
    unpack(tmp_path / "b.tar", tmp_path / "out")
    assert (tmp_path / "out" / name).read_bytes() == b"[]\n"


def test_file_that_is_there_already_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_text("a diary")
    with pytest.raises(BadBackup, match=r"b\.tar is there already, expected a new file"):
        BackupWriter(tmp_path / "b.tar")


def test_backup_that_was_given_up_leaves_nothing(tmp_path: Path) -> None:
    writer = BackupWriter(tmp_path / "b.tar")
    (tmp_path / "source").write_bytes(KEY)
    writer.add("secret.key", tmp_path / "source")
    writer.give_up()
    assert everything_in(tmp_path) == ["source"]


@pytest.mark.parametrize(
    "name",
    [
        "../secret.key", "/etc/secret.key", "archive/../../x.parquet", "rules/../secret.key", "rules/.hidden.yaml",
        "archive/site=../day=2026-11-21/0.1-1.parquet", "secret.key/x", "redis/redis.conf",
        "rules\\a.yaml", "",
    ],
)  # fmt: skip
def test_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    path = a_tar(tmp_path / "b.tar", (tarfile.TarInfo(name), KEY), a_manifest())
    with pytest.raises(BadBackup):
        unpack(path, tmp_path / "out" / "deep")
    assert everything_in(tmp_path) == ["b.tar"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_member_that_is_no_plain_file_is_refused(tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("secret.key")
    member.type, member.linkname = kind, "/etc/passwd"
    path = a_tar(tmp_path / "b.tar", (member, b""))
    with pytest.raises(BadBackup, match=r"'secret\.key' is no plain file"):
        unpack(path, tmp_path / "out")


def test_link_that_lies_in_the_way_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "secret.key").symlink_to(tmp_path / "elsewhere")
    path = a_backup(tmp_path / "b.tar", secret_dot_key=KEY)
    with pytest.raises(BadBackup, match="cannot be read"):
        unpack(path, tmp_path / "out")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ([(tarfile.TarInfo("secret.key"), KEY)], "ends without manifest.json, expected it last"),
        ([(tarfile.TarInfo("secret.key"), KEY), a_manifest()], "'secret.key' is not in manifest.json"),
        ([a_manifest(**{"secret.key": KEY})], "'secret.key' is missing"),
        ([(tarfile.TarInfo("secret.key"), b"other!"), a_manifest(**{"secret.key": KEY})], "or others than it should"),
        ([(tarfile.TarInfo("secret.key"), KEY)] * 2, "'secret.key' comes twice, or after manifest.json"),
        ([a_manifest(), (tarfile.TarInfo("secret.key"), KEY)], "'secret.key' comes twice, or after manifest.json"),
        ([(tarfile.TarInfo(MANIFEST), b"[]")], "manifest.json cannot be read"),
        ([(tarfile.TarInfo(MANIFEST), b'{"format": 9, "files": {}}')], "the backup has format 9, expected 1"),
    ],
)
def test_backup_that_is_not_what_it_says_is_refused(tmp_path: Path, members: Any, sentence: str) -> None:
    path = a_tar(tmp_path / "b.tar", *members)
    with pytest.raises(BadBackup, match=sentence):
        unpack(path, tmp_path / "out")


def test_backup_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = a_backup(tmp_path / "b.tar", shopbell_dot_db=b"x" * 5_000)
    path.write_bytes(path.read_bytes()[:3_000])
    with pytest.raises(BadBackup, match="is no backup, or not all of one"):
        unpack(path, tmp_path / "out")


def test_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_text("a diary " * 1_000)
    with pytest.raises(BadBackup, match=r"b\.tar is no backup, or not all of one"):
        unpack(tmp_path / "b.tar", tmp_path / "out")

"""
The file of a backup: a tar archive whose last member, ``manifest.json``, says what must be in it.

It is read as if a stranger had made it. Members are plain files with names that this module knows; what is no such
file, comes twice, or is not what the manifest says, ends the reading before anything is put in place.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

from engine.refusal import Refusal

FORMAT = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 64 * 1024 * 1024
_AT_ONCE = 1024 * 1024

_WORD = r"[^/\\\x00-\x1f\x7f.][^/\\\x00-\x1f\x7f]{0,127}"
"""A file or a folder of the operator's naming: neither hidden nor on its way out."""

_NAME = re.compile(
    r"secret\.key|shopbell\.db|redis\.rdb"
    r"|archive/site=[A-Za-z0-9_]{1,64}/day=\d{4}-\d\d-\d\d/\d+\.[0-9.-]+\.parquet"
    r"|rules/(?:" + _WORD + r"/){0,8}" + _WORD + r"\.ya?ml"
)


class BadBackup(Refusal):
    """A backup cannot be made or read; the sentence says what was found."""


@dataclass(slots=True)
class Manifest:
    """What is in a backup: ``files`` by name, [bytes, SHA-256]; ``said`` is whatever else there is to know."""

    said: dict[str, Any] = field(default_factory=dict)
    files: dict[str, list[Any]] = field(default_factory=dict)

    def written(self) -> bytes:
        """Return it as it stands in the file."""
        return json.dumps({"format": FORMAT, **self.said, "files": self.files}, indent=1).encode()

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Read it. Raises BadBackup."""
        try:
            said: Any = json.loads(text)
            files = {str(name): [int(size), str(digest)] for name, (size, digest) in said.pop("files").items()}
            kind = said.pop("format")
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BadBackup(f"{MANIFEST} cannot be read: {error}") from None
        if kind != FORMAT:
            raise BadBackup(f"the backup has format {kind!r}, expected {FORMAT}")
        return cls(said, files)


class BackupWriter:
    """Writes a backup to a file that is not there yet; until ``finish`` it has another name."""

    def __init__(self, path: Path) -> None:
        """Raises BadBackup."""
        if path.exists():
            raise BadBackup(f"{path} is there already, expected a new file")
        self._path = path
        self._part = path.with_name(path.name + ".part")
        try:
            handle = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise BadBackup(f"{path} cannot be written: {error.strerror}") from error
        self._file = os.fdopen(handle, "wb")
        self._tar = tarfile.open(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self.manifest = Manifest()

    def add(self, name: str, source: Path) -> None:
        """Add a file as it is now. Raises FileNotFoundError where it is gone."""
        with source.open("rb") as content:
            size = os.fstat(content.fileno()).st_size
            digest = hashlib.sha256()
            self._tar.addfile(_member(name, size), _Read(content, digest))
        self.manifest.files[name] = [size, digest.hexdigest()]

    def finish(self) -> None:
        """Add the manifest, and give the file its name: it is whole, and on the disk."""
        text = self.manifest.written()
        self._tar.addfile(_member(MANIFEST, len(text)), io.BytesIO(text))
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.rename(self._path)

    def give_up(self) -> None:
        """Leave nothing behind."""
        self._file.close()
        self._part.unlink(missing_ok=True)


class _Read(io.RawIOBase):
    """Passes on what is read, and adds it to a digest."""

    def __init__(self, content: IO[bytes], digest: Any) -> None:
        self._content, self._digest = content, digest

    def read(self, size: int = -1) -> bytes:
        data = self._content.read(size)
        self._digest.update(data)
        return data


def unpack(path: Path, to: Path) -> Manifest:
    """Write the files of a backup into a folder that is empty; return the manifest. Raises BadBackup."""
    manifest: Manifest | None = None
    found: dict[str, list[Any]] = {}
    try:
        with tarfile.open(path, mode="r:") as tar:
            for member in tar:
                content = _content(tar, member, found, manifest is not None)
                if member.name == MANIFEST:
                    manifest = Manifest.read(content.read(LARGEST_MANIFEST + 1))
                else:
                    found[member.name] = _write(content, to / member.name)
    except (tarfile.TarError, EOFError) as error:
        raise BadBackup(f"{path} is no backup, or not all of one: {error}") from error
    except OSError as error:
        raise BadBackup(f"{path} cannot be read: {error.strerror}") from error
    if manifest is None:
        raise BadBackup(f"{path} ends without {MANIFEST}, expected it last")
    _compare(found, manifest.files)
    return manifest


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo, found: dict[str, Any], is_over: bool) -> IO[bytes]:
    if not member.isreg() or member.issparse():
        raise BadBackup(f"{member.name!r} is no plain file")
    if member.name != MANIFEST and not _NAME.fullmatch(member.name):
        raise BadBackup(f"{member.name!r} is no name of a backup's file")
    if member.name in found or is_over:
        raise BadBackup(f"{member.name!r} comes twice, or after {MANIFEST}")
    content = tar.extractfile(member)
    assert content is not None  # noqa: S101 - of a plain file there is always one
    return content


def _write(content: IO[bytes], path: Path) -> list[Any]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        for data in _pieces(content):
            digest.update(data)
            size += file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return [size, digest.hexdigest()]


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    while data := content.read(_AT_ONCE):
        yield data


def _compare(found: dict[str, list[Any]], told: dict[str, list[Any]]) -> None:
    for name, (size, digest) in told.items():
        if name not in found:
            raise BadBackup(f"{name!r} is missing")
        if found[name] != [size, digest]:
            raise BadBackup(f"{name!r} has {found[name][0]} bytes, or others than it should: expected {size}")
    for name in found:
        if name not in told:
            raise BadBackup(f"{name!r} is not in {MANIFEST}")


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member

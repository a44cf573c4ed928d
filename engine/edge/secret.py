"""The keys that sign visitors' tokens, kept in the data folder: read, and replaced while engines run."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import overload

from engine.core.tokens import Secret
from engine.refusal import Refusal

_KEY_BYTES = 32
_FILE = "secret.key"
_log = logging.getLogger("shopbell.secret")


class BadSecret(Refusal):
    """The key file holds something else; the sentence says what was expected."""


def load_secrets(folder: Path) -> tuple[Secret, ...]:
    """
    Return the keys of ``secret.key``: the first signs, all are accepted. The file is made at first start.

    One key a line, ``ID HEX``. To replace a key, put a new line first; take the old one out when its
    visitors may be forgotten. Raises BadSecret.
    """
    path = folder / _FILE
    if not path.exists():
        _make(path)
    return _read(path)


def known_secrets(folder: Path) -> tuple[Secret, ...]:
    """As ``load_secrets``, for who only looks: none where there is no file yet."""
    path = folder / _FILE
    return _read(path) if path.exists() else ()


class TokenKeys(Sequence[Secret]):
    """
    The keys as the file holds them now: an engine that runs takes a new one over with the next hello.

    A file that was spoilt meanwhile changes nothing: the keys known before stay good.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self._keys = load_secrets(folder)
        self._seen = self._state()

    @overload
    def __getitem__(self, index: int) -> Secret: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Secret]: ...
    def __getitem__(self, index: int | slice) -> Secret | Sequence[Secret]:
        """Return one key; the first signs."""
        return self._now()[index]

    def __len__(self) -> int:
        return len(self._now())

    def _now(self) -> tuple[Secret, ...]:
        seen = self._state()
        if seen != self._seen:
            self._seen = seen
            try:
                self._keys = _read(self._path)
            except (BadSecret, OSError):
                _log.exception("the keys of tokens could not be read again; those known stay in force")
        return self._keys

    def _state(self) -> tuple[int, int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return 0, 0, 0
        return found.st_ino, found.st_size, found.st_mtime_ns


def add_key(folder: Path, signs: bool) -> str:
    """Make a new key and return its id: one that signs from now on, or one that is only accepted. Raises BadSecret."""
    keys = load_secrets(folder)
    fresh = Secret(f"k{secrets.token_hex(3)}", secrets.token_bytes(_KEY_BYTES))
    _write(folder / _FILE, (fresh, *keys) if signs else (*keys, fresh))
    return fresh.id


def sign_with(folder: Path, key_id: str) -> None:
    """Let a key that is accepted sign from now on. Raises BadSecret."""
    key, keys = _find(folder, key_id)
    _write(folder / _FILE, (key, *(each for each in keys if each is not key)))


def drop_key(folder: Path, key_id: str) -> None:
    """Forget a key: what it has signed is nothing from now on. Raises BadSecret."""
    key, keys = _find(folder, key_id)
    if key is keys[0]:
        raise BadSecret(
            f"the key {key_id!r} signs, expected one that is only accepted; 'shopbell keys rotate' comes first"
        )
    _write(folder / _FILE, tuple(each for each in keys if each is not key))


def _find(folder: Path, key_id: str) -> tuple[Secret, tuple[Secret, ...]]:
    keys = known_secrets(folder)
    if not keys:
        raise BadSecret(
            f"there is no file '{folder / _FILE}' yet, expected one: the engine makes it at its first start"
        )
    found = next((each for each in keys if each.id == key_id), None)
    if found is None:
        raise BadSecret(f"no key has the id {key_id[:20]!r}, expected one of {', '.join(each.id for each in keys)}")
    return found, keys


def _read(path: Path) -> tuple[Secret, ...]:
    lines = [line for line in path.read_text("ascii", "replace").splitlines() if line.strip()]
    if not lines:
        raise BadSecret(f"'{path}' is empty, expected lines of a key's id and its {_KEY_BYTES} bytes in hex")
    return tuple(_secret(line, path) for line in lines)


def _secret(line: str, path: Path) -> Secret:
    with contextlib.suppress(ValueError):
        key_id, key_hex = line.split()
        key = bytes.fromhex(key_hex)
        if key_id.isalnum() and key_id.islower() and len(key_id) <= 16 and len(key) >= _KEY_BYTES:
            return Secret(key_id, key)
    # the line itself is not quoted: it may be most of a key
    raise BadSecret(f"'{path}' has a line that is no key, expected a key's id and its {_KEY_BYTES} bytes in hex")


def _make(path: Path) -> None:
    """Make the file whole or not at all; of two processes that do so at once, both then read the same one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    _write_file(fresh, (Secret(f"k{secrets.token_hex(3)}", secrets.token_bytes(_KEY_BYTES)),))
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()


def _write(path: Path, keys: tuple[Secret, ...]) -> None:
    """Write the file anew: whoever reads it meanwhile reads the one before or this one."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    _write_file(fresh, keys)
    fresh.replace(path)


def _write_file(path: Path, keys: tuple[Secret, ...]) -> None:
    lines = "".join(f"{each.id} {each.key.hex()}\n" for each in keys)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, lines.encode("ascii"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""The key that signs visitors' tokens, kept in the data folder."""

import contextlib
import os
import secrets
from pathlib import Path

from engine.core.tokens import Secret
from engine.refusal import Refusal

_KEY_BYTES = 32


class BadSecret(Refusal):
    """The key file holds something else; the sentence says what was expected."""


def load_secrets(folder: Path) -> tuple[Secret, ...]:
    """
    Return the keys of ``secret.key``: the first signs, all are accepted. The file is made at first start.

    One key a line, ``ID HEX``. To replace a key, put a new line first; take the old one out when its
    visitors may be forgotten. Raises BadSecret.
    """
    path = folder / "secret.key"
    if not path.exists():
        _make(path)
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
    line = f"k{secrets.token_hex(3)} {secrets.token_hex(_KEY_BYTES)}\n".encode("ascii")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()

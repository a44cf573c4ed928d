"""The signing keys in the data folder."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.core.tokens import Secret
from engine.edge.secret import BadSecret, load_secrets


def test_key_is_made_once_for_this_account_alone(data: Path) -> None:
    made = load_secrets(data)
    assert load_secrets(data) == made
    assert len(made[0].key) == 32
    assert (data / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in data.iterdir()] == ["secret.key"]


def test_engines_that_start_at_once_have_one_key(data: Path) -> None:
    with ThreadPoolExecutor(8) as engines:
        keys = set(engines.map(lambda _: load_secrets(data), range(8)))
    assert len(keys) == 1


def test_first_line_signs_and_the_others_are_accepted(data: Path) -> None:
    (data / "secret.key").write_text(f"new {'ab' * 32}\nold {'cd' * 32}\n\n")
    assert load_secrets(data) == (Secret("new", b"\xab" * 32), Secret("old", b"\xcd" * 32))


@pytest.mark.parametrize("line", ["justone", f"ID {'ab' * 32}", "id abcd", f"id {'zz' * 32}", f"i.d {'ab' * 32}", "é"])
def test_line_that_is_no_key_is_refused_without_quoting_it(data: Path, line: str) -> None:
    (data / "secret.key").write_text(line)
    with pytest.raises(BadSecret) as refused:
        load_secrets(data)
    assert str(refused.value) == (
        f"'{data / 'secret.key'}' has a line that is no key, expected a key's id and its 32 bytes in hex"
    )


def test_empty_file_is_refused(data: Path) -> None:
    (data / "secret.key").touch()
    with pytest.raises(BadSecret, match="is empty, expected lines of a key's id and its 32 bytes in hex"):
        load_secrets(data)

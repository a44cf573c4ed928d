"""The signing keys in the data folder."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.core.tokens import Secret
from engine.edge.secret import BadSecret, TokenKeys, add_key, drop_key, load_secrets, sign_with


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


def ids(keys: Sequence[Secret]) -> list[str]:
    return [each.id for each in keys]


def test_new_key_signs_and_the_one_before_is_accepted(data: Path) -> None:
    [old] = load_secrets(data)
    fresh = add_key(data, signs=True)
    assert ids(load_secrets(data)) == [fresh, old.id]
    assert (data / "secret.key").stat().st_mode & 0o777 == 0o600


def test_key_is_staged_before_it_signs_so_that_every_engine_knows_it_then(data: Path) -> None:
    [old] = load_secrets(data)
    fresh = add_key(data, signs=False)
    assert ids(load_secrets(data)) == [old.id, fresh]
    sign_with(data, fresh)
    assert ids(load_secrets(data)) == [fresh, old.id]


def test_key_that_signs_cannot_be_dropped_and_another_one_can(data: Path) -> None:
    [old] = load_secrets(data)
    fresh = add_key(data, signs=True)
    with pytest.raises(BadSecret, match=f"the key '{fresh}' signs, expected one that is only accepted"):
        drop_key(data, fresh)
    drop_key(data, old.id)
    assert ids(load_secrets(data)) == [fresh]


def test_key_that_is_none_is_refused_with_those_that_are(data: Path) -> None:
    [only] = load_secrets(data)
    for act in (drop_key, sign_with):
        with pytest.raises(BadSecret, match=f"no key has the id 'nobody', expected one of {only.id}"):
            act(data, "nobody")


def test_engine_that_runs_takes_a_new_key_over_by_itself(data: Path) -> None:
    keys = TokenKeys(data)
    old = keys[0]
    fresh = add_key(data, signs=True)
    assert (keys[0].id, len(keys), keys[1:]) == (fresh, 2, (old,))


@pytest.mark.parametrize("spoil", ["", "no key at all\n"])
def test_file_that_is_spoilt_while_an_engine_runs_changes_nothing(data: Path, spoil: str) -> None:
    keys = TokenKeys(data)
    before = keys[0]
    (data / "secret.key").write_text(spoil)
    assert keys[0] is before
    (data / "secret.key").unlink()
    assert keys[0] is before

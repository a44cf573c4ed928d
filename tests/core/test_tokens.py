"""Tokens: what a visitor may claim to be, and what is answered as a new visitor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.tokens import (
    LIFETIME_MS,
    SKEW_MS,
    Secret,
    Token,
    fleeting_id,
    is_fleeting,
    random_id,
    read,
    read_reference,
    sign,
    sign_reference,
)

NOW_MS = 1_795_000_000_000
OLD = Secret("a1", b"old key" * 5)
NEW = Secret("b2", b"new key" * 5)
VISITOR = random_id(bytes(range(16)))
SESSION = random_id(bytes(range(16, 32)))


def a_token(secret: Secret = NEW, site: str = "pk_shop", now_ms: int = NOW_MS) -> str:
    return sign(secret, site, VISITOR, SESSION, now_ms)


def test_token_names_the_visitor_and_session_it_was_made_for() -> None:
    assert read([NEW], "pk_shop", a_token(), NOW_MS + 1) == Token(VISITOR, SESSION, NOW_MS)


def test_token_of_another_site_is_nothing() -> None:
    assert read([NEW], "pk_other", a_token(), NOW_MS) is None


def test_token_of_the_key_before_is_read_until_that_key_is_removed() -> None:
    assert read([NEW, OLD], "pk_shop", a_token(OLD), NOW_MS) is not None
    assert read([NEW], "pk_shop", a_token(OLD), NOW_MS) is None


def test_token_signed_by_another_key_of_the_same_id_is_nothing() -> None:
    assert read([NEW], "pk_shop", a_token(Secret(NEW.id, b"guessed")), NOW_MS) is None


def test_token_lives_for_400_days() -> None:
    assert read([NEW], "pk_shop", a_token(), NOW_MS + LIFETIME_MS - 1) is not None
    assert read([NEW], "pk_shop", a_token(), NOW_MS + LIFETIME_MS) is None


def test_clock_set_back_by_up_to_a_day_keeps_visitors() -> None:
    assert read([NEW], "pk_shop", a_token(), NOW_MS - SKEW_MS) is not None
    assert read([NEW], "pk_shop", a_token(), NOW_MS - SKEW_MS - 1) is None


@given(st.data())
def test_token_with_any_one_character_changed_is_nothing(data: st.DataObject) -> None:
    token = a_token()
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters().filter(lambda letter: letter != token[place]))
    assert read([NEW], "pk_shop", token[:place] + other + token[place + 1 :], NOW_MS) is None


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.lists(st.text()))
def test_whatever_else_a_client_sends_is_nothing(garbage: object) -> None:
    assert read([NEW], "pk_shop", garbage, NOW_MS) is None


@pytest.mark.parametrize(
    "garbage",
    [
        "x" * 1_000_000,
        "." * 1_000_000,
        a_token() + "\n",
        a_token().upper(),
        "",
        "....",
        "\ud800",
        "eyJhbGciOiJub25lIn0.e30.",
    ],
)
def test_long_or_forged_text_is_nothing(garbage: str) -> None:
    assert read([NEW], "pk_shop", garbage, NOW_MS) is None


def test_id_is_26_lower_case_letters_and_digits_without_braces() -> None:
    assert random_id(b"\0" * 16) == "a" * 26
    assert random_id(b"\xff" * 16) == "7" * 25 + "4"


def test_id_is_made_of_exactly_16_bytes() -> None:
    with pytest.raises(ValueError, match="an id is made of 16 random bytes, not 8"):
        random_id(b"\0" * 8)


def test_reference_names_the_visitor_to_the_shops_other_channels() -> None:
    reference = sign_reference(OLD, "pk_shop", VISITOR)
    assert read_reference([NEW, OLD], "pk_shop", reference) == VISITOR
    assert read_reference([NEW], "pk_shop", reference) is None
    assert read_reference([OLD], "pk_other", reference) is None
    assert read_reference([OLD], "pk_shop", reference.replace(VISITOR, random_id(bytes(16)))) is None


@pytest.mark.parametrize("said", [None, 3, "", "a1.b.c", "x" * 10_000])
def test_what_is_no_reference_names_nobody(said: object) -> None:
    assert read_reference([OLD], "pk_shop", said) is None


def test_reference_opens_nothing() -> None:
    assert read([OLD], "pk_shop", sign_reference(OLD, "pk_shop", VISITOR), NOW_MS) is None
    assert read_reference([NEW], "pk_shop", a_token()) is None


@pytest.mark.parametrize("byte", range(0, 256, 37))
def test_name_of_a_visitor_of_whom_nothing_is_kept_tells_so(byte: int) -> None:
    random = bytes([byte] * 16)
    name, other = fleeting_id(random), random_id(random)
    assert name[:-1] == other[:-1]
    assert (is_fleeting(name), is_fleeting(other)) == (True, False)
    assert read([NEW], "pk_shop", sign(NEW, "pk_shop", name, other, NOW_MS), NOW_MS) is not None


def test_what_is_no_name_of_a_visitor_is_kept_like_any() -> None:
    assert not is_fleeting("v5")

"""A page's policy is read as browsers read it."""

import pytest

from engine.doctor.policy import gaps

ENGINE = "https://bell.shop.example"
STREAM = "'https://bell.shop.example wss://bell.shop.example' to connect-src"


def missing(*policies: str, engine: str = ENGINE) -> list[str]:
    return [gap.add for gap in gaps(policies, engine)]


@pytest.mark.parametrize(
    "policy",
    [
        "img-src 'self'",
        "default-src *",
        "default-src https: wss:",
        "script-src bell.shop.example; connect-src wss://bell.shop.example",
        "script-src https://bell.shop.example; connect-src wss://bell.shop.example",
        "default-src 'self' *.shop.example; connect-src wss://*.shop.example",
        "script-src 'nonce-abc' 'strict-dynamic'; connect-src wss:",
        "script-src 'self'; script-src-elem https://bell.shop.example; connect-src *",
        "SCRIPT-SRC HTTPS://BELL.SHOP.EXAMPLE; Connect-Src *",
        "",
    ],
)
def test_policy_that_lets_the_snippet_in_has_no_gap(policy: str) -> None:
    assert missing(policy) == []


@pytest.mark.parametrize(
    ("policy", "added"),
    [
        ("script-src 'self'; connect-src *", ["'bell.shop.example' to script-src"]),
        ("script-src *; connect-src 'self'", [STREAM]),
        ("connect-src 'nonce-abc'", [STREAM]),
        ("connect-src https://bell.shop.example", [STREAM]),
        ("connect-src bell.shop.example", [STREAM]),
        ("connect-src https:", [STREAM]),
        ("script-src *.other.example shop.example; connect-src *", ["'bell.shop.example' to script-src"]),
        ("default-src 'none'", ["'bell.shop.example' to script-src",
                                STREAM]),
    ],
)  # fmt: skip
def test_gap_says_what_to_add(policy: str, added: list[str]) -> None:
    assert missing(policy) == added


def test_policy_for_the_pages_own_host_lets_in_an_engine_there() -> None:
    own = "script-src 'self'; connect-src 'self'"
    assert list(gaps([own], ENGINE, f"{ENGINE}/cart")) == []
    assert len(list(gaps([own], ENGINE, "https://shop.example/cart"))) == 2


def test_every_policy_has_to_let_it_in() -> None:
    assert missing("script-src *", "script-src 'self'") == ["'bell.shop.example' to script-src"]


def test_unknown_engine_is_called_host() -> None:
    assert missing("script-src 'self'", engine="") == ["'HOST' to script-src"]

"""A debug link opens one site's overlay until it expires, and nothing else."""

import pytest

from engine.core.debug_links import read_debug, sign_debug
from engine.core.tokens import Secret

SECRET = Secret("k1", b"1" * 32)
OLDER = Secret("k0", b"0" * 32)
SITE = "pk_shop"
NOW_S = 1_800_000_000
LINK = sign_debug(SECRET, SITE, NOW_S + 3600)


def test_link_is_worth_something_until_it_expires() -> None:
    assert read_debug([SECRET], SITE, LINK, NOW_S) == NOW_S + 3600
    assert read_debug([SECRET], SITE, LINK, NOW_S + 3599.9) == NOW_S + 3600
    assert read_debug([SECRET], SITE, LINK, NOW_S + 3600) is None


def test_link_of_a_key_that_was_replaced_is_known_as_long_as_the_key_is() -> None:
    assert read_debug([OLDER, SECRET], SITE, LINK, NOW_S) == NOW_S + 3600
    assert read_debug([OLDER], SITE, LINK, NOW_S) is None


@pytest.mark.parametrize(
    "link",
    ["", "debug", "debug-k1", LINK + "x", "x" * 5000, LINK[:-1] + ("A" if LINK[-1] != "A" else "B"),
     LINK.replace("debug-k1-", "debug-k1-f"), LINK.replace("k1", "k2")],
)  # fmt: skip
def test_anything_else_is_worth_nothing(link: str) -> None:
    assert read_debug([SECRET], SITE, link, NOW_S) is None


def test_link_of_another_site_is_worth_nothing() -> None:
    assert read_debug([SECRET], "pk_other", LINK, NOW_S) is None

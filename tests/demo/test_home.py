import json
import re

import pytest

from engine.demo.catalog import HERE
from tests.demo.shopper import Page, Shopper


def script_texts(page: Page) -> dict[str, str]:
    written = re.search(r'id="texts">(.*?)</script>', page.html)
    assert written is not None
    texts: dict[str, str] = json.loads(written[1])
    return texts


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "On the third visit stay ten seconds"), ("zh-TW", "第三次停留十秒")]
)
def test_the_home_page_says_in_both_languages_what_to_do(language: str, sentence: str) -> None:
    page = Shopper(language).open("/")
    assert (page.status, page.language) == (200, language)
    assert sentence in page.text
    assert "/shop/" in page.links


def test_the_home_page_does_not_include_the_snippet() -> None:
    assert "/s.js" not in Shopper().open("/").html


def test_its_language_is_the_shops_too() -> None:
    shopper = Shopper("en")
    shopper.open("/?lang=zh-TW")
    assert shopper.open("/shop/").language == "zh-TW"


def test_its_policy_allows_its_own_files_and_the_shop_in_a_frame() -> None:
    policy = Shopper().open("/").headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "frame-src 'self';" in policy


def test_every_file_it_names_is_there() -> None:
    shopper = Shopper()
    addresses = re.findall(r'(?:src|href)="(/demo/static/[^"]+)"', shopper.open("/").html)
    assert len(addresses) >= 3
    assert {shopper.status_of(address) for address in addresses} == {200}


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_every_text_its_script_says_is_there(language: str) -> None:
    script = (HERE / "static" / "home" / "home.js").read_text("utf-8")
    said = set(re.findall(r'texts\.(\w+)|say\("(\w+)"', script))
    texts = script_texts(Shopper(language).open("/"))
    assert {first or second for first, second in said} <= set(texts)


def test_its_script_knows_every_state_of_a_rule_and_every_moment_that_can_be_armed() -> None:
    texts = script_texts(Shopper().open("/"))
    assert {f"state_{state}" for state in ("holds", "fires", "fired", "limited")} <= set(texts)
    moments = ("page_dwell", "scroll", "exit_intent", "idle", "wake", "tab_return", "copy")
    assert {f"armed_{moment}" for moment in moments} <= set(texts)


def test_its_script_writes_text_and_never_markup() -> None:
    script = (HERE / "static" / "home" / "home.js").read_text("utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)

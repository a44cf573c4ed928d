"""``shopbell doctor URL`` on shops that run: what it recognises, what it misses, and that it leaves no trace."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from engine.__main__ import main
from tests.e2e.chromium import chromium_path
from tests.e2e.ledger import Ledger
from tests.e2e.shop import Shop
from tests.engine_process import EngineProcess

pytestmark = pytest.mark.e2e

A_PRODUCT = """<script type="application/ld+json">{"@type": "Product", "sku": "mug", "name": "Ash mug",
"offers": {"price": 620, "priceCurrency": "TWD"}}</script>"""
POLICY = """<meta http-equiv="Content-Security-Policy" content="script-src 'self' 'unsafe-inline'">"""
ADDS = """<button onclick="shopbell('cart', {items: [{item_id: 'mug', price: 620, quantity: 1}], currency: 'TWD'})">
Add to cart</button>"""


@pytest.fixture(autouse=True)
def browser_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPBELL_CHROMIUM", chromium_path())


def report(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, list[str]]]:
    """Run the command; return its exit status, and the sentences by page."""
    status = main(["doctor", *words, "--json"])
    told: Any = json.loads(capsys.readouterr().out)
    return status, {
        page["page"]: [f"{each['level']}: {each['sentence']}" for each in page["findings"]] for page in told["pages"]
    }


def test_demo_shop_is_recognised_from_its_home_page_to_its_cart(
    engine: EngineProcess, demo_ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    status, pages = report(capsys, f"{engine.url}/shop/")
    tag = f"ok: the script tag is there: {engine.url}/s.js"
    assert pages["home page"] == [tag, "ok: it is known as a home page"]
    assert pages["product page"][:2] == [tag, "ok: it is known as a product page"]
    assert re.fullmatch(r"ok: its price is [\d.]+ TWD", pages["product page"][3])
    assert pages["cart page"][:2] == [tag, "ok: it is known as a cart page"]
    assert pages["cart page"][2].startswith("ok: in the cart: 1 x ")
    assert re.fullmatch(r"ok: the cart's value is [\d.]+ TWD", pages["cart page"][3])
    assert status == 0
    assert demo_ledger.events("doctor") == []


def test_shop_without_the_tag_is_told_what_to_add(
    shop: Shop, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shop.put("/", body='<a href="/p/mug">Mug</a> <a href="/my-things">Warenkorb</a>', tag="")
    shop.put("/p/mug", head=A_PRODUCT, body="<button>Add to cart</button>", tag="")
    shop.put("/my-things", tag="")
    (tmp_path / "site.yaml").write_text("pages:\n  cart: /my-things\n")
    status, pages = report(capsys, f"{shop.url}/", "--rules", str(tmp_path))
    untagged = "note: the script tag is not there yet; the page was read as if it were"
    assert pages == {
        "home page": [untagged, "ok: it is known as a home page"],
        "product page": [
            untagged,
            "ok: it is known as a product page",
            "ok: its product is 'mug', Ash mug",
            "ok: its price is 620 TWD",
            "missing: nothing was heard when 'Add to cart' was pressed",
        ],
        "cart page": [
            untagged,
            "ok: it is known as a cart page, by the site's pages",
            "missing: what is in the cart was not recognised",
        ],
    }
    assert status == 1


def test_policy_that_stops_the_snippet_is_named_and_the_page_read_all_the_same(
    shop: Shop, engine: EngineProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.put("/", head=POLICY)
    product, cart = shop.put("/mug", head=A_PRODUCT, body=ADDS), shop.put("/cart", head=POLICY)
    status, pages = report(capsys, f"{shop.url}/", "--product", product, "--cart", cart, "--engine", engine.url)
    stopped = "missing: the page's Content-Security-Policy stops the snippet: script-src does not name it"
    assert stopped in pages["home page"]
    assert "ok: the cart's change was heard when 'Add to cart' was pressed" in pages["product page"]
    assert pages["cart page"][-2:] == ["ok: in the cart: 1 x mug", "ok: the cart's value is 620 TWD"]
    assert status == 1


def test_address_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "shop.example"]) == 1
    expected = "the shop's address is 'shop.example', expected a URL such as https://shop.example/"
    assert capsys.readouterr().err.strip() == f"shopbell: {expected}"

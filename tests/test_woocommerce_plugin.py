"""The WooCommerce plugin among WordPress's own functions: what it prints into the shop's pages, and what it keeps."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
WORDPRESS = HERE.parent / ".cache/wordpress/usr/share/wordpress"
PLUGIN = HERE.parent / "integrations/woocommerce/shopbell/shopbell.php"
OPTIONS = {"engine": "https://bell.shop.example/", "site": "pk_abc", "consent": 0}
ORDER = {
    "id": 7, "status": "processing", "number": "1042", "total": "60.50", "currency": "EUR", "tax": "3.90",
    "shipping": "4.99", "coupons": ["tea", "cup"],
    "items": [{"name": "<b>Ash</b> mug </script>", "product_id": 101, "quantity": 2, "total": "49.00"}],
}  # fmt: skip


def run(options: Any = OPTIONS, order: Any = ORDER, said: Any = None) -> Any:
    """Run the plugin; return what it printed and kept, by part."""
    program = shutil.which("php")
    assert program is not None, "there is no php, tools/need-wordpress installs it"
    assert WORDPRESS.is_dir(), f"there is no WordPress in {WORDPRESS}, tools/need-wordpress fetches it"
    command = [program, str(HERE / "woocommerce/run.php"), str(WORDPRESS), str(PLUGIN)]
    given = json.dumps({"options": options, "order": order, "said": said})
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_line_stands_in_the_head_and_the_order_on_the_page_that_thanks() -> None:
    told = run()
    assert told["head"] == '<script async src="https://bell.shop.example/s.js" data-site="pk_abc"></script>\n'
    call = re.search(r'shopbell\("event","purchase",(.*)\);\n</script>', told["thanks"])
    assert call is not None, told["thanks"]
    assert told["thanks"].count("<script") == told["thanks"].count("</script") == 1
    assert json.loads(call[1]) == {
        "transaction_id": "1042", "value": 60.5, "currency": "EUR", "tax": 3.9, "shipping": 4.99, "coupon": "tea,cup",
        "items": [{"item_id": "101", "item_name": "Ash mug", "price": 24.5, "quantity": 2}],
    }  # fmt: skip


def test_consent_is_asked_for_where_the_merchant_has_ticked_it() -> None:
    assert run({**OPTIONS, "consent": 1})["head"].endswith('data-site="pk_abc" data-consent="required"></script>\n')


def test_plugin_without_settings_and_an_order_that_failed_say_nothing() -> None:
    told = run([], {**ORDER, "status": "failed"})
    assert (told["head"], told["thanks"]) == ("", "")
    assert run(order=None)["thanks"] == ""


def test_only_an_address_and_a_key_are_kept() -> None:
    said = {"engine": " https://bell.shop.example/ ", "site": " pk_abc ", "consent": "1"}
    assert run(said=said)["kept"] == {"engine": "https://bell.shop.example", "site": "pk_abc", "consent": 1}
    forged = {"engine": "javascript:alert(1)", "site": 'pk_a"><script>', "more": "x"}
    assert run(said=forged)["kept"] == {"engine": "", "site": "", "consent": 0}
    assert run(said="x")["kept"] == {"engine": "", "site": "", "consent": 0}


def test_page_of_settings_shows_what_is_kept_and_no_markup_of_it() -> None:
    page = run({"engine": 'https://bell.shop.example/"><b>', "site": "pk_abc", "consent": 1})["page"]
    fields = dict(re.findall(r'<input[^>]*name="shopbell\[(\w+)\]"[^>]*value="([^"]*)"', page))
    assert {name: unescape(value) for name, value in fields.items()} == {
        "engine": 'https://bell.shop.example/"><b>', "site": "pk_abc", "consent": "1",
    }  # fmt: skip
    assert "checked='checked'" in page
    assert "<b>" not in page

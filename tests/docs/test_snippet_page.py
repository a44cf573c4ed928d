"""The pages about the snippet name what is in its sources."""

from __future__ import annotations

import re

from engine.core.events import PAGE_KINDS
from tests.docs.pages import CHECKOUT, DOCS, first_column, section

PAGE = DOCS / "reference" / "snippet.md"
A_FEW_BYTES = 100
SOURCES = CHECKOUT / "js-snippet" / "src"


def source(name: str) -> str:
    return (SOURCES / name).read_text("utf-8")


def everything() -> str:
    return "".join(path.read_text("utf-8") for path in sorted(SOURCES.rglob("*.js")))


def test_attributes_that_are_told_are_those_that_are_read() -> None:
    told = {name for name in first_column(PAGE.read_text("utf-8")) if name.startswith("data-shopbell-")}
    read = set(re.findall(r"(?:attribute|jsonAttribute)\(document, '(\w+)'\)", everything()))
    assert told == {f"data-shopbell-{name}" for name in read}


def test_calls_that_are_told_are_those_that_are_offered() -> None:
    told = set(re.findall(r"`shopbell\('(\w+)'", section(PAGE, "## What the page holds for it")))
    (offered,) = re.findall(r"offerApi\(page, \{(.*?)\}\)", source("main.js"), re.S)
    assert told == set(re.findall(r"^ {4}(\w+)[:(]", offered, re.M))


def test_storage_that_is_told_is_that_which_is_used() -> None:
    told = set(re.findall(r"`(shopbell\.\w+)`", section(PAGE, "## What it keeps")))
    assert told == set(re.findall(r"^const KEY = '([\w.]+)';$", everything(), re.M))


def test_sizes_that_are_told_are_the_budget_of_the_build() -> None:
    told = {int(size.replace(",", "")) for size in re.findall(r"([\d,]+) bytes", PAGE.read_text("utf-8"))}
    budget = (CHECKOUT / "js-snippet" / "budget.mjs").read_text("utf-8")
    assert told == set(map(int, re.findall(r"^const \w+ = (\d+);", budget, re.M)))


def test_measured_sizes_are_about_those_of_the_files() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| ([\d,]+) \|$", section(PAGE, "## What it costs"), re.M)
    told = {name: int(size.replace(",", "")) for name, size in rows}
    # s.js.br, p.HASH.js.br, k.KIND.HASH.js.br, r.PLATFORM.HASH.js.br
    name_of = re.compile(r"(?:k\.)?(s\.js|(?:\w+\.)*\w+(?=\.[0-9a-f]{10}\.js))")
    built = {
        name_of.findall(path.name)[0]: path.stat().st_size for path in (CHECKOUT / "js-snippet" / "dist").glob("*.br")
    }
    assert told.keys() == built.keys()
    assert all(abs(told[name] - size) < A_FEW_BYTES for name, size in built.items())


def test_colours_that_are_told_are_those_of_the_style_sheet() -> None:
    properties = dict(re.findall(r"var\((--shopbell-[\w-]+),(#\w+)\)", source("popup/style.js")))
    told = dict(re.findall(r"^\| `(--[\w-]+)` \|.*\| `(#\w+)` \|$", PAGE.read_text("utf-8"), re.M))
    assert told == properties


def test_merchants_are_told_every_kind_of_page() -> None:
    guide = DOCS / "how-to" / "add-shopbell-to-your-shop.md"
    told = {kind for cell in first_column(section(guide, "## 3. What a page is")) for kind in cell.split()}
    assert told == set(PAGE_KINDS) - {"any"}

import pytest

from engine.demo.catalog import HERE, load_catalog, load_texts
from engine.demo.language import LANGUAGES, choose_language, money


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-TW"),
        ("zh-HK", "zh-TW"),
        ("en-GB,zh-TW;q=0.9", "en"),
        ("en;q=0.5,zh-TW;q=0.9", "zh-TW"),
        ("fr-FR,fr;q=0.9,zh;q=0.5", "zh-TW"),
        ("zh;q=0,en;q=0.1", "en"),
        ("zh;q=loud,en;q=0.1", "en"),
        ("de,*;q=0.1", "en"),
        (";;,=q;", "en"),
    ],
)
def test_without_a_wish_the_browser_says_the_language(accepted: str | None, language: str) -> None:
    assert choose_language(None, None, accepted) == language


def test_the_address_counts_more_than_the_cookie_and_the_cookie_more_than_the_browser() -> None:
    assert choose_language("en", "zh-TW", "zh-TW") == "en"
    assert choose_language(None, "zh-TW", "en") == "zh-TW"


def test_a_language_we_do_not_speak_is_no_wish() -> None:
    assert choose_language("fr", "<script>", "zh-TW") == "zh-TW"


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "NT$0"), (80, "NT$80"), (1280, "NT$1,280"), (-100, "\N{MINUS SIGN}NT$100")]
)
def test_money_is_written_as_in_taiwan(amount: int, text: str) -> None:
    assert money(amount) == text


@pytest.mark.parametrize("file", ["texts.yaml", "home-texts.yaml"])
def test_every_text_is_there_in_both_languages(file: str) -> None:
    for key, wording in load_texts(HERE / file).items():
        assert set(wording) == set(LANGUAGES), key
        assert all(wording.values()), key


def test_every_product_is_described_in_both_languages() -> None:
    for product in load_catalog().products:
        for wording in (product.name, product.line, product.story, product.facts):
            assert set(wording) == set(LANGUAGES), product.sku
        assert {len(facts) for facts in product.facts.values()} == {3}, product.sku


def test_chinese_texts_use_full_width_punctuation() -> None:
    wordings = [*load_texts(HERE / "texts.yaml").values(), *load_texts(HERE / "home-texts.yaml").values()]
    for product in load_catalog().products:
        wordings += [product.name, product.line, product.story]
    for wording in wordings:
        assert not set(wording["zh-TW"]) & set(",;?!"), wording["zh-TW"]

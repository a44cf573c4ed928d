"""Rule files made to break the engine, or to get out of the language: refused with a sentence, and nothing is run."""

from __future__ import annotations

import pytest

from engine.core.rule_errors import RuleErrors
from engine.core.rulefile import read_rules

SHOW = "  show: {chat: {text: Hello}}\n"


def refusal(text: str) -> str:
    with pytest.raises(RuleErrors) as refused:
        read_rules({"a.yaml": text})
    return str(refused.value)


def rule(when: str) -> str:
    return f"- rule: r\n  when: [{when}]\n{SHOW}"


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system ['true']",
        "!!python/name:os.system",
        "!!python/module:os",
        "!include /etc/passwd",
    ],
)
def test_tag_that_would_make_an_object_is_refused(tag: str) -> None:
    assert "tags are not allowed" in refusal(f"- rule: {tag}\n  when: [page is cart]\n{SHOW}")


def test_billion_laughs_are_refused_at_the_first(tmp_path: object) -> None:
    lines = [
        "a: &a [lol, lol]",
        *(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]" for n in range(20)),
    ]
    assert "aliases are not allowed" in refusal("\n".join(lines))


def test_ten_megabytes_are_not_even_parsed() -> None:
    assert "exceeds limit of 1048576 bytes" in refusal("# " + "x" * 10_000_000)


def test_thousand_levels_are_refused() -> None:
    assert "nested deeper than 60 levels" in refusal("[" * 1_000 + "]" * 1_000)


def test_key_given_twice_and_merge_keys_are_refused() -> None:
    assert "given twice" in refusal(f"- rule: r\n  rule: s\n  when: [page is cart]\n{SHOW}")
    assert "merge keys are not allowed" in refusal(f"- <<: {{rule: r}}\n  when: [page is cart]\n{SHOW}")


def test_rule_of_a_million_terms_is_refused() -> None:
    terms = ", ".join(["cart.value > 1"] * 2_000)
    assert "condition" in refusal(rule(terms))
    assert "exceeds limit" in refusal(rule(", ".join(["cart.value > 1"] * 1_000_000)))


@pytest.mark.parametrize(
    "line",
    [
        "cart.__class__ > 1", "cart.value.__class__.__mro__ > 1", "__import__('os').system('true') > 1",
        "page.__init__ is x",
        "visitor.field(__class__).__mro__ is x", "eval(1) > 0", "lambda: 0", "cart.value > (lambda: 1)()",
        "cart.value > cart.value", "{{cart.value}} > 1",
    ],
)  # fmt: skip
def test_name_that_is_no_fact_is_a_sentence_and_never_looked_up(line: str) -> None:
    assert "a.yaml:2:" in refusal(f'- rule: r\n  when: ["{line}"]\n{SHOW}')


@pytest.mark.parametrize("pattern", ["(a+)+$", "(.*a){20}", "*a" * 30, "*" * 200 + "b"])
def test_pattern_is_a_plain_glob_and_takes_no_time(pattern: str) -> None:
    rules = read_rules({"a.yaml": f"- rule: r\n  when: ['page.path matches \"/{pattern}\"']\n{SHOW}"})
    [compiled] = rules.rules
    assert compiled.rule.id == "r"


def test_text_of_a_popup_is_no_markup_and_no_code() -> None:
    text = "<img src=x onerror=alert(1)> {{7*7}} </script>"
    assert "unknown placeholder '7*7'" in refusal(
        f"- rule: r\n  when: [page is cart]\n  show: {{chat: {{text: '{text}'}}}}\n"
    )


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//evil.example"]
)
def test_link_of_a_popup_leads_to_the_web_and_nowhere_else(url: str) -> None:
    show = f"{{coupon: {{title: T, code: X, coupon_url: '{url}'}}}}"
    other = f"{{image: {{src: '{url}', alt: A, url: '{url}'}}}}"
    for each in (show, other):
        refusal(f"- rule: r\n  when: [page is cart]\n  show: {each}\n")

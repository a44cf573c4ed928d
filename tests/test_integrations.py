"""What merchants take from integrations/ is of the form that its platform asks for."""

import json
import re
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "integrations"
TEMPLATE = FOLDER / "google-tag-manager" / "shopbell.tpl"
SECTIONS = [
    "TERMS_OF_SERVICE", "INFO", "TEMPLATE_PARAMETERS", "SANDBOXED_JS_FOR_WEB_TEMPLATE", "WEB_PERMISSIONS", "TESTS",
    "NOTES",
]  # fmt: skip


def sections() -> dict[str, str]:
    """Return the parts of the template by their names, as Tag Manager reads them."""
    _, *parts = re.split(r"^___([A-Z_]+)___$", TEMPLATE.read_text("utf-8"), flags=re.M)
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


def test_template_of_tag_manager_has_the_parts_it_is_made_of() -> None:
    parts = sections()
    assert list(parts) == SECTIONS
    info: dict[str, Any] = json.loads(parts["INFO"])
    assert (info["type"], info["containerContexts"]) == ("TAG", ["WEB"])


def test_template_of_tag_manager_asks_for_what_it_uses_and_no_more() -> None:
    parts = sections()
    code = parts["SANDBOXED_JS_FOR_WEB_TEMPLATE"]
    fields = {each["name"] for each in json.loads(parts["TEMPLATE_PARAMETERS"])}
    assert set(re.findall(r"data\.(\w+)", code)) - {"gtmOnSuccess", "gtmOnFailure"} == fields
    permissions = [each["instance"]["key"]["publicId"] for each in json.loads(parts["WEB_PERMISSIONS"])]
    assert permissions == ["inject_script"]
    assert set(re.findall(r"require\('(\w+)'\)", code)) == {"injectScript", "encodeUriComponent"}


def test_settings_of_the_shopify_block_are_those_it_reads() -> None:
    text = (FOLDER / "shopify" / "shopbell-embed.liquid").read_text("utf-8")
    found = re.search(r"{% schema %}(.*){% endschema %}", text, re.S)
    assert found is not None
    schema: dict[str, Any] = json.loads(found[1])
    assert schema["target"] == "head"
    assert {each["id"] for each in schema["settings"]} == set(re.findall(r"block\.settings\.(\w+)", text))

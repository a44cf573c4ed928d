"""The operator's page names every reason that a metric can have."""

import re

from tests.docs.pages import CHECKOUT, DOCS, first_column, section

PAGE = DOCS / "reference" / "operating.md"


def test_every_reason_of_a_refusal_is_told() -> None:
    sources = "".join(path.read_text("utf-8") for path in sorted((CHECKOUT / "engine").rglob("*.py")))
    calls = re.findall(r"(?:telemetry|self)\.refused\((.*)\)$", sources, re.M)
    reasons = {reason for call in calls for reason in re.findall(r'"(\w+)"', call)}
    told = {word for word in first_column(section(PAGE, "## Metrics")) if not word.startswith("shopbell_")}
    assert told == reasons

"""The operator's reference says what the code does."""

from tools.render_operating_reference import PAGE, render_page


def test_tables_of_settings_and_metrics_are_current() -> None:
    page = PAGE.read_text("utf-8")
    assert page == render_page(page), "render it with: python -m tools.render_operating_reference"
    assert "| `--redis` | `SHOPBELL_REDIS_URL` |" in page
    assert "| `shopbell_holds_total` | `rule`, `reason` |" in page

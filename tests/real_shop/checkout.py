"""EverShop's checkout, filled in by a shopper who pays in cash."""

from playwright.sync_api import Page

CONTACT = {
    "contact.email": "ann@shopper.example",
    "shippingAddress.full_name": "Ann Lee",
    "shippingAddress.telephone": "5550100",
    "shippingAddress.address_1": "1 Main Street",
    "shippingAddress.city": "Springfield",
}

AT_LEAST_MS = 1500
"""The shop's own scripts say nowhere in the page when they have saved what was chosen."""


def order(page: Page) -> None:
    """Fill in the checkout that is open, and place the order."""
    for name, value in CONTACT.items():
        page.fill(f"[name='{name}']", value)
    _choose(page, "Country", "United States")
    _choose(page, "Province", "California")
    page.fill("[name='shippingAddress.postcode']", "90210")
    page.keyboard.press("Tab")
    page.get_by_text("Parcel", exact=True).click()
    page.get_by_text("Shipping (Parcel)").wait_for()
    page.get_by_text("Cash on").first.click()
    place = page.get_by_role("button", name="Place Order")
    place.wait_for()
    page.wait_for_timeout(AT_LEAST_MS)
    place.click()
    page.wait_for_url("**/checkout/success/**")


def _choose(page: Page, field: str, option: str) -> None:
    page.locator("button", has_text=field).click()
    page.get_by_role("option", name=option, exact=True).first.click()

"""The shop that the shoppers of the benchmarks visit."""

from __future__ import annotations

from typing import Any

CATEGORIES = ("shoes", "kitchen", "garden", "books")
CAMPAIGNS = ("", "summer", "double-eleven", "newsletter")
PRODUCTS: tuple[dict[str, Any], ...] = tuple(
    {
        "id": f"sku-{n}",
        "name": f"Product number {n}",
        "price": 180 + 370 * n,
        "currency": "TWD",
        "category": CATEGORIES[n % len(CATEGORIES)],
        "stock": 3 + 7 * n,
        "image": f"/pictures/product-{n}.webp",
    }
    for n in range(12)
)

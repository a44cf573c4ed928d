"""What the demo shop sells, read from ``catalog.yaml`` once at start."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from engine.demo.language import Language, Wording

HERE: Final = Path(__file__).parent
FEW: Final = 5
MOST_PER_LINE: Final = 10


@dataclass(frozen=True, slots=True)
class Category:
    """A shelf of the shop."""

    id: str
    name: Wording
    intro: Wording


@dataclass(frozen=True, slots=True)
class Product:
    """Something to buy; ``price`` is in whole New Taiwan dollars, a ``stock`` of 0 is sold out."""

    sku: str
    category: Category
    price: int
    stock: int
    featured: bool
    name: Wording
    line: Wording
    story: Wording
    facts: Mapping[Language, tuple[str, ...]]

    @property
    def picture(self) -> str:
        """The name of its illustration among the shop's static files."""
        return f"products/{self.sku}.svg"

    @property
    def most(self) -> int:
        """How many one order may hold."""
        return min(self.stock, MOST_PER_LINE)

    @property
    def is_scarce(self) -> bool:
        """Few enough are left that the page says so."""
        return 0 < self.stock <= FEW

    def matches(self, words: list[str]) -> bool:
        """Every word occurs in its names, lines or shelf, in whichever language."""
        wordings = (self.name, self.line, self.category.name)
        text = " ".join(value for wording in wordings for value in wording.values()).casefold()
        return all(word in text for word in words)


@dataclass(frozen=True, slots=True)
class Catalog:
    """All shelves and goods, in the order in which the shop shows them."""

    categories: tuple[Category, ...]
    products: tuple[Product, ...]

    def category(self, id: str) -> Category | None:
        return next((category for category in self.categories if category.id == id), None)

    def product(self, sku: str) -> Product | None:
        return next((product for product in self.products if product.sku == sku), None)

    def on_shelf(self, category: Category) -> list[Product]:
        return [product for product in self.products if product.category is category]

    def featured(self) -> list[Product]:
        return [product for product in self.products if product.featured]

    def search(self, query: str) -> list[Product]:
        """Return what matches every word of ``query``; nothing for an empty one."""
        words = query.casefold().split()
        return [product for product in self.products if product.matches(words)] if words else []

    def beside(self, product: Product) -> list[Product]:
        """Return three goods from other shelves to show beside ``product``, always the same ones."""
        start = self.products.index(product)
        around = self.products[start + 1 :] + self.products[:start]
        others = [other for other in around if other.category is not product.category and other.stock > 0]
        return others[1::3][:3]


def load_catalog(path: Path = HERE / "catalog.yaml") -> Catalog:
    """Return the catalogue written in ``path``."""
    written = yaml.safe_load(path.read_text("utf-8"))
    categories = tuple(Category(**entry) for entry in written["categories"])
    shelves = {category.id: category for category in categories}
    return Catalog(categories, tuple(product_of(entry, shelves) for entry in written["products"]))


def product_of(entry: Mapping[str, Any], shelves: Mapping[str, Category]) -> Product:
    """Return the product that one entry of the file describes."""
    facts = {language: tuple(lines) for language, lines in entry["facts"].items()}
    return Product(**{"featured": False, **entry, "category": shelves[entry["category"]], "facts": facts})


def load_texts(path: Path) -> Mapping[str, Wording]:
    """Return the wordings written in ``path``, by key."""
    wordings: Mapping[str, Wording] = yaml.safe_load(path.read_text("utf-8"))
    return wordings

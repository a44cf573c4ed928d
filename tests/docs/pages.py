"""The pages of the documentation: their examples, headings and links."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent.parent
DOCS = CHECKOUT / "docs"
RULES_README = CHECKOUT / "rules" / "README.md"

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.M | re.S)
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(?P<title>.+?) *$", re.M)


@dataclass(frozen=True, slots=True)
class Example:
    """A fenced block of a page. Its ``language`` is what stands behind the fence; ``where`` is file and line."""

    page: Path
    where: str
    language: str
    text: str


def all_pages() -> list[Path]:
    """Return every page that this repository shows to people."""
    return [
        *sorted(CHECKOUT.glob("*.md")),
        *sorted(DOCS.rglob("*.md")),
        RULES_README,
        CHECKOUT / "js-snippet" / "README.md",
    ]


def name_of(page: Path) -> str:
    """Return a page's path as it is called in the repository."""
    return page.relative_to(CHECKOUT).as_posix()


def examples(page: Path, *languages: str) -> list[Example]:
    """Return the fenced blocks of these languages, in their order."""
    text = page.read_text("utf-8")
    return [
        Example(page, f"{name_of(page)}:{text.count(chr(10), 0, found.start()) + 1}", found["language"], found["text"])
        for found in _FENCE.finditer(text)
        if found["language"] in languages
    ]


def prose(page: Path) -> str:
    """Return a page without its fenced blocks."""
    return _FENCE.sub("", page.read_text("utf-8"))


def links(page: Path) -> list[str]:
    """Return where a page's links and pictures lead."""
    return [found["target"] for found in _LINK.finditer(prose(page))]


def anchors(page: Path) -> set[str]:
    """Return what may stand behind # in a link to a page, as GitHub makes it of the headings."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in _HEADING.finditer(prose(page)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading["title"]).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def section(page: Path, heading: str) -> str:
    """Return the text under a heading, up to the next one of its level or above."""
    text = page.read_text("utf-8")
    start = text.index(f"\n{heading}\n") + len(heading) + 2
    level = len(heading) - len(heading.lstrip("#"))
    end = re.compile(rf"^#{{1,{level}}} ", re.M).search(text, start)
    return text[start : end.start() if end else len(text)]


def first_column(text: str) -> list[str]:
    """Return the words in backticks of the first column of all tables in a text."""
    cells = [line.split(" | ", 1)[0] for line in text.splitlines() if line.startswith("| `")]
    return [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]

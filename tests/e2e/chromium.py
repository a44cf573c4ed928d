"""Where Chromium is, and how the tests start it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]

WATCH = (Path(__file__).parent / "watch.js").read_text()
"""Runs before anything of a page; see there for what it keeps."""


def chromium_path() -> str:
    """Return the browser's program: the one that ``SHOPBELL_TEST_CHROMIUM`` names, else Chromium on the PATH."""
    path = os.environ.get("SHOPBELL_TEST_CHROMIUM") or shutil.which("chromium")
    assert path, "no chromium on the PATH, expected one, or its path in SHOPBELL_TEST_CHROMIUM"
    return path


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium under Playwright, which gives every page the focus and keeps it visible."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()

"""Drive Debian's headless Chromium (测试用浏览器)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")


class ChromiumMissing(RuntimeError):
    """No Chromium is installed."""


def find_chromium() -> str:
    """Return the path of the installed browser."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    raise ChromiumMissing(
        "the page tests need Chromium: run `make test`, which installs it, or `apt-get install chromium` as root"
    )


@contextmanager
def open_browser(path: str) -> Iterator[Browser]:
    """Open a headless browser; without Chromium's sandbox only where root leaves no choice."""
    from playwright.sync_api import sync_playwright

    arguments = ["--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()

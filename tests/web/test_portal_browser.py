"""A unit's manager reports from a phone, in a real browser (企业手机全程)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from tests.support.chromium import open_browser
from tests.web.test_portal import Ordered, ordered, served

__all__ = ["ordered", "served"]
pytestmark = pytest.mark.browser


@pytest.fixture
def address(served: Ordered) -> Iterator[str]:
    """The office on a port of this machine."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(served.office.app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    for _ in range(200):
        if server.started:
            break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()


def test_a_report_is_written_on_a_phone(served: Ordered, address: str, chromium_path: str) -> None:
    complaints: list[str] = []
    with open_browser(chromium_path) as browser:
        for width in (390, 320):
            context = browser.new_context(viewport={"width": width, "height": 800}, base_url=address, locale="zh-CN")
            page = context.new_page()
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            for place in (served.home, served.form("report"), served.form("request_extension"), "/public"):
                page.goto(place)
                assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (place, width)
            page.goto(served.home)
            heights = page.locator(".own-buttons .button").evaluate_all(
                "all => all.map(each => each.getBoundingClientRect().height)"
            )
            assert heights and min(heights) >= 44
            page.get_by_text("日期是怎么算的").click()
            assert page.locator(".strip .cell.due").is_visible()
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            assert complaints == []
            if width == 320:
                page.get_by_role("link", name="提交整改报告").click()
                page.get_by_label("整改情况").fill("已清理，合同附后")
                page.get_by_role("button", name="提交").click()
                page.wait_for_url("**done=**")
                assert page.get_by_role("status").inner_text().startswith("已提交：提交整改报告")
            context.close()
    assert served.office.matter(served.order).state == "report_submitted"

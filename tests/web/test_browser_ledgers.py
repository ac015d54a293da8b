"""A clerk hands a ledger in with a real browser, chooses its columns and confirms it, down to a phone (浏览器上传台账)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from tests.support.chromium import open_browser
from tests.web.office import PASSWORD, Office
from tests.web.test_ledgers import ledger, row

if TYPE_CHECKING:
    from playwright.sync_api import ViewportSize

pytestmark = pytest.mark.browser
SIZES: tuple[ViewportSize, ...] = ({"width": 1366, "height": 900}, {"width": 390, "height": 844})


@pytest.fixture
def served(office: Office) -> Iterator[str]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(office.app, log_level="warning"))
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


def test_a_ledger_is_handed_in_read_as_the_clerk_says_and_confirmed(
    chromium_path: str, served: str, office: Office, tmp_path: Path
) -> None:
    complaints: list[str] = []
    with open_browser(chromium_path) as browser:
        for number, size in enumerate(SIZES, start=1):
            file = tmp_path / f"第{number}周.csv"
            file.write_bytes(ledger(row(number)))
            page = browser.new_context(viewport=size, base_url=served, locale="zh-CN").new_page()
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            page.goto("/ledgers")
            page.get_by_label("账号").fill("U05")
            page.get_by_label("口令").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.wait_for_url("**/ledgers")
            page.get_by_label("台账文件").set_input_files(file)
            page.get_by_role("button", name="上传并核对").click()
            page.wait_for_url("**/ledgers/*")
            if number == 1:
                assert page.get_by_text("有错误，还不能整本导入").is_visible()
                page.get_by_label("“场所名”对应").select_option(label="被检查单位")
                page.get_by_role("button", name="按此重新核对").click()
            page.get_by_text("核对通过，可以导入").wait_for()
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), size
            page.get_by_role("button", name="确认导入").click()
            page.get_by_role("heading", name="已由戊示例导入").wait_for()
            assert office.matter(f"N{number}").state == "recorded"
            with page.expect_download() as waiting:
                page.goto("/ledgers")
                page.get_by_role("button", name="下载台账").click()
            assert waiting.value.suggested_filename.endswith(".xlsx") and waiting.value.path().stat().st_size > 1_000
    assert not complaints, complaints

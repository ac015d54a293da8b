"""A leader's morning in a real browser: sign in, open the first task, accept it, download the letter (浏览器全程)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
import uvicorn

from tests.support.chromium import open_browser
from tests.web.crowd import fill
from tests.web.office import PASSWORD, Office, register
from tests.web.test_papers import print_letters

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

pytestmark = pytest.mark.browser
CASE = "YX-2026-0301"
DESKTOP, PHONE = {"width": 1366, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    with open_browser(chromium_path) as browser:
        yield browser


@pytest.fixture
def served(office: Office) -> Iterator[str]:
    """The office on a port of this machine, with a full inbox and one case that waits for acceptance."""
    with office.desk.transaction() as session:
        fill(session)
    register(office, "CY-07")
    office.at("U05").act("/matters/F1/assign", kind="lead", department="ZFJ")
    office.at("U05").act(f"/matters/{CASE}/submit")
    office.at("U06").act(f"/matters/{CASE}/approve")
    print_letters(office)
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


@pytest.fixture
def page(chromium: Browser, served: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that must not complain: not of a blocked script, nor of a missing file."""
    context = chromium.new_context(
        viewport=cast("ViewportSize", getattr(request, "param", DESKTOP)),
        base_url=served,
        locale="zh-CN",
        accept_downloads=True,
    )
    found = context.new_page()
    complaints: list[str] = []
    expected = ("409", "422")  # a refusal is an answer, though the browser calls it an error
    found.on(
        "console",
        lambda said: (
            complaints.append(said.text)
            if said.type == "error" and not any(f"status of {code}" in said.text for code in expected)
            else None
        ),
    )
    found.on("pageerror", lambda error: complaints.append(str(error)))
    yield found
    context.close()
    assert not complaints, complaints


def sign_in(page: Page, account: str = "U02") -> None:
    page.goto("/")
    page.get_by_label("账号").fill(account)
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "/login" not in address)


def fits(page: Page) -> bool:
    """Nothing sticks out to the right."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_leader_accepts_a_case_and_downloads_its_letter(page: Page, office: Office, tmp_path: Path) -> None:
    sign_in(page)
    assert page.get_by_role("heading", name="收件箱").is_visible()
    page.get_by_role("searchbox").fill(CASE)
    page.keyboard.press("Enter")
    page.get_by_text("待我办理：受理、要求补正或退回").first.click()
    page.wait_for_url(f"**/cases/{CASE}")
    page.get_by_role("button", name="受理", exact=True).click()
    page.get_by_label("承办人").fill("丙示例")
    assert "起算期限“线索核查决定是否立案”" in page.locator(".act").inner_text()
    page.get_by_role("button", name="确认受理").click()
    page.wait_for_url("**done=**")
    assert page.get_by_text("已办理：受理").is_visible()
    assert office.matter(CASE).state == "accepted"
    with page.expect_download() as waiting:
        page.locator(".paper", has_text="案件（线索）移送函").get_by_role("link", name="下载 PDF").click()
    letter = tmp_path / "letter.pdf"
    waiting.value.save_as(letter)
    assert letter.read_bytes().startswith(b"%PDF-") and "云市监移〔2026〕1号" in waiting.value.suggested_filename


def test_the_walk_of_a_clock_is_shown_where_it_stands(page: Page) -> None:
    sign_in(page)
    page.goto(f"/cases/{CASE}")
    clock = page.locator(".clock", has_text="移送→受理/退回决定")
    clock.get_by_text("怎么算的").click()
    clock.locator(".strip .cell").first.wait_for()
    cells = clock.locator(".strip .cell")
    assert cells.first.get_attribute("class") == "cell start today" and "due" in (
        cells.last.get_attribute("class") or ""
    )
    assert cells.count() == 4, "11月16日 to 11月19日"
    assert fits(page)


def test_a_refusal_appears_in_place_and_is_read_out(page: Page) -> None:
    sign_in(page)
    page.goto(f"/cases/{CASE}")
    page.get_by_role("button", name="退回（无管辖权）").click()
    page.get_by_label("理由").fill("不属本部门职责")
    page.get_by_role("button", name="确认退回（无管辖权）").click()
    refusal = page.get_by_role("alert")
    refusal.wait_for()
    assert "须填写：依据的条款或清单条目、拟管辖部门" in refusal.inner_text()
    assert page.get_by_label("理由").input_value() == "不属本部门职责"
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    page.keyboard.press("Escape")
    assert page.locator(".act").count() == 0


def test_the_keyboard_is_enough(page: Page) -> None:
    sign_in(page, "U05")
    page.goto("/?view=open")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("[data-row]").nth(1)
    assert page.evaluate("document.activeElement.getAttribute('href')") == second.get_attribute("href")
    page.keyboard.press("k")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    first = page.locator("[data-row]").first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{first}")


def test_the_list_grows_where_it_stands(page: Page) -> None:
    sign_in(page, "U05")
    page.goto("/?view=open")
    assert page.locator(".task").count() == 40
    page.get_by_role("link", name="继续显示").click()
    page.locator(".task").nth(79).wait_for()
    assert "已显示第 1–80 件" in page.locator("#more").inner_text()
    assert page.locator("ol#tasks > li.task").count() == 80


@pytest.mark.parametrize(
    "page",
    [PHONE, {"width": 320, "height": 640}, {"width": 820, "height": 1180}],
    indirect=True,
    ids=["390", "320", "820"],
)
def test_it_fits_a_phone(page: Page) -> None:
    sign_in(page)
    for address in (
        "/?view=open",
        "/board",
        "/notices",
        f"/cases/{CASE}",
        f"/matters/{CASE}/return_jurisdiction",
        "/account",
    ):
        page.goto(address)
        assert fits(page), address
    page.goto(f"/cases/{CASE}")
    sizes = page.locator(".buttons .button").evaluate_all("all => all.map(each => each.getBoundingClientRect().height)")
    assert min(sizes) >= 38


def test_the_colours_of_lateness_can_be_read(page: Page) -> None:
    sign_in(page, "U05")
    page.goto("/?view=open")
    poor = page.locator(".level, .task-term, .task-meta, .state, .quiet, .task-todo, .tab-count, .flag").evaluate_all(
        CONTRAST
    )
    assert not [entry for entry in poor if entry[1] < 4.5], sorted(poor, key=lambda entry: entry[1])[:5]


CONTRAST = """all => {
  const parts = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour.slice(0, 3);
    }
    return [255, 255, 255];
  };
  return all.map((each) => {
    const a = light(parts(getComputedStyle(each).color).slice(0, 3)), b = light(ground(each));
    return [each.className + " " + each.textContent.slice(0, 12), (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
  });
}"""

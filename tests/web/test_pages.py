"""What holds for every page: headers, no scripts or styles in the markup, nothing from outside (页面规范)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.web.office import ROOT, Office, Page, register
from yisong.web.app import create_app

TEMPLATES = sorted((ROOT / "templates" / "pages").glob("*.html"))
PAGES = (
    "/",
    "/?view=open",
    "/board",
    "/notices",
    "/account",
    "/cases/F1",
    "/matters/F1/assign",
    "/cases/nothing",
    "/verify/nothing",
    "/login",
)


@pytest.mark.parametrize("address", [*PAGES, "/healthz", "/static/yisong.css"])
def test_every_answer_carries_the_headers_that_protect_it(office: Office, address: str) -> None:
    register(office, "CY-07")
    headers = office.at("U01").get(address).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "http" not in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store" or address.startswith("/static/")


def test_an_error_of_ours_is_a_page_that_keeps_its_headers_and_its_secrets(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fastapi.testclient import TestClient

    from yisong.store import inbox

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret of the database")

    browser = office.at("U05")
    monkeypatch.setattr(inbox, "page", broken)
    client = TestClient(office.app, raise_server_exceptions=False, cookies=browser.client.cookies)
    answer = client.get("/")
    assert answer.status_code == 500 and "系统出错" in answer.text and "secret" not in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_no_template_needs_an_exception_from_the_policy(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text), "styles belong into the sheet"
    assert not re.search(r"<script(?![^>]*\ssrc=)", text), "scripts belong into their file"
    assert not re.search(r"\son[a-z]+\s*=", text), "handlers belong into the script"
    assert not re.search(r"hx-on|hx-vals\s*=\s*['\"]js:|\|\s*safe", text)
    assert not re.search(r"(src|href)\s*=\s*[\"']?(https?:)?//", text)


@pytest.mark.parametrize("address", PAGES)
def test_every_field_has_a_label_and_every_button_a_name(office: Office, address: str) -> None:
    register(office, "CY-07", "CY-08")
    page = Page(office.at("U01").get(address).text) if address != "/login" else office.stranger().page("/login")
    labelled = {at["for"] for tag, at in page.tags if tag == "label" and "for" in at}
    for tag, at in page.tags:
        if tag in ("input", "select", "textarea") and at.get("type") not in ("hidden", "radio", "checkbox", "submit"):
            assert at.get("id") in labelled, at
        if tag == "img":
            assert "alt" in at
    assert [tag for tag, _ in page.tags].count("h1") == 1 or address.startswith("/matters/")
    assert ("html", {"lang": "zh-CN"}) in page.tags


def test_what_people_typed_is_text_and_never_markup(office: Office) -> None:
    register(office, "CY-07")
    office.at("U05").act("/matters/F1/assign", kind="lead", department="ZFJ")
    evil = '<script>alert(1)</script>\n"><img src=x onerror=alert(1)>{{ 7*7 }}'
    assert office.at("U05").act("/matters/YX-2026-0001/submit", remark=evil).status_code == 303
    text = office.at("U06").get("/cases/YX-2026-0001").text
    assert (
        "&lt;script&gt;alert(1)&lt;/script&gt;\n&#34;" in text
        and "<img src=x" not in text
        and "49" not in re.sub(r"\d{3,}", "", text.split("备注")[1][:200])
    )


def test_the_page_is_there_without_any_script(office: Office) -> None:
    register(office, "CY-07")
    page = office.at("U05").page("/cases/F1")
    assert all(link["href"].startswith("/matters/F1/") for link in page.links if "data-act" in link)
    whole = office.at("U05").get("/matters/F1/assign").text
    assert "<html" in whole and 'method="post"' in whole


def test_files_of_the_page_may_be_kept_because_their_address_changes_with_them(office: Office) -> None:
    page = office.stranger().page("/login")
    sheet = next(at["href"] for tag, at in page.tags if tag == "link" and at.get("rel") == "stylesheet")
    assert re.fullmatch(r"/static/yisong\.css\?v=[0-9a-f]{10}", sheet)
    assert "immutable" in office.stranger().get(sheet).headers["cache-control"]


def test_nothing_lists_the_addresses_of_the_application(office: Office) -> None:
    for address in ("/docs", "/redoc", "/openapi.json", "/static/", "/static/../app.py", "/fonts/YisongKai.ttf"):
        assert office.stranger().get(address).status_code in (404, 405), address


def test_the_watcher_is_told_when_the_database_is_gone(office: Office, tmp_path: Path) -> None:
    assert office.stranger().get("/healthz").json() == {"status": "ok"}
    office.desk.close()
    for file in tmp_path.glob("yisong.db*"):
        file.unlink()
    (tmp_path / "yisong.db").mkdir()
    answer = office.stranger().get("/healthz")
    assert answer.status_code == 503 and answer.json() == {"status": "database_unavailable"}
    assert create_app(office.desk).title

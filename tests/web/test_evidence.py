"""Evidence on the page of a case: brought, looked at, voided, and the list of materials with its ticks (证据材料)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import col, select

from models import Evidence
from tests.intake.photographs import PDF, photograph, zipped
from tests.web.office import Browser, Office, Page, register
from yisong.web import evidence as room

CASE = "YX-2026-0001"


@pytest.fixture
def case(office: Office) -> Office:
    """A draft of the finding organ (SJJ) for the one answerable (ZFJ)."""
    register(office, "CY-07")
    office.at("U05").act("/matters/F1/assign", kind="lead", department="ZFJ")
    return office


def hand_in(browser: Browser, files: dict[str, bytes], *, code: str = CASE, **fields: str) -> Any:
    token = browser.page(f"/cases/{code}").form(f"/cases/{code}/evidence")
    parts = [("files", (name, data, "application/octet-stream")) for name, data in files.items()]
    return browser.client.post(f"/cases/{code}/evidence", data=token | fields, files=parts, follow_redirects=False)


def rows(office: Office) -> list[Evidence]:
    with office.desk.reading() as session:
        found = list(session.scalars(select(Evidence).order_by(col(Evidence.id))))
        session.expunge_all()
        return found


def test_files_are_brought_shown_with_what_is_odd_and_downloaded_as_they_were(case: Office) -> None:
    clerk, photo = case.at("U05"), photograph()
    answer = hand_in(clerk, {"F1 现场.jpg": photo, "检定证书.pdf": PDF}, remark="当事人签“与原件一致”")
    assert answer.status_code == 303
    page = clerk.get(answer.headers["location"]).text
    assert (
        "入卷 2 件" in page and "F1 现场" in page and "书证" in page and "没有拍摄时间" in page and "与原件一致" in page
    )
    picture, paper = rows(case)
    seen = clerk.get(f"/cases/{CASE}/evidence/{picture.id}?view=true")
    assert (
        seen.content == photo
        and seen.headers["content-type"] == "image/jpeg"
        and seen.headers["content-disposition"].startswith("inline")
    )
    assert "sandbox" in seen.headers["content-security-policy"]
    saved = clerk.get(f"/cases/{CASE}/evidence/{paper.id}?view=true")
    assert saved.content == PDF and saved.headers["content-disposition"].startswith("attachment"), (
        "only pictures open in the browser"
    )
    small = clerk.get(f"/cases/{CASE}/evidence/{picture.id}/small")
    assert small.status_code == 200 and small.headers["content-type"] == "image/jpeg"
    assert clerk.get(f"/cases/{CASE}/evidence/{paper.id}/small").status_code == 404
    story = clerk.get(f"/cases/{CASE}").text
    assert "证据入卷" in story and "2 件：F1 现场、检定证书" in story


def test_evidence_is_for_the_departments_of_the_case_and_those_who_oversee(case: Office) -> None:
    hand_in(case.at("U05"), {"现场.jpg": photograph()})
    (row,) = rows(case)
    for person in ("U05", "U03", "U01"):
        assert case.at(person).get(f"/cases/{CASE}/evidence/{row.id}").status_code == 200, person
    address = f"/cases/{CASE}/evidence/{row.id}"
    assert case.at("U09").get(address).status_code == 404
    assert case.stranger().get(address).status_code == 303
    register(case, "CY-07", unit="E05", code="G")
    assert case.at("U05").get(f"/cases/G1/evidence/{row.id}").status_code == 404, (
        "a piece of another case is none of this one"
    )
    assert "提交证据" not in case.at("U03").get(f"/cases/{CASE}").text, "whom it has not reached brings nothing to it"
    refused = case.at("U03")
    token = refused.page(f"/cases/{CASE}")
    answer = refused.client.post(f"/cases/{CASE}/evidence", data={"csrf": csrf_of(token)}, files=[("files", ("a.jpg", photograph(colour="red"), "image/jpeg"))])  # fmt: skip
    assert answer.status_code == 403 and len(rows(case)) == 1


def csrf_of(page: Page) -> str:
    return next(form["fields"]["csrf"] for form in page.forms if "csrf" in form["fields"])


@pytest.mark.parametrize(
    ("files", "words"),
    [({"照片.jpg": b"MZ\x90"}, "程序"), ({"包.zip": zipped({"a.txt": b"0" * 3_000_000})}, "压缩炸弹"), ({"锁.rar": b"Rar!\x1a\x07\x00"}, "压缩包"), ({}, "没有可以入卷的文件")],
)  # fmt: skip
def test_what_is_no_evidence_is_refused_on_the_same_page(case: Office, files: dict[str, bytes], words: str) -> None:
    answer = hand_in(case.at("U05"), files or {"": b""})
    assert answer.status_code == 422 and words in answer.text and CASE in answer.text
    assert rows(case) == []


def test_a_package_is_matched_to_the_findings_and_a_second_time_changes_nothing(case: Office) -> None:
    package = zipped({"F1/甲.jpg": photograph(), "笔录/现场检查笔录.pdf": PDF, "../外.jpg": b"x"})
    answer = hand_in(case.at("U05"), {"证据.zip": package})
    assert answer.status_code == 422 and "外.jpg" in answer.text, "a path that leads outside refuses the package"
    package = zipped({"F1/甲.jpg": photograph(), "笔录/现场检查笔录.pdf": PDF, "__MACOSX/x": b"x"})
    assert "brought=2" in hand_in(case.at("U05"), {"证据.zip": package}).headers["location"]
    assert "brought=0&already=2" in hand_in(case.at("U05"), {"证据.zip": package}).headers["location"]
    picture, record = rows(case)
    assert (picture.matter_id, record.matter_id) == (case.matter("F1").id, case.matter(CASE).id)


def test_a_form_that_is_forged_or_too_large_is_not_read(case: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = case.at("U05")
    parts = [("files", ("a.jpg", photograph(), "image/jpeg"))]
    assert clerk.client.post(f"/cases/{CASE}/evidence", data={"csrf": "x"}, files=parts).status_code == 403
    assert (
        case.stranger().client.post(f"/cases/{CASE}/evidence", files=parts, follow_redirects=False).status_code == 303
    )
    monkeypatch.setattr(room, "MOST_BYTES", 100)
    assert clerk.client.post(f"/cases/{CASE}/evidence", data={"csrf": "x"}, files=parts).status_code == 413
    assert rows(case) == []


def test_a_piece_is_voided_with_a_reason_and_stays_on_the_page(case: Office) -> None:
    clerk = case.at("U05")
    hand_in(clerk, {"现场.jpg": photograph()})
    (row,) = rows(case)
    address = f"/cases/{CASE}/evidence/{row.id}/void"
    fields = clerk.page(f"/cases/{CASE}").form(address)
    assert clerk.post(address, fields | {"reason": " "}).status_code == 422
    assert clerk.post(address, fields | {"reason": "传错案件"}).status_code == 303
    page = clerk.get(f"/cases/{CASE}").text
    assert "已作废的证据（1）" in page and "传错案件" in page
    assert clerk.get(f"/cases/{CASE}/evidence/{row.id}").status_code == 200


def test_the_list_tells_what_lacks_and_a_word_ticks_it(office: Office) -> None:
    register(office, "CY-07")
    with office.desk.transaction() as session:
        from yisong.store import evidence as stored

        _, finding = stored.findings_by_code(session, ["F1"])["F1"]
        finding.evidence_proposed = True
        session.add(finding)
    clerk = office.at("U05")
    clerk.act("/matters/F1/assign", kind="lead", department="ZFJ")
    page = clerk.get(f"/cases/{CASE}").text
    assert "还缺 2 项" in page and "移送材料不齐" in page
    assert f"/matters/{CASE}/submit" not in Page(page).acts()
    for point, words in (("RECORD", "原件1份3页，存执法档案室"), ("EVIDENCE", "灭火器2具，存证据室")):
        address = f"/cases/{CASE}/materials/{point}"
        fields = clerk.page(f"/cases/{CASE}").form(address)
        wrong = clerk.post(address, fields | {"stated": ""})
        assert wrong.status_code == 422 and "请写明" in wrong.text
        assert clerk.post(address, fields | {"stated": words}).status_code == 303
    page = clerk.get(f"/cases/{CASE}").text
    assert "已齐" in page and "灭火器2具" in page and "核对移送材料" in page
    assert f"/matters/{CASE}/submit" in Page(page).acts()
    withdrawn = clerk.post(f"/cases/{CASE}/materials/RECORD", {"csrf": csrf_of(Page(page)), "withdraw": "yes"})
    assert withdrawn.status_code == 303 and "还缺 1 项" in clerk.get(f"/cases/{CASE}").text
    assert (
        office.at("U09")
        .post(f"/cases/{CASE}/materials/RECORD", {"csrf": csrf_of(office.at("U09").page("/account")), "stated": "x"})
        .status_code
        == 404
    )


def test_a_file_that_was_changed_in_the_store_is_not_handed_out(case: Office) -> None:
    clerk = case.at("U05")
    hand_in(clerk, {"现场.jpg": photograph()})
    (row,) = rows(case)
    from pathlib import Path

    Path(case.desk.settings.evidence, row.sha256[:2], row.sha256[2:4], row.sha256).write_bytes(b"other")
    answer = clerk.get(f"/cases/{CASE}/evidence/{row.id}")
    assert answer.status_code == 409 and "摘要不符" in answer.text
    assert clerk.get(f"/cases/{CASE}/evidence-package.zip").status_code == 409

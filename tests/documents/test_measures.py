"""The measures of GB/T 9704-2012, taken from the printed PDF."""

from __future__ import annotations

import io
from collections import defaultdict
from datetime import date
from itertools import pairwise

import pikepdf
import pytest

from tests.documents.conftest import DAY, sample_letter, sample_pdf, shipped
from tests.documents.pages import Word, needs_poppler, words
from yisong.documents.letter import Letter, Paragraph, Run, Signature
from yisong.documents.pdf import render_pdf
from yisong.documents.pdf_finish import SEAL_KEY
from yisong.documents.seal import seal_box

pytestmark = needs_poppler
MM = 72 / 25.4
LEFT, RIGHT, TOP, BOTTOM = 28 * MM, (210 - 26) * MM, 37 * MM, (297 - 35) * MM


def letter_of(*blocks: Paragraph | Signature, layout: str = "gongwen", **more: object) -> Letter:
    fields: dict[str, object] = {
        "code": "x", "name": "试件", "layout": layout, "organ": "云溪县人民政府", "number": "云政〔2026〕1号", "urgency": "", "title": ("标题",),
        "addressee": "", "blocks": blocks, "attachment_names": (), "note": "", "copies": (), "attachments": (), "issuer": "云溪县人民政府",
        "issued_on": date(2026, 11, 20), "verify_url": "",
    }  # fmt: skip
    return Letter(**(fields | more))  # type: ignore[arg-type]


def lines(found: list[Word], page: int) -> list[list[Word]]:
    """Words of one page by line, top to bottom, page number left out."""
    rows: dict[int, list[Word]] = defaultdict(list)
    for word in found:
        if word.page == page and word.bottom < BOTTOM + 3:
            rows[round(word.middle / 4)].append(word)
    merged: list[list[Word]] = []
    for key in sorted(rows):
        if merged and abs(merged[-1][0].middle - rows[key][0].middle) < 6:
            merged[-1] += rows[key]
        else:
            merged.append(rows[key])
    return merged


@pytest.fixture(scope="module")
def full_page() -> list[Word]:
    """Nothing but Chinese characters, for several pages."""
    return words(render_pdf(letter_of(Paragraph((Run("字" * 2400),))), created=DAY))


def test_a_page_holds_22_lines_of_28_characters(full_page: list[Word]) -> None:
    rows = lines(full_page, 2)
    assert len(rows) == 22
    assert [sum(len(word.text) for word in row) for row in rows] == [28] * 22


def test_lines_stand_28_99_points_apart_inside_the_type_area(full_page: list[Word]) -> None:
    rows = lines(full_page, 2)
    pitches = [below[0].middle - above[0].middle for above, below in pairwise(rows)]
    assert all(abs(pitch - 28.99) < 0.05 for pitch in pitches)
    assert abs(min(word.left for row in rows for word in row) - LEFT) < 0.6
    assert rows[0][0].top >= TOP - 0.1 and rows[-1][0].bottom <= BOTTOM + 0.1


def test_lines_with_digits_and_rare_characters_end_at_the_same_edge_and_keep_the_pitch() -> None:
    text = (
        "自2026年1月12日起，当事人李𬭎、王䶮（曾用名㐂）、陈𠮷在91330000MA00000000号仓库存放甲苯12桶，每桶170千克；"
        * 40
    )
    rows = lines(words(render_pdf(letter_of(Paragraph((Run(text),))), created=DAY)), 2)
    edges = [max(word.right for word in row) for row in rows[:-1]]
    assert all(abs(edge - RIGHT) < 1.0 for edge in edges), edges
    pitches = [max(w.middle for w in below) - max(w.middle for w in above) for above, below in pairwise(rows)]
    assert all(abs(pitch - 28.99) < 0.3 for pitch in pitches)


def test_page_numbers_stand_outside_and_7_mm_below(full_page: list[Word]) -> None:
    numbers = {word.page: word for word in full_page if word.top > BOTTOM and word.text.isdigit()}
    assert numbers[1].left > 105 * MM and numbers[2].left < 105 * MM
    dashes = [word for word in full_page if word.page == 1 and word.top > BOTTOM and word.text == "—"]
    assert abs(max(dash.right for dash in dashes) - (RIGHT - 14)) < 1.5
    assert 6.5 * MM < numbers[1].top - BOTTOM < 8.5 * MM


def test_the_red_head_stands_35_mm_below_the_type_area() -> None:
    found = words(sample_pdf("guapai"))
    mark = next(word for word in found if word.text == sample_letter("guapai").organ)
    assert abs(mark.top - (TOP + 35 * MM)) < 3
    assert abs((mark.left + mark.right) / 2 - (LEFT + RIGHT) / 2) < 1


def test_the_letter_form_has_its_mark_30_mm_from_the_edge_and_no_number_on_page_one() -> None:
    found = words(sample_pdf("yisong"))
    mark = next(word for word in found if word.text == sample_letter("yisong").organ)
    assert abs(mark.top - 30 * MM) < 3
    number = next(word for word in found if word.page == 1 and "号" in word.text and "〔" in word.text)
    assert abs(number.right - RIGHT) < 1.5
    assert not [word for word in found if word.page == 1 and word.text == "—"]
    assert [word for word in found if word.page == 2 and word.text == "—"]


@pytest.mark.parametrize("code", ["yisong", "guapai", "zegai", "lieru_jd"])
def test_the_date_stands_four_characters_from_the_right_with_the_seal_over_it(code: str) -> None:
    pdf = sample_pdf(code)
    unit = 15.78 if sample_letter(code).layout in ("letter", "gongwen") else 14
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        noted = [float(value) for value in opened.Root[f"/{SEAL_KEY}"]]  # type: ignore[union-attr]
        page, (left, bottom, right, top) = seal_box({f"/{SEAL_KEY}": noted})
    assert abs(noted[3] - (RIGHT - 4 * unit)) < 2
    day = next(
        w
        for w in words(pdf)
        if w.page == page + 1 and abs(w.right - noted[3]) < 3 and "日" in w.text and abs(842 - w.bottom - noted[2]) < 8
    )
    assert abs((left + right) / 2 - (noted[1] + noted[3]) / 2) < 0.1
    assert abs(right - left - 42 * MM) < 0.1 and abs(top - bottom - 42 * MM) < 0.1
    assert left < day.left and right > day.right - 1


@pytest.mark.parametrize(
    "code", [code for code, kind in shipped().types.items() if kind.layout in ("letter", "gongwen")]
)
def test_no_page_has_only_a_signature_and_the_first_page_has_text(code: str) -> None:
    found = words(sample_pdf(code))
    letter = sample_letter(code)
    body = [block.text for block in letter.blocks if isinstance(block, Paragraph)]
    first = "".join(word.text for word in found if word.page == 1)
    assert body[0].replace("　", "")[:8].replace(" ", "") in first
    signed = next((block for block in letter.blocks if isinstance(block, Signature)), None)
    assert signed is not None
    pages = [word.page for word in found if word.text.startswith(signed.date_text)]
    page_text = "".join(word.text for word in found if word.page == pages[0])
    assert any(text[-6:].replace(" ", "") in page_text for text in body)


def test_the_imprint_ends_on_the_last_line_of_the_last_page() -> None:
    found = words(sample_pdf("guapai"))
    printed = next(word for word in found if word.text.endswith("印发"))
    assert printed.page == max(word.page for word in found)
    assert abs(printed.bottom - BOTTOM) < 8

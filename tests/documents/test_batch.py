"""A batch on several processes prints what one process prints, and one refusal does not stop it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.documents.conftest import DAY, sample_docx, sample_letter, sample_pdf
from yisong.documents.batch import Order, print_batch, print_one


@pytest.mark.parametrize("count", [3, 14])
def test_a_batch_prints_every_letter_once(count: int) -> None:
    good = sample_letter("cuiban")
    orders = [Order(str(index), good) for index in range(count)] + [Order("bad", replace(good, note="𱎼"))]
    printed = {item.key: item for item in print_batch(orders, created=DAY, processes=2)}
    assert set(printed) == {order.key for order in orders}
    assert printed["bad"].refusal is not None and printed["bad"].refusal.code == "missing-glyph"
    single = print_one(orders[0], created=DAY)
    assert all((item.pdf, item.docx) == (single.pdf, single.docx) for key, item in printed.items() if key != "bad")
    assert single.docx == sample_docx("cuiban") and len(single.pdf) < len(sample_pdf("cuiban"))

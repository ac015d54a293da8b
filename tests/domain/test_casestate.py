"""What a case is called as a whole follows from its parts (案件总状态)."""

from __future__ import annotations

import pytest

from yisong.domain.casestate import LABELS, case_state
from yisong.domain.lifecycles import ALL
from yisong.domain.lifecycles.order import LIVE


@pytest.mark.parametrize(
    ("transfer", "orders", "criminal", "called"),
    [
        ("pending_acceptance", [], "", "pending_acceptance"),
        ("accepted", [], "", "accepted"),
        ("accepted", ["drafted"], "", "accepted"),
        ("rectifying", ["issued"], "", "serving"),
        ("rectifying", ["announced"], "", "serving"),
        ("rectifying", ["rectifying"], "", "rectifying"),
        ("rectifying", ["extension_pending"], "", "rectifying"),
        ("rectifying", ["suspended"], "", "rectifying"),
        ("rectifying", ["report_submitted"], "", "report_submitted"),
        ("rectifying", ["partial", "issued"], "", "serving"),
        ("rectifying", ["report_submitted", "withdrawn"], "", "report_submitted"),
        ("rectifying", ["partial"], "", "rectifying"),
        ("case_filed", [], "", "case_filed"),
        ("case_filed", ["rectifying"], "", "rectifying"),
        ("case_filed", ["failed"], "", "review_failed"),
        ("case_filed", ["passed"], "", "case_filed"),
        ("case_filed", ["refused"], "", "case_filed"),
        ("review_failed", ["failed"], "", "review_failed"),
        ("closed", ["passed"], "", "closed"),
        ("closed_refused", ["refused"], "", "closed_refused"),
        ("reopened", ["review_revoked"], "", "reopened"),
        ("criminal_branch", [], "", "criminal_branch"),
        ("criminal_branch", [], "criminal_filed", "criminal_filed"),
        ("criminal_branch", ["rectifying"], "delivered", "delivered"),
    ],
)
def test_a_case_is_called_by_the_part_that_is_at_work(
    transfer: str, orders: list[str], criminal: str, called: str
) -> None:
    assert case_state(transfer, orders=orders, criminal=criminal) == called


def test_the_newest_order_at_work_speaks_for_the_others() -> None:
    assert case_state("rectifying", orders=["report_submitted", "issued"]) == "serving"
    assert case_state("rectifying", orders=["issued", "passed"]) == "serving"


def test_every_word_has_a_chinese_name() -> None:
    words = {**ALL["transfer"].states, **ALL["criminal"].states, **LABELS}
    for transfer in ALL["transfer"].states:
        for order in (None, *ALL["order"].states):
            for criminal in ("", *ALL["criminal"].states):
                called = case_state(transfer, orders=[order] if order else [], criminal=criminal)
                assert words[called]


def test_no_open_order_goes_unseen_while_a_case_rectifies() -> None:
    for state in LIVE:
        if state != "drafted":
            assert case_state("case_filed", orders=[state]) != "case_filed", state

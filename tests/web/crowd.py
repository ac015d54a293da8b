"""Three hundred cases of three departments, for the tests of the inbox (测试用案件)."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import Session

from models import Clock, Document, Matter, Transfer, Unit
from tests.web.office import MONDAY

TODAY = date(2026, 11, 16)
STATES = ("pending_acceptance", "accepted", "rectifying", "publicising", "closed", "pending_approval")
HANDLERS = ("ZFJ", "HBJ", "ZJJ")
NUMBER = "云市监移〔2026〕77号"


def fill(session: Session, *, cases: int = 300) -> None:
    """Cases of three departments with clocks that are late, due, near, far, paused or held."""
    units = [
        Unit(code=f"U{index}", name=f"云溪县第{index}号餐饮店", uscc=f"91339927TEST{index:06d}")
        for index in range(cases // 3)
    ]
    session.add_all(units)
    session.flush()
    matters = [
        Matter(
            kind="transfer", code=f"YX-2026-{index:04d}", variant="lead", state=STATES[index % len(STATES)], unit_id=units[index % len(units)].id,
            origin="SJJ", responsible=HANDLERS[index % len(HANDLERS)], opened_on=TODAY - timedelta(days=index % 90), changed_at=MONDAY, seq=1,
        )
        for index in range(1, cases + 1)
    ]  # fmt: skip
    session.add_all(matters)
    session.flush()
    for index, matter in enumerate(matters):
        matter.case_id = matter.id
        session.add(Transfer(matter_id=matter.id or 0, title=f"第{index}件", found_on=matter.opened_on))
        if index % 7 and matter.state != "closed":
            session.add(
                Clock(
                    matter_id=matter.id or 0, case_id=matter.id, rule="R-ACCEPT", unit="wd", amount=3, start_on=TODAY - timedelta(days=20),
                    due_on=TODAY + timedelta(days=index % 41 - 20), status="paused" if index % 11 == 0 else "running", held=index % 13 == 0,
                    chased=index % 17 != 0, department=matter.responsible,
                )
            )  # fmt: skip
    seventh = matters[6].id or 0
    paper = Matter(
        kind="document",
        code="YX-2026-0007-YISONG-3",
        state="issued",
        case_id=seventh,
        subject_id=seventh,
        opened_on=TODAY,
        changed_at=MONDAY,
    )
    session.add(paper)
    session.flush()
    session.add(
        Document(
            matter_id=paper.id or 0, subject_id=seventh, type_code="YISONG", number=NUMBER, issuer="SJJ", series="云市监移", year=2026, sequence=77,
            dated_on=TODAY,
        )
    )  # fmt: skip

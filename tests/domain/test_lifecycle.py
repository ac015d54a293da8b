"""One small table is enough to see how a step is decided, offered and refused (流转判定)."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

import pytest

from yisong.domain.lifecycle import (
    Act,
    Facts,
    Guard,
    Lifecycle,
    Need,
    NeedKind,
    Refusal,
    Transition,
    When,
    decide,
    offers,
)
from yisong.domain.roles import SYSTEM, THE_SYSTEM, THE_UNIT, Actor, Party, Role, leader, staff

ON, AT = date(2026, 3, 10), datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
LEADER = Actor("wang", "王主任", "YJJ", frozenset({Role.LEADER}))
OFFICER = Actor("zhang", "张三", "YJJ", frozenset({Role.OFFICER}))
STRANGER = Actor("li", "李四", "SJJ", frozenset({Role.LEADER, Role.OFFICER}))
UNIT = Actor("unit:7", "示例公司", "unit:7", frozenset({Role.UNIT}))
BIG = When("大额", lambda facts: facts.value("sum", 0) > 100)
FUNDED = Guard("no_funds", "没有经费，请先申请。", lambda facts, act: bool(facts.value("funded", True)))
NOT_LAZY = Guard("lazy", "理由过于简单，请写具体。", lambda facts, act: act.given.get("reason") != "无", early=False)

TABLE = Lifecycle(
    kind="toy",
    label="报销",
    states={"open": "待批", "held": "暂缓", "big": "大额待批", "paid": "已付"},
    initial=("",),
    final=frozenset({"paid"}),
    transitions=(
        Transition("start", "登记", ("",), "open", (staff(Party.RESPONSIBLE), THE_UNIT), basis="办法第一条"),
        Transition("pay", "付款", ("open",), "big", (leader(Party.RESPONSIBLE),), basis="办法第二条", when=BIG, not_by=("start",)),
        Transition(
            "pay", "付款", ("open", "big"), "paid", (leader(Party.RESPONSIBLE),), basis="办法第三条", not_by=("start",),
            guards=(FUNDED, NOT_LAZY),
            needs=(
                Need("reason", "理由"), Need("day", "日期", NeedKind.DATE, required=False), Need("sum", "金额", NeedKind.NUMBER, required=False),
                Need("way", "方式", NeedKind.CHOICE, required=False, choices=(("cash", "现金"), ("card", "转账"))),
            ),
        ),
        Transition("hold", "暂缓", ("open",), "=", (leader(Party.RESPONSIBLE), THE_SYSTEM), basis="办法第四条", needs=(Need("sure", "已核对", NeedKind.YES),)),
    ),
)  # fmt: skip


def facts(state: str = "open", **more: Any) -> Facts:
    parties = {Party.RESPONSIBLE: frozenset({"YJJ"}), Party.UNIT: frozenset({"unit:7"})}
    return Facts(kind="toy", code="BX-1", state=state, parties=parties, **more)


def act(action: str, actor: Actor = LEADER, **given: Any) -> Act:
    return Act(action, actor, ON, AT, given)


def refusal(action: str, *, state: Facts | None = None, actor: Actor = LEADER, **given: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        decide(TABLE, facts=state or facts(), act=act(action, actor, **given))
    assert str(caught.value) == caught.value.message
    return caught.value


def test_a_step_names_its_row_and_both_states() -> None:
    step = decide(TABLE, facts=facts(), act=act("pay", reason="差旅"))
    assert (step.source, step.target, step.transition) == ("open", "paid", TABLE.transitions[2])


def test_a_row_may_keep_the_state() -> None:
    assert decide(TABLE, facts=facts(), act=act("hold", sure=True)).target == "open"


def test_the_first_row_whose_condition_holds_is_taken() -> None:
    assert decide(TABLE, facts=facts(values={"sum": 101}), act=act("pay")).target == "big"
    assert decide(TABLE, facts=facts(values={"sum": 100}), act=act("pay", reason="差旅")).target == "paid"


def test_an_unknown_action_is_named() -> None:
    refused = refusal("fly")
    assert refused.code == "unknown_action"
    assert "报销" in refused.message and "fly" in refused.message


def test_the_wrong_state_says_where_the_matter_stands_and_when_the_step_is_possible() -> None:
    refused = refusal("pay", state=facts("held"), reason="差旅")
    assert refused.code == "wrong_state"
    assert "BX-1现为“暂缓”，不能“付款”；该步骤只能在“待批、大额待批”时办理" in refused.message


def test_beginning_again_what_has_begun_is_refused_by_name() -> None:
    assert "该步骤只能在“尚未登记”时办理" in refusal("start", actor=OFFICER).message


def test_a_step_that_no_row_allows_for_this_kind_says_so() -> None:
    only_big = replace(TABLE, transitions=(replace(TABLE.transitions[1]),))
    with pytest.raises(Refusal, match="该步骤不适用于本件") as caught:
        decide(only_big, facts=facts(), act=act("pay"))
    assert caught.value.code == "wrong_state"


@pytest.mark.parametrize("actor", [OFFICER, STRANGER, UNIT, SYSTEM], ids=lambda actor: actor.id)
def test_another_post_another_organ_the_unit_and_the_system_are_refused(actor: Actor) -> None:
    refused = refusal("pay", actor=actor, reason="差旅")
    assert refused.code == "wrong_role"
    assert "由责任部门负责人办理" in refused.message and actor.name in refused.message


def test_the_system_needs_no_organ_and_the_unit_is_an_organ_of_its_own() -> None:
    assert decide(TABLE, facts=facts(), act=act("hold", SYSTEM, sure=True)).target == "open"
    assert decide(TABLE, facts=facts(""), act=act("start", UNIT)).target == "open"
    refused = refusal("start", state=facts(""), actor=replace(UNIT, id="unit:8", department="unit:8"))
    assert refused.code == "wrong_role"


def test_who_took_one_step_may_not_take_the_other() -> None:
    refused = refusal("pay", state=facts(actors={"start": LEADER.id}), reason="差旅")
    assert refused.code == "separation_of_duties"
    assert "“登记”与“付款”不得由同一人办理" in refused.message
    assert decide(TABLE, facts=facts(actors={"start": OFFICER.id}), act=act("pay", reason="差旅")).target == "paid"


@pytest.mark.parametrize("nothing", [None, "", "  ", "\n", [], [""], [" ", ""], ()], ids=repr)
def test_blanks_are_nothing(nothing: Any) -> None:
    refused = refusal("pay", reason=nothing)
    assert refused.code == "missing"
    assert "理由" in refused.message


@pytest.mark.parametrize("no", [None, False, "", 0])
def test_a_yes_has_to_be_said(no: Any) -> None:
    assert refusal("hold", sure=no).code == "missing"


@pytest.mark.parametrize("day", ["2026-2-3", "2026-02-30", "20260203", "明天", 20260203, AT], ids=repr)
def test_a_day_has_to_be_one(day: Any) -> None:
    refused = refusal("pay", reason="差旅", day=day)
    assert refused.code == "not_a_date"
    assert "2026-11-20" in refused.message


@pytest.mark.parametrize("day", [ON, "2026-02-28", "", None], ids=repr)
def test_a_day_may_be_a_date_or_its_text_or_left_out(day: Any) -> None:
    assert decide(TABLE, facts=facts(), act=act("pay", reason="差旅", day=day)).target == "paid"


@pytest.mark.parametrize("number", [-1, 1.5, "1.5", "-3", "many", True], ids=repr)
def test_a_number_has_to_be_one(number: Any) -> None:
    assert refusal("pay", reason="差旅", sum=number).code == "not_a_number"


@pytest.mark.parametrize("number", [0, 30, "30"], ids=repr)
def test_a_number_may_be_text(number: Any) -> None:
    assert decide(TABLE, facts=facts(), act=act("pay", reason="差旅", sum=number)).target == "paid"


def test_a_choice_has_to_be_among_those_given() -> None:
    refused = refusal("pay", reason="差旅", way="gold")
    assert refused.code == "not_a_choice"
    assert "现金、转账" in refused.message
    assert decide(TABLE, facts=facts(), act=act("pay", reason="差旅", way="card")).target == "paid"


def test_a_guard_that_does_not_hold_gives_its_name_and_its_words() -> None:
    refused = refusal("pay", state=facts(values={"funded": False}), reason="差旅")
    assert (refused.code, refused.message) == ("no_funds", FUNDED.message)
    assert refusal("pay", reason="无").code == "lazy"


def test_one_hears_first_what_one_cannot_change() -> None:
    """State before role, role before separation, separation before what is missing, that before the guards."""
    everything_wrong: dict[str, Any] = {"actors": {"start": OFFICER.id}, "values": {"funded": False}}
    assert refusal("pay", state=facts("held", **everything_wrong), actor=OFFICER).code == "wrong_state"
    assert refusal("pay", state=facts(**everything_wrong), actor=OFFICER).code == "wrong_role"
    own: dict[str, Any] = {"actors": {"start": LEADER.id}, "values": {"funded": False}}
    assert refusal("pay", state=facts(**own)).code == "separation_of_duties"
    assert refusal("pay", state=facts(values={"funded": False})).code == "missing"
    assert refusal("pay", state=facts(values={"funded": False}), reason="差旅", day="?").code == "not_a_date"
    assert refusal("pay", state=facts(values={"funded": False}), reason="差旅").code == "no_funds"


def offered(actor: Actor, state: Facts | None = None) -> dict[str, str]:
    return {
        offer.transition.action: offer.obstacle for offer in offers(TABLE, facts=state or facts(), act=act("", actor))
    }


def test_one_is_offered_what_ones_post_may_do_now() -> None:
    assert offered(LEADER) == {"pay": "", "hold": ""}
    assert offered(OFFICER) == {}
    assert offered(OFFICER, facts("")) == {"start": ""}
    assert offered(SYSTEM) == {"hold": ""}
    assert offered(LEADER, facts("paid")) == {}


def test_an_offer_carries_the_obstacle_that_no_form_can_remove() -> None:
    assert offered(LEADER, facts(values={"funded": False})) == {"pay": FUNDED.message, "hold": ""}
    assert "另一人" in offered(LEADER, facts(actors={"start": LEADER.id}))["pay"]


def test_the_row_that_is_offered_is_the_row_that_is_taken() -> None:
    big = facts(values={"sum": 101})
    (pay,) = [offer for offer in offers(TABLE, facts=big, act=act("", LEADER)) if offer.transition.action == "pay"]
    assert pay.transition is decide(TABLE, facts=big, act=act("pay")).transition


def test_deciding_changes_nothing_and_says_the_same_twice() -> None:
    state = facts(
        tallies=MappingProxyType({"hold": 1}), actors=MappingProxyType({}), values=MappingProxyType({"sum": 5})
    )
    done = Act("pay", LEADER, ON, AT, MappingProxyType({"reason": "差旅"}))
    before = copy.copy(state), copy.copy(done)
    assert decide(TABLE, facts=state, act=done) == decide(TABLE, facts=state, act=done)
    assert offers(TABLE, facts=state, act=done) == offers(TABLE, facts=state, act=done)
    assert (state, done) == before


def test_a_refusal_can_cross_a_process() -> None:
    """Flows run tasks elsewhere: the name and the words arrive, not only the text."""
    refused = refusal("fly")
    same = pickle.loads(pickle.dumps(refused))
    assert (same.code, same.message) == (refused.code, refused.message)

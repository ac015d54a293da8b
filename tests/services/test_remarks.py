"""Lines that change no state (流转附记): each is called by a Chinese name wherever it is shown."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import Matter
from tests.services.world import World
from yisong.cli.casepage import action_label
from yisong.domain import lifecycles
from yisong.domain.roles import SYSTEM
from yisong.services import remarks
from yisong.services.remarks import ABOUT_A_RUNG, LABELS, Line

SERVICES = Path(remarks.__file__).parent
ACTS = ("received", "replied", "approved", "dropped", "closed", "proposed")


def constants(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The names that a module gives to texts, alone or several at once."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = (
                zip(target.elts, node.value.elts, strict=False)
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                else [(target, node.value)]
            )
            for name, value in pairs:
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield name.id, value.value


def named_actions(tree: ast.AST, *, known: dict[str, str]) -> Iterator[str]:
    """The actions of all lines that a module writes, as far as its source names them."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "Line"):
            continue
        written = node.args[1]
        name = ast.unparse(written).rpartition(".")[2]
        if isinstance(written, ast.Constant):
            yield str(written.value)
        elif isinstance(written, ast.JoinedStr):
            yield from (f"rung_{act}" for act in ACTS)
        elif name in known:
            yield known[name]


def test_every_line_that_the_services_write_has_a_chinese_name() -> None:
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in sorted(SERVICES.glob("*.py"))]
    known = {name: value for tree in trees for name, value in constants(tree)}
    found = {action for tree in trees for action in named_actions(tree, known=known)}
    assert {
        "rung_approved",
        "rung_closed",
        "reproject",
        "reproject_asked",
        "reproject_declined",
        "rung_proposed",
    } <= found
    assert found <= set(LABELS)
    assert all(any("一" <= sign <= "鿿" for sign in label) for label in LABELS.values())
    assert not [action for table in lifecycles.ALL.values() for action in table.actions() if action in LABELS], (
        "a line is no step: one name would stand for two things"
    )


@pytest.mark.parametrize("action", sorted(LABELS))
def test_the_pages_say_the_name(action: str) -> None:
    from models import Event
    from yisong.web.timeline import label_of

    said = action_label("transfer", action, {"name": "挂牌督办"})
    assert said == LABELS[action] + ("：挂牌督办" if action in ABOUT_A_RUNG else "")
    event = Event(action=action, source="accepted", target="accepted", given={"name": "挂牌督办"})  # type: ignore[call-arg]
    assert label_of("transfer", event) == ("挂牌督办" if action == "climb" else said)


def test_a_line_without_a_name_is_refused_before_it_is_written(sqlite_url: str, tmp_path: Path) -> None:
    world = World(sqlite_url, tmp_path)
    case = world.delivered()
    with pytest.raises(LookupError, match="rung_forgotten"), world.write() as session:
        held = session.get(Matter, case)
        assert held is not None
        remarks.write(session, [Line(held, "rung_forgotten", SYSTEM, world.on)], at=world.at)
    assert "rung_forgotten" not in {event.action for event in world.events(case)}
    world.close()

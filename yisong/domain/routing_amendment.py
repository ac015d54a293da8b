"""What would have to stand in the lists for a settled dispute to be their answer (清单修改建议).

A row is proposed only where it leads to the settled answer; where the lists are built otherwise (one organ exercises a whole list),
the proposal says so and leaves it to the county.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from yisong.domain.routing import RoutingRow, RoutingTable, RoutingWay, route, settled_rows
from yisong.domain.rulebook import RuleBook


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change of the routing table (清单修改): rows that end, the row that begins, or why rows alone cannot do it.

    `holds`: the lists give this answer already. `obstacle`: in Chinese; "" where the change leads to the answer.
    """

    rows: tuple[RoutingRow, ...] = ()
    """The item's rows as they would be."""
    ended: tuple[RoutingRow, ...] = ()
    added: tuple[RoutingRow, ...] = ()
    holds: bool = False
    obstacle: str = ""


def amend(book: RuleBook, *, item: str, town: str, department: str, on: date, basis: str) -> Amendment:
    """The change by which findings of `on` and later go to the settled organ (拟修改的清单行).

    Args:
        item, town: what was found, and the code of the township where; "" = none.
        department: the organ that was settled on.
        on: the day from which the change holds; earlier findings stay where they are (按发现日有效清单).
        basis: what the new row cites.

    Raises:
        RuleBookError: `item_unknown`.
    """
    rows = tuple(row for row in book.routing_rows if row.item == item)
    now = route(item, place_town=town or None, found_on=on, book=book)
    if now.department == department:
        return Amendment(rows, holds=True)
    step = next((step for step in book.routing_steps if step.list_code and step.list_code == now.list_code), None)
    if step is not None and step.way is RoutingWay.OWNER:
        owner = book.organ(now.department or "").short if now.department else "一个机关"
        title = book.item_list(step.list_code, on=on).name
        return Amendment(
            rows,
            obstacle=f"该事项在“{title}”，整张清单由{owner}行使，加一行不能改变；请按程序调整清单后改 lists.toml。",
        )
    list_code = now.list_code or book.item(item).list_code
    if step is not None and step.way is RoutingWay.PLACE:
        proposed = _taken_back(rows, list_code=list_code, town=town, on=on)
        if _answer(book, proposed, item=item, town=town, on=on) != department:
            proposed = settled_rows(
                proposed, item=item, list_code=_registered(book, item), department=department, on=on, basis=basis
            )
    else:
        proposed = settled_rows(rows, item=item, list_code=list_code, department=department, on=on, basis=basis)
    if _answer(book, proposed, item=item, town=town, on=on) != department:
        return Amendment(
            rows, obstacle=f"只改清单行，{on} 起仍得不到这一结论；请核对各清单的次序、有效期，或者另定生效日期。"
        )
    before, after = set(rows), set(proposed)
    ended = tuple(row for row in proposed if row not in before and row.valid_to == on - timedelta(days=1))
    return Amendment(proposed, ended, tuple(row for row in proposed if row in after - before and row not in ended))


def _taken_back(rows: tuple[RoutingRow, ...], *, list_code: str, town: str, on: date) -> tuple[RoutingRow, ...]:
    """The rows after one township's grant of the item has ended (收回该镇街的赋权)."""
    kept = []
    for row in rows:
        if row.list_code == list_code and row.town == town and (row.valid_to is None or row.valid_to >= on):
            if row.valid_from is not None and row.valid_from >= on:
                continue
            row = replace(row, valid_to=on - timedelta(days=1))
        kept.append(row)
    return tuple(kept)


def _registered(book: RuleBook, item: str) -> str:
    """The list on which the item is registered by organ (登记部门的清单): its own, or the last that is asked."""
    ways = {step.list_code: step.way for step in book.routing_steps if step.list_code}
    own = book.item(item).list_code
    if ways.get(own) is RoutingWay.REGISTERED:
        return own
    return next((code for code, way in reversed(list(ways.items())) if way is RoutingWay.REGISTERED), own)


def _answer(book: RuleBook, rows: tuple[RoutingRow, ...], *, item: str, town: str, on: date) -> str | None:
    table = RoutingTable(
        steps=book.routing_steps, rows=rows, lists=book.lists, items=(book.item(item),), organs=book.organs
    )
    return table.decide(item, town or None, on).department


def amended(book: RuleBook, amendment: Amendment, *, item: str) -> RuleBook:
    """The book with the change in it (改后的规则库); the other items' rows keep their places."""
    others = [row for row in book.routing_rows if row.item != item]
    place = next((index for index, row in enumerate(book.routing_rows) if row.item == item), len(others))
    return book.with_routing_rows((*others[:place], *amendment.rows, *others[place:]))

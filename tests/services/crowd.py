"""Many who act at the same moment, each with a connection of its own (并发测试)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from tests.services.world import World
from yisong.domain.lifecycle import Refusal
from yisong.store import database

Deed = Callable[[Session], Any]


def at_once(world: World, deeds: Sequence[Deed]) -> list[Any]:
    """Do all of these at once, each in a transaction and a thread of its own; what came of each, in their order.

    A refusal is an outcome; anything else that is raised is raised here.
    """
    url = world.desk.settings.database_url
    engines: list[Engine] = [database.open_engine(url) for _ in deeds]
    together = threading.Barrier(len(deeds))
    outcomes: list[Any] = [None] * len(deeds)

    def do(place: int) -> None:
        try:
            with engines[place].connect():
                pass  # a connection is at hand before the start
            together.wait(timeout=60)
            with database.writing(engines[place]) as session:
                outcomes[place] = deeds[place](session)
        except Refusal as refusal:
            outcomes[place] = refusal
        except BaseException as error:
            outcomes[place] = error
            together.abort()

    threads = [threading.Thread(target=do, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    for engine in engines:
        engine.dispose()
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, Refusal):
            raise outcome
    return outcomes


def refusals(outcomes: Sequence[Any]) -> list[str]:
    """The names of those that were refused."""
    return [outcome.code for outcome in outcomes if isinstance(outcome, Refusal)]

"""A process that dies on command (赴死进程): it does one piece of work and kills itself at the N-th breath of it.

Run as a module. Each line on standard input is one order; the work is done in a fork, so that the program is read in only once.
Breaths are counted everywhere where something could be left half done: before and after every statement, before and after every
commit, before, in the middle of and after every file that is written. SIGKILL leaves no time for a farewell.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session as PlainSession

from yisong.clock import SimulatedClock
from yisong.desk import Desk, read_book
from yisong.settings import SOURCE_ROOT, load_settings

Order = dict[str, Any]


class Breath:
    """Counts, and kills at the count given (计数与终止); 0 lets live."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.count = 0

    def __call__(self, *_: Any, **__: Any) -> None:
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Breathe with every statement, commit and file from now on."""
        for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(Engine, moment, self)
        event.listen(PlainSession, "after_commit", self)
        write, replace = Path.write_bytes, Path.replace

        def written(path: Path, data: Any) -> int:
            self()
            with path.open("wb") as file:
                file.write(bytes(data[: len(data) // 2]))
                file.flush()
                self()  # half of it lies there
            done = write(path, data)
            self()
            return done

        def replaced(path: Path, target: Any) -> Path:
            done = replace(path, target)
            self()
            return done

        Path.write_bytes = written  # type: ignore[method-assign,assignment]
        Path.replace = replaced  # type: ignore[method-assign,assignment]


def sweep(desk: Desk, order: Order) -> None:
    """Terms that ran out, and every rung of the days that were missed."""
    from yisong.services import deadlines

    day = date.fromisoformat(order["until"])
    for _ in deadlines.sweep(desk.transaction, book=desk.book, until=day, at=desk.now):
        pass
    deadlines.lapse_all(desk.transaction, book=desk.book, day=day, at=desk.now)


def outbox(desk: Desk, order: Order) -> None:
    """Notices, or letters, or whatever else waits."""
    from yisong.services import outbox as sending

    press = sending.Press(settings=desk.settings, book=desk.book, catalogue=desk.catalogue)
    sending.run(desk.transaction, press=press, at=lambda: desk.now, only=order["only"])


def intake(desk: Desk, order: Order) -> None:
    """A ledger, a few inspections at a time."""
    from yisong.services import imports

    imports.BATCH = 3
    until = date.fromisoformat(order["until"])
    imports.bring_in(
        desk.transaction, desk.reading, book=desk.book, path=Path(order["ledger"]), until=until, at=desk.now
    )


WORKS = {"sweep": sweep, "outbox": outbox, "intake": intake}


def obey(order: Order, answer: int) -> None:
    """Do the work; say how many breaths it took, if there is anybody left to say it."""
    settings = load_settings({"YISONG_DATABASE_URL": order["url"]}, home=Path(order["home"]))
    clock = SimulatedClock(datetime.fromisoformat(order["at"]))
    desk = Desk(settings=settings, book=read_book(settings.rules), clock=clock)
    breath = Breath(order["die"])
    breath.watch()
    WORKS[order["work"]](desk, order)
    desk.close()
    os.write(answer, json.dumps(breath.count).encode())


def serve() -> None:
    """One fork per order; answers with the signal that ended it and the breaths it took."""
    for line in sys.stdin:
        order: Order = json.loads(line)
        listening, speaking = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.close(listening)
                obey(order, speaking)
                status = 0
            except BaseException as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            finally:
                os._exit(status)
        os.close(speaking)
        with os.fdopen(listening, "rb") as answer:
            said = answer.read()
        _, status = os.waitpid(child, 0)
        ended = {
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
            "code": os.waitstatus_to_exitcode(status),
        }
        print(json.dumps(ended | {"breaths": json.loads(said) if said else None}), flush=True)


if __name__ == "__main__":
    read_book(SOURCE_ROOT / "rules")
    for name in sys.argv[1:]:
        __import__(name)
    serve()

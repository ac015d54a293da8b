"""How much other systems may ask of this process (接口限量): calls a minute, calls at once, bytes of one call. All 系统默认."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import BoundedSemaphore, Lock

MOST_BYTES = 30 * 1024 * 1024
MOST_CALLS, MINUTE = 120, timedelta(minutes=1)
MOST_AT_ONCE = 8
"""Calls of one holder that are open at the same time."""
MOST_HEAVY, HEAVY_WAIT = 2, 30.0
"""Submissions that are verified at the same time, whoever sends them, and seconds that others wait: what bounds the memory."""
MOST_HOLDERS = 1_000


class TooMuch(Exception):
    """A holder asks for more than their share (超出限量): a stable `code`, a Chinese message, and when to come back."""

    def __init__(self, code: str, message: str, *, after: timedelta) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.after = after


class Limits:
    """Counts calls by holder (限量器); kept in memory, for this process."""

    def __init__(self, *, most_calls: int = MOST_CALLS, most_at_once: int = MOST_AT_ONCE) -> None:
        self._most_calls = most_calls
        self._most_at_once = most_at_once
        self._calls: OrderedDict[str, list[datetime]] = OrderedDict()
        self._open: dict[str, int] = {}
        self._lock = Lock()
        self._heavy = BoundedSemaphore(MOST_HEAVY)

    def count(self, holder: str, *, at: datetime) -> None:
        """Count one call (计一次). Raises TooMuch `too_many_calls`; a refused call is not counted."""
        with self._lock:
            recent = [call for call in self._calls.get(holder, []) if call > at - MINUTE]
            if len(recent) >= self._most_calls:
                after = recent[0] + MINUTE - at
                raise TooMuch("too_many_calls", f"每分钟最多调用 {self._most_calls} 次，请稍后再试。", after=after)
            self._calls[holder] = [*recent, at]
            self._calls.move_to_end(holder)
            while len(self._calls) > MOST_HOLDERS:
                self._calls.popitem(last=False)

    @contextmanager
    def heavy(self, holder: str) -> Iterator[None]:
        """One submission that is being worked on (占用处理名额). Raises TooMuch `too_many_at_once` or `busy`."""
        with self._lock:
            if self._open.get(holder, 0) >= self._most_at_once:
                words = f"同时处理的报送最多 {self._most_at_once} 个，请等前面的完成后再发。"
                raise TooMuch("too_many_at_once", words, after=timedelta(seconds=5))
            self._open[holder] = self._open.get(holder, 0) + 1
        try:
            if not self._heavy.acquire(timeout=HEAVY_WAIT):
                raise TooMuch("busy", "系统正在处理其他报送，请稍后用同一幂等键重试。", after=timedelta(seconds=10))
            try:
                yield
            finally:
                self._heavy.release()
        finally:
            with self._lock:
                self._open[holder] -= 1
                if not self._open[holder]:
                    del self._open[holder]

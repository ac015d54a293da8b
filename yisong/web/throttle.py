"""Slow down whoever guesses passwords (登录限速)."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

MOST_NAMES = 10_000


class Throttle:
    """Counts failures by name within a sliding window (限速器); kept in memory, for this process."""

    def __init__(self, *, most: int, window: timedelta) -> None:
        self._most = most
        self._window = window
        self._failures: OrderedDict[str, list[datetime]] = OrderedDict()
        self._lock = Lock()

    def wait(self, name: str, *, at: datetime) -> timedelta:
        """How long this name has to wait; zero where it may try."""
        with self._lock:
            recent = self._recent(name, at)
            if len(recent) < self._most:
                return timedelta(0)
            return recent[-self._most] + self._window - at

    def failed(self, name: str, *, at: datetime) -> None:
        """Note a failure."""
        with self._lock:
            recent = self._recent(name, at)
            recent.append(at)
            self._failures[name] = recent[-self._most :]
            self._failures.move_to_end(name)
            while len(self._failures) > MOST_NAMES:
                self._failures.popitem(last=False)

    def succeeded(self, name: str) -> None:
        """Forget the failures of a name that has proved itself."""
        with self._lock:
            self._failures.pop(name, None)

    def _recent(self, name: str, at: datetime) -> list[datetime]:
        return [failed for failed in self._failures.get(name, []) if failed > at - self._window]

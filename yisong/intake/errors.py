"""Refusals of the intake room (接收环节的拒收)."""

from __future__ import annotations


class IntakeError(Exception):
    """A file that cannot be taken in (拒收).

    `code` is stable and for programs; `message` is for the person at the desk and says what to do next.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class LedgerUnreadable(IntakeError):
    """The ledger as a file cannot be read (台账文件无法读取)."""


class PackageRefused(IntakeError):
    """An evidence package is refused as a whole (证据包拒收)."""

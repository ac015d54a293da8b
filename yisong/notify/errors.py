"""Named refusals of the notices room (通知错误)."""

from __future__ import annotations


class NotifyError(Exception):
    """A notice cannot be worded or addressed as asked (通知不能生成).

    `code` is stable and meant for programs; the message is Chinese, names the template or value at fault, and says what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type[NotifyError], tuple[str, str]]:
        return type(self), (self.code, self.message)

"""Named refusals of the documents room (文书错误)."""

from __future__ import annotations


class DocumentError(Exception):
    """A document cannot be made, sealed or read as asked (文书不能生成).

    `code` is stable and meant for programs; `message` is Chinese, names the fact or line at fault, and says what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type[DocumentError], tuple[str, str]]:
        return type(self), (self.code, self.message)

"""Run a wording with facts, safely (措辞渲染): sandboxed Jinja whose every printed value is marked as data.

What comes out is `Marked` text: the words, and beside them a mask of the same length in which data is replaced by one
private-use character. Structure is read from the mask only, so a fact can never become structure.
"""

from __future__ import annotations

from dataclasses import dataclass

from jinja2 import Template, TemplateError, TemplateSyntaxError

from yisong.documents.budget import budgeted
from yisong.documents.errors import DocumentError
from yisong.documents.facts import Record, clean
from yisong.documents.sandbox import CLOSE, LONGEST_SOURCE, OPEN, Sandbox
from yisong.documents.wording_faults import run_fault, syntax_fault

DATA = "\ue002"


@dataclass(frozen=True, slots=True)
class Marked:
    """Words and their mask, of one length (带标记的文字)."""

    text: str
    mask: str

    def __len__(self) -> int:
        return len(self.text)

    def cut(self, start: int, stop: int | None = None) -> Marked:
        """A slice of both."""
        return Marked(self.text[start:stop], self.mask[start:stop])

    def strip(self) -> Marked:
        """Without blanks of the template at both ends; blanks in data and full-width blanks stay."""
        start, stop = 0, len(self.mask)
        while start < stop and self.mask[start] in " \t":
            start += 1
        while stop > start and self.mask[stop - 1] in " \t":
            stop -= 1
        return self.cut(start, stop)

    def split(self, separator: str) -> list[Marked]:
        """Split at a separator of the template's."""
        pieces: list[Marked] = []
        start = 0
        for piece in self.mask.split(separator):
            pieces.append(self.cut(start, start + len(piece)))
            start += len(piece) + len(separator)
        return pieces


def compile_wording(environment: Sandbox, source: str, *, where: str) -> Template:
    """Compile a `body.j2`; a syntax error names file, line and what to do."""
    if len(source) > LONGEST_SOURCE:
        raise DocumentError(
            "bad-template", f"{where}：模板有{len(source)}字，超过{LONGEST_SOURCE}字。请检查文件是否放错。"
        )
    try:
        return environment.from_string(clean(source))
    except TemplateSyntaxError as error:
        raise DocumentError("bad-template", f"{where} 第{error.lineno}行：{syntax_fault(error)}。") from None
    except (SyntaxError, RecursionError, ValueError, OverflowError, MemoryError):
        raise DocumentError(
            "bad-template", f"{where}：模板套得太深，或者含有过长的数字，不能执行。请拆成几段简单的写法。"
        ) from None


def render(template: Template, facts: Record, *, where: str) -> Marked:
    """Run a wording. Raises `DocumentError` for a missing fact, a step outside the sandbox, or work beyond its budget."""
    try:
        output = template.render(budgeted(facts))
    except DocumentError as error:
        line = _line_of(error, template)
        raise DocumentError(error.code, f"{error.message}（{where} 第{line}行）" if line else error.message) from None
    except (
        TemplateError,
        TypeError,
        ValueError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
    ) as error:
        line = _line_of(error, template)
        place = f"{where} 第{line}行" if line else where
        raise DocumentError("bad-template", f"{place}：措辞不能执行（{run_fault(error)}）。") from None
    return mark(output)


def _line_of(error: BaseException, template: Template) -> int:
    """The line of the wording that was being run, 0 where unknown: Jinja puts it into the traceback."""
    trace, line = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == (template.filename or "<template>"):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def mark(output: str) -> Marked:
    """Take the sentinels out and keep, beside the words, what was data."""
    words: list[str] = []
    mask: list[str] = []
    inside = False
    position = 0
    while position < len(output):
        stop = output.find(CLOSE if inside else OPEN, position)
        piece = output[position:] if stop < 0 else output[position:stop]
        words.append(piece)
        mask.append(DATA * len(piece) if inside else piece)
        if stop < 0:
            break
        position = stop + 1
        inside = not inside
    return Marked("".join(words), "".join(mask))

"""Print a letter as PDF/A-3 (公文转PDF) with WeasyPrint: one shared font configuration and style sheet, slim faces, no network.

Importing this module is cheap; WeasyPrint is loaded at the first rendering (about half a second). Same letter, facts and date: same
bytes, on the same versions of WeasyPrint, Pango and HarfBuzz.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from jinja2 import Environment, Template

from yisong.documents import justify, tuning
from yisong.documents.errors import DocumentError
from yisong.documents.fonts import ASSETS, own_fontconfig, refuse_missing_glyphs
from yisong.documents.letter import CUT_LABEL, Letter, Signature, copies_line, printed_on
from yisong.documents.measures import CHARACTER, FORM_SIZE, IMPRINT_PITCH, imprint_lines, mark_size, signature_indents
from yisong.documents.pdf_finish import finish

FACTS_NAME = "facts.json"
_LARGEST_TEXT = 400_000


@dataclass(frozen=True, slots=True)
class _Press:
    """What is loaded once per process (印刷机)."""

    weasyprint: Any
    page_class: Any
    fonts: Any
    sheet: Any
    template: Template


_press: _Press | None = None
_lock = threading.RLock()


def _load() -> _Press:
    global _press
    with _lock:
        if _press is None:
            with own_fontconfig(), warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # the missing subsetter is an error below
                try:
                    import weasyprint
                    from weasyprint.text.ffi import harfbuzz_subset
                    from weasyprint.text.fonts import FontConfiguration
                except OSError as error:
                    raise DocumentError(
                        "missing-library", f"缺少系统库（{error}）。请安装 libpangoft2-1.0-0 和 libharfbuzz-subset0。"
                    ) from None
                if harfbuzz_subset is None:
                    raise DocumentError("missing-library", "缺少系统库 libharfbuzz-subset0，请安装后再生成文书。")
                fonts = FontConfiguration()
            justify.install()
            tuning.install()
            style = (ASSETS / "gb9704.css").read_text(encoding="utf-8")
            sheet = weasyprint.CSS(string=style, font_config=fonts, url_fetcher=_sealed_fetcher())
            environment = Environment(autoescape=True)
            template = environment.from_string((ASSETS / "page.html.j2").read_text(encoding="utf-8"))
            _press = _Press(weasyprint, _page_class(weasyprint), fonts, sheet, template)
        return _press


def _sealed_fetcher() -> Any:
    """A fetcher that refuses every address: a page has no outside."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class Sealed(URLFetcher):  # type: ignore[misc]  # weasyprint carries no types
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            raise FatalURLFetchingError(f"refused: {url}")

    return Sealed(allowed_protocols=())


def _page_class(weasyprint: Any) -> Any:
    """A page whose source is our own well-formed markup: read by expat, a tenth of the time of an HTML parser."""
    from xml.etree import ElementTree

    from cssselect2 import ElementWrapper  # type: ignore[import-untyped]

    fetcher = _sealed_fetcher()

    class Page(weasyprint.HTML):  # type: ignore[misc]  # weasyprint carries no types
        def __init__(self, markup: str) -> None:
            self.base_url = "asset:"
            self.url_fetcher = fetcher
            self.media_type = "print"
            root = ElementTree.fromstring(markup)
            self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
            self.etree_element = self.wrapper_element.etree_element

    return Page


def render_html(letter: Letter, *, created: date) -> str:
    """The page that WeasyPrint prints: well-formed markup without a single reference to anything outside."""
    press = _load()
    main, receipt = letter.split()
    closing = letter.closing(main)
    unit = CHARACTER if letter.layout in ("letter", "gongwen") else FORM_SIZE

    rows = (imprint_lines(copies_line(letter.copies)) if letter.copies else 0) + (letter.layout == "gongwen")

    def indents(block: Signature) -> tuple[float, float]:
        name, day = signature_indents(block.name, block.date_text, sealed=block.sealed)
        return round(name * unit, 2), round(day * unit, 2)

    return press.template.render(
        letter=letter,
        created=created.isoformat(),
        main=main[: len(main) - len(closing)],
        closing=closing,
        receipt=receipt,
        mark_size=mark_size(letter.organ),
        qr=bool(letter.verify_url),
        copies=copies_line(letter.copies),
        printed=printed_on(letter.issued_on) if letter.issued_on else "",
        imprint=bool(letter.copies) or (letter.layout == "gongwen" and letter.issued_on is not None),
        imprint_height=rows * IMPRINT_PITCH,
        cut_label=CUT_LABEL,
        indents_of=indents,
        kind_of=lambda block: type(block).__name__,
    )


def render_pdf(letter: Letter, *, facts_json: bytes | None = None, created: date) -> bytes:
    """A letter as PDF/A-3b; `facts_json` is attached as its source. Dates inside the file are `created`, midnight UTC.

    The place of the seal lies in the catalogue (`pdf_finish.SEAL_KEY`).
    Raises `DocumentError`: `missing-glyph`, `missing-library`, `too-long`.
    """
    text = letter.plain_text
    if len(text) > _LARGEST_TEXT:
        raise DocumentError("too-long", f"文书超过{_LARGEST_TEXT}字，不能打印。请改为附件。")
    refuse_missing_glyphs(text)
    press = _load()
    with _lock, tuning.without_collector():
        page = press.page_class(render_html(letter, created=created))
        document = page.render(stylesheets=[press.sheet], font_config=press.fonts)
        attachments = [_attachment(press, facts_json, created)] if facts_json is not None else None
        pdf: bytes = document.write_pdf(
            pdf_variant="pdf/a-3b",
            pdf_tags=True,
            attachments=attachments,
            finisher=lambda painted, file: finish(painted, file, verify_url=letter.verify_url),
        )
    return pdf


def print_markup(markup: str) -> bytes:
    """Our own well-formed markup as PDF/A-3b, with the style sheet of the letters (排版打印). Raises `DocumentError` `missing-library`."""
    press = _load()
    with _lock, tuning.without_collector():
        document = press.page_class(markup).render(stylesheets=[press.sheet], font_config=press.fonts)
        pdf: bytes = document.write_pdf(pdf_variant="pdf/a-3b", pdf_tags=True)
    return pdf


def _attachment(press: _Press, facts_json: bytes, created: date) -> Any:
    moment = datetime(created.year, created.month, created.day, tzinfo=UTC)
    return press.weasyprint.Attachment(
        string=facts_json,
        name=FACTS_NAME,
        description="Facts of this document",
        relationship="Source",
        created=moment,
        modified=moment,
    )

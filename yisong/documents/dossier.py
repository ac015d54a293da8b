"""Bind the papers of a case into one file (案卷): front matter, all papers in order, page numbers, bookmarks; and a ZIP with a manifest.

Page numbers count from the first paper; cover and catalogue are not numbered. Seals stay visible, but a merged file cannot carry the
papers' signatures: the ZIP holds the originals, whose seals verify.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from yisong.documents.errors import DocumentError
from yisong.documents.seal_graphic import glyph_path

PACKED_ALREADY = (".pdf", ".jpg", ".jpeg", ".png", ".mp4", ".mov", ".docx", ".xlsx")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_NUMBER_SIZE = 12
_UNSAFE = re.compile(r'[\\/:*?"<>|\s]+')
_PDFA = "{http://www.aiim.org/pdfa/ns/id/}"


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the case (卷内文书): its title, 文号 (may be empty), date, and file."""

    title: str
    number: str
    dated: date | None
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes into the ZIP as it is (附卷文件): its path there, its bytes, and what the manifest says of it."""

    file: str
    data: bytes
    told: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paper stands in the dossier (页次): first and last page, counted from 1."""

    paper: Paper
    first: int
    last: int

    @property
    def pages(self) -> str:
        """`3` or `3-6`."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def row(self) -> dict[str, str]:
        """A row for the fact `dossier.papers` (docs/decisions/0003)."""
        return {
            "title": self.paper.title,
            "number": self.paper.number,
            "date": self.paper.dated.isoformat() if self.paper.dated else "",
            "pages": self.pages,
        }


def place(papers: Sequence[Paper]) -> tuple[Place, ...]:
    """Count the pages of every paper. Raises `DocumentError` `bad-pdf`, naming the paper."""
    import pikepdf

    places: list[Place] = []
    page = 1
    for paper in papers:
        try:
            with pikepdf.open(io.BytesIO(paper.pdf)) as source:
                count = len(source.pages)
        except pikepdf.PdfError as error:
            raise DocumentError("bad-pdf", f"“{paper.title}”不是有效的 PDF 文件，不能入卷（{error}）。") from None
        places.append(Place(paper, page, page + count - 1))
        page += count
    return tuple(places)


def bind(places: Sequence[Place], *, front: bytes, title: str, created: date) -> bytes:
    """One PDF: `front` (cover and catalogue, printed from the places), then the papers, numbered, with bookmarks.

    Page numbers stand in the outer upper corner. Stays PDF/A-3b if every part is. Same input, same bytes.
    """
    import pikepdf
    from pikepdf import OutlineItem

    dossier = pikepdf.new()
    archival = True
    with dossier.open_outline() as outline:
        for heading, data, first in [
            ("封面和目录", front, 0),
            *((p.paper.title, p.paper.pdf, p.first) for p in places),
        ]:
            with pikepdf.open(io.BytesIO(data)) as source:
                archival = archival and _is_archival(source)
                if "/AcroForm" in source.Root:
                    source.generate_appearance_streams()
                    source.flatten_annotations("all")
                if "/OutputIntents" in source.Root and "/OutputIntents" not in dossier.Root:
                    dossier.Root.OutputIntents = dossier.copy_foreign(source.make_indirect(source.Root.OutputIntents))
                start = len(dossier.pages)
                dossier.pages.extend(source.pages)
            outline.root.append(OutlineItem(heading, start))
            if first:
                for offset in range(len(dossier.pages) - start):
                    _number(dossier, dossier.pages[start + offset], first + offset)
    if "/AcroForm" in dossier.Root:
        del dossier.Root.AcroForm
    moment = f"{created.isoformat()}T00:00:00+00:00"
    with dossier.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata["dc:title"] = title
        metadata["xmp:CreateDate"] = metadata["xmp:ModifyDate"] = moment
        if archival:
            metadata["pdfaid:part"] = "3"
            metadata["pdfaid:conformance"] = "B"
    dossier.docinfo["/Title"] = title
    dossier.docinfo["/CreationDate"] = dossier.docinfo["/ModDate"] = f"D:{created:%Y%m%d}000000Z"
    out = io.BytesIO()
    dossier.save(out, deterministic_id=True, linearize=False, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _is_archival(source: object) -> bool:
    import pikepdf

    assert isinstance(source, pikepdf.Pdf)
    with source.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        return bool(metadata.get(_PDFA + "part", "") == "3")


@lru_cache(maxsize=4096)
def _digits(number: int) -> tuple[bytes, float]:
    drawn: list[str] = []
    x = 0.0
    for character in str(number):
        path, width = glyph_path(character, _NUMBER_SIZE, x)
        drawn.append(path)
        x += width
    return "\n".join(drawn).encode("ascii"), x


def _number(dossier: object, page: object, number: int) -> None:
    import pikepdf

    assert isinstance(dossier, pikepdf.Pdf) and isinstance(page, pikepdf.Page)
    drawing, width = _digits(number)
    left, _, right, top = (float(value) for value in page.mediabox)
    x = right - 46 - width if number % 2 else left + 46
    page.contents_add(b"q", prepend=True)
    page.contents_add(b"Q q 0 g 1 0 0 1 %.2f %.2f cm\n%s\nQ" % (x, top - 44, drawing))


def pack(
    places: Sequence[Place],
    *,
    bound: bytes,
    extra: Mapping[str, object],
    created: date,
    enclosures: Sequence[Enclosure] = (),
) -> bytes:
    """A ZIP: the bound file, every paper as it was issued, what is enclosed, and `manifest.json` with SHA-256 and pages (案卷包).

    `extra`: what the manifest says of the case. Same input, same bytes.
    """
    files: dict[str, bytes] = {"案卷.pdf": bound}
    rows: list[dict[str, object]] = []
    for index, item in enumerate(places, start=1):
        words = _UNSAFE.sub("_", "_".join(part for part in (item.paper.title, item.paper.number) if part))[:60]
        name = f"卷内文书/{index:03d}_{words}.pdf"
        files[name] = item.paper.pdf
        rows.append({"file": name, **item.row(), "sha256": hashlib.sha256(item.paper.pdf).hexdigest()})
    manifest = {
        **extra,
        "created": created.isoformat(),
        "bound": {"file": "案卷.pdf", "sha256": hashlib.sha256(bound).hexdigest()},
        "papers": rows,
        "evidence": [
            {"file": each.file, **each.told, "sha256": hashlib.sha256(each.data).hexdigest()} for each in enclosures
        ],
    }
    files |= {each.file: each.data for each in enclosures}
    files["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(PACKED_ALREADY) else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, files[name])
    return out.getvalue()

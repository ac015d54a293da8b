"""What a file says of itself (文件自称): which paper it claims to be. Nothing of it is believed; it only says where to look."""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any

from yisong.documents.pdf import FACTS_NAME

_LARGEST = 100_000_000
_LARGEST_PART = 2_000_000
_ADDRESS = re.compile(r"/verify/([A-Za-z0-9][A-Za-z0-9_-]{0,119})$")
_IDENTIFIER = "{http://purl.org/dc/elements/1.1/}identifier"


@dataclass(frozen=True, slots=True)
class Claim:
    """`code` = the paper's code in the verification address, empty where the file names none; `facts` = what a PDF has attached."""

    kind: str
    code: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def claim_of(content: bytes) -> Claim:
    """Read a PDF's attached facts or a word-processor file's identifier. Never raises: a file that cannot be read claims nothing."""
    if len(content) > _LARGEST:
        return Claim("")
    if content.startswith(b"%PDF"):
        return _of_pdf(content)
    if content.startswith(b"PK"):
        return _of_docx(content)
    return Claim("")


def _code(address: object) -> str:
    found = _ADDRESS.search(address) if isinstance(address, str) else None
    return found[1] if found else ""


def _of_pdf(content: bytes) -> Claim:
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content)) as opened:
            attached = opened.attachments.get(FACTS_NAME)
            facts = json.loads(_unpacked(attached.get_file().obj)) if attached is not None else {}
    except (pikepdf.PdfError, zlib.error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Claim("pdf")
    return Claim("pdf", _code(facts.get("verify_url")), facts) if isinstance(facts, dict) else Claim("pdf")


def _unpacked(stream: Any) -> bytes:
    """What is attached, packed as we pack it; what would unpack to more than a paper can hold is not ours (a `ValueError` of its reader)."""
    packed: bytes = stream.read_raw_bytes()
    return zlib.decompressobj().decompress(packed, _LARGEST_PART) if stream.get("/Filter") == "/FlateDecode" else packed


def _of_docx(content: bytes) -> Claim:
    from docx.oxml import parse_xml
    from lxml.etree import XMLSyntaxError

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entry = archive.getinfo("docProps/core.xml")
            properties = archive.read(entry) if entry.file_size <= _LARGEST_PART else b"<none/>"
        found = parse_xml(properties).findtext(_IDENTIFIER)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, RuntimeError, XMLSyntaxError):
        return Claim("docx")
    return Claim("docx", _code(found))

"""Reads of papers by their files (按文件查文书)."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlmodel import Session, col

from models import Document, Matter


def by_digest(session: Session, sha256: str) -> tuple[Document, Matter] | None:
    """The paper one of whose files has this SHA-256, with its matter (按摘要查文书)."""
    query = select(Document, Matter).join(Matter, col(Matter.id) == col(Document.matter_id))
    query = query.where(or_(col(Document.pdf_sha256) == sha256, col(Document.docx_sha256) == sha256)).order_by(
        col(Document.matter_id)
    )
    found = session.execute(query.limit(1)).first()
    return (found[0], found[1]) if found is not None else None

"""Alembic's door to the schema (数据库迁移)."""

from typing import Any

from alembic import context
from sqlmodel import SQLModel

import models  # noqa: F401


def _render(kind: str, item: Any, autogen_context: Any) -> Any:
    """Write column types in a migration so that it does not depend on the library's private names."""
    if kind != "type":
        return False
    name = type(item).__name__
    if name == "AutoString":
        return "sa.String()"
    if name in ("StoredInstant", "StoredJson"):
        return f"columns.{name}()"
    return False


context.configure(
    connection=context.config.attributes.get("connection"),
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=_render,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()

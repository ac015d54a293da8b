"""The desk (工作台): settings, rule book, clock, and one transaction at a time. The first thing every door opens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session

from yisong import rulefiles
from yisong.clock import Clock, SystemClock, local_date
from yisong.documents import fonts
from yisong.domain.rulebook import RuleBook
from yisong.settings import Settings, load_settings
from yisong.store import database

if TYPE_CHECKING:
    from yisong.documents.catalogue import Catalogue
    from yisong.intake.vault import EvidenceVault


@lru_cache(maxsize=8)
def _book_of(directory: Path, stamp: int) -> RuleBook:
    return rulefiles.read(directory)


def read_book(directory: Path) -> RuleBook:
    """The rule book of a folder (读入规则库), read again when one of its files has changed."""
    stamp = max((file.stat().st_mtime_ns for file in directory.rglob("*") if file.is_file()), default=0)
    return _book_of(directory, stamp)


class Desk:
    """What a door needs to work (工作台)."""

    def __init__(self, *, settings: Settings, book: RuleBook, clock: Clock) -> None:
        self.settings = settings
        self.book = book
        self.clock = clock
        fonts.use(settings.fonts)
        self.engine = database.open_engine(settings.database_url)

    @classmethod
    def open(
        cls, settings: Settings | None = None, *, clock: Clock | None = None, book: RuleBook | None = None
    ) -> Desk:
        """Open the desk of this installation.

        Raises `RuleBookError` or `SettingsError`, in Chinese, where the book or a setting cannot be used.
        """
        settings = settings or load_settings()
        return cls(settings=settings, book=book or read_book(settings.rules), clock=clock or SystemClock())

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.clock.now()

    @property
    def today(self) -> date:
        """The present day of the county."""
        return local_date(self.now, self.settings.timezone)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The types of papers, read when the first letter is written."""
        from yisong.documents.catalogue import Catalogue

        return Catalogue.read(self.settings.templates / "documents")

    @cached_property
    def vault(self) -> EvidenceVault:
        """Where evidence is kept, opened when the first piece is asked for. Raises PackageRefused in Chinese."""
        from yisong.intake.vault import EvidenceVault

        return EvidenceVault(self.settings.evidence)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One writing transaction: kept whole when the block ends, dropped whole when it raises."""
        with database.writing(self.engine) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads."""
        with database.reading(self.engine) as session:
            yield session

    def close(self) -> None:
        """Give back the database connections."""
        self.engine.dispose()

"""Print many letters on all cores (批量印制). Workers are started once per batch, share nothing, and keep their press warm."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from yisong.documents import fonts
from yisong.documents.docx import render_docx
from yisong.documents.errors import DocumentError
from yisong.documents.letter import Letter
from yisong.documents.pdf import render_pdf

_CHUNK = 4
_FEWEST = 12  # below this the start of a worker costs more than it saves


@dataclass(frozen=True, slots=True)
class Order:
    """A letter to print; `key` is the caller's, e.g. an outbox id."""

    key: str
    letter: Letter
    facts_json: bytes | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """Both files, or the refusal; one bad letter does not stop the others."""

    key: str
    pdf: bytes
    docx: bytes
    refusal: DocumentError | None


def print_one(order: Order, *, created: date) -> Printed:
    """Both formats of one letter."""
    try:
        pdf = render_pdf(order.letter, facts_json=order.facts_json, created=created)
        return Printed(order.key, pdf, render_docx(order.letter, created=created), None)
    except DocumentError as refusal:
        return Printed(order.key, b"", b"", refusal)


def _ready(own_fonts: Path | None) -> None:
    if own_fonts is not None:
        fonts.use(own_fonts)


def _print_chunk(orders: list[Order], created: date) -> list[Printed]:
    return [print_one(order, created=created) for order in orders]


def print_batch(orders: Iterable[Order], *, created: date, processes: int | None = None) -> Iterator[Printed]:
    """Print orders as they come, in no promised order; at most a few chunks per worker wait in memory.

    `processes`: workers, by default one per core; small batches are printed in this process.
    """
    remaining = iter(orders)
    first = list(islice(remaining, _FEWEST))
    workers = processes or os.cpu_count() or 1
    if workers == 1 or len(first) < _FEWEST:
        for order in first:
            yield print_one(order, created=created)
        for order in remaining:
            yield print_one(order, created=created)
        return
    with ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_ready, initargs=(fonts.chosen(),)
    ) as pool:
        waiting: set[Future[list[Printed]]] = set()
        for start in range(0, len(first), _CHUNK):
            waiting.add(pool.submit(_print_chunk, first[start : start + _CHUNK], created))
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            while len(waiting) < 3 * workers and (chunk := list(islice(remaining, _CHUNK))):
                waiting.add(pool.submit(_print_chunk, chunk, created))
            for future in done:
                yield from future.result()

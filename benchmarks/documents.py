"""Letters per second (文书印制速度), beside what one would write otherwise, in the same run on the same letter.

The work: a one-page 催办函 with facts that differ from letter to letter, as PDF/A-3b with its facts attached, and as DOCX.
The peers: WeasyPrint called plainly (the distribution's fonts, its own configuration per call) with python-docx on its default
template; docxtpl filling a Word template, LibreOffice turning it into PDF; and typst, the floor, which makes no DOCX. Times are CPU
seconds of this process and its children per letter; the machine may be shared.
"""

import argparse
import io
import json
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from yisong.documents.batch import Order, print_batch
from yisong.documents.catalogue import Catalogue
from yisong.documents.docx import render_docx
from yisong.documents.dossier import Paper, bind, place
from yisong.documents.letter import Letter, Paragraph, Table
from yisong.documents.pdf import render_pdf

ROOT = Path(__file__).resolve().parents[1] / "templates" / "documents"
CREATED = date(2026, 11, 20)
CODE = "cuiban"
STOCK_FONTS = '"Noto Serif CJK SC"'


def cpu() -> float:
    """CPU seconds of this process and of children that have ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def resident() -> int:
    """Resident memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000


def per_letter(work: Callable[[int], object], count: int) -> float:
    """CPU seconds per letter, after one to warm up."""
    work(0)
    start = cpu()
    for index in range(1, count + 1):
        work(index)
    return (cpu() - start) / count


def one_letter(catalogue: Catalogue, index: int) -> Letter:
    """A one-page letter that differs from all others in number and title, so that nothing can be remembered from one to the next."""
    facts = catalogue.sample(CODE)
    facts["number"] = f"云综执催〔2026〕{index + 1}号"
    letter = catalogue.compose(CODE, facts)
    body = tuple(block for block in letter.blocks if not isinstance(block, Table))
    return replace(letter, blocks=(*body[:4], body[-1]), copies=(), attachment_names=(), attachments=())


def letters(catalogue: Catalogue, count: int) -> list[Letter]:
    """As many of them."""
    return [one_letter(catalogue, index) for index in range(count)]


def plain_pdf(letter: Letter) -> bytes:
    """What a first attempt does: the same words, the distribution's fonts, a configuration per call."""
    import html

    import weasyprint

    words = "".join(f"<p>{html.escape(block.text)}</p>" for block in letter.blocks if isinstance(block, Paragraph))
    page = (
        f"<style>@page{{size:A4;margin:37mm 26mm 35mm 28mm}}body{{font:16pt/29pt {STOCK_FONTS}}}h1{{font-size:22pt;text-align:center}}"
        f"p{{text-indent:2em;margin:0}}</style><h1>{html.escape(''.join(letter.title))}</h1><p>{letter.addressee}：</p>{words}"
        f"<p>{letter.issuer}</p>"
    )
    pdf: bytes = weasyprint.HTML(string=page).write_pdf(pdf_variant="pdf/a-3b")
    return pdf


def plain_docx(letter: Letter) -> bytes:
    """python-docx on its default template."""
    import docx
    from docx.shared import Pt

    document = docx.Document()
    document.add_heading("".join(letter.title), 1)
    for block in letter.blocks:
        if isinstance(block, Paragraph):
            document.add_paragraph(block.text).paragraph_format.first_line_indent = Pt(32)
    document.add_paragraph(letter.issuer)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def word_template(folder: Path) -> Path:
    """A Word template for docxtpl."""
    import docx

    document = docx.Document()
    document.add_heading("{{ title }}", 1)
    document.add_paragraph("{% for p in paragraphs %}{{ p }}\n{% endfor %}{{ issuer }}")
    document.save(str(folder / "template.docx"))
    return folder / "template.docx"


def office_pair(made: list[Letter], folder: Path) -> float:
    """docxtpl, then one run of LibreOffice for all."""
    DocxTemplate = import_module("docxtpl").DocxTemplate  # a peer, not a dependency

    template = word_template(folder)
    start = cpu()
    files = []
    for index, letter in enumerate(made):
        document = DocxTemplate(template)
        words = [block.text for block in letter.blocks if isinstance(block, Paragraph)]
        document.render({"title": "".join(letter.title), "paragraphs": words, "issuer": letter.issuer}, autoescape=True)
        files.append(str(folder / f"{index}.docx"))
        document.save(files[-1])
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *files],
        check=True,
        capture_output=True,
    )
    return (cpu() - start) / len(made)


def typst_seconds(made: list[Letter], folder: Path, count: int) -> float:
    """typst with our faces, its compiler kept warm; 0 = not installed."""
    try:
        typst = import_module("typst")  # a peer, not a dependency
    except ImportError:
        return 0.0
    source = folder / "letter.typ"
    source.write_text("", encoding="utf-8")
    compiler = typst.Compiler(str(source), font_paths=[str(ROOT.parents[1] / "fonts")], ignore_system_fonts=True)

    def make(index: int) -> bytes:
        letter = made[index]
        words = "\n\n".join(block.text.replace("#", "\\#") for block in letter.blocks if isinstance(block, Paragraph))
        text = (
            '#set page(paper:"a4",margin:(top:37mm,bottom:35mm,left:28mm,right:26mm))\n#set text(font:"Yisong Fang",size:16pt,lang:"zh")\n'
            f"#align(center)[{''.join(letter.title)} {letter.number}]\n\n{words}\n\n{letter.issuer}\n"
        )
        data: bytes = compiler.compile(input=text.encode())
        return data

    return per_letter(make, count)


def plain_pair(made: list[Letter]) -> float:
    """CPU seconds per letter of both plain calls."""
    return per_letter(lambda index: (plain_pdf(made[index]), plain_docx(made[index])), len(made) - 1)


def fresh_process(work: Callable[[list[Letter]], float], made: list[Letter]) -> float:
    """Where none of our care has touched the libraries."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, made).result()


def dossier_seconds(made: list[Letter]) -> float:
    """CPU seconds to bind fifty papers, catalogue included."""
    papers = [Paper("催办函", letter.number, CREATED, render_pdf(letter, created=CREATED)) for letter in made[:50]]
    catalogue = Catalogue.read(ROOT)
    start = cpu()
    places = place(papers)
    facts = catalogue.sample("juannei")
    facts["dossier"] |= {"papers": [item.row() for item in places], "pages": places[-1].last}
    front = render_pdf(catalogue.compose("juannei", facts), created=CREATED)
    bind(places, front=front, title="案卷", created=CREATED)
    return cpu() - start


def run(*, count: int = 40, batches: Sequence[int] = ()) -> dict[str, Any]:
    """All figures of one run, in about half a minute; rates are letters per CPU second. Whole batches take their time, and are asked for."""
    catalogue = Catalogue.read(ROOT)
    made = letters(catalogue, max(count + 1, 51))
    facts = json.dumps(catalogue.sample(CODE), ensure_ascii=False).encode()
    sample = catalogue.sample(CODE)
    cost: dict[str, float] = {
        "compose": per_letter(lambda _: catalogue.compose(CODE, sample), count),
        "PDF/A-3 with facts": per_letter(lambda i: render_pdf(made[i], facts_json=facts, created=CREATED), count),
        "DOCX": per_letter(lambda i: render_docx(made[i], created=CREATED), count),
    }
    cost["pair"] = cost["PDF/A-3 with facts"] + cost["DOCX"]
    few = max(count // 4, 5)
    cost["plain pair"] = fresh_process(plain_pair, made[: few + 1])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cost["typst (PDF only, the floor)"] = typst_seconds(made, folder, few)
        if shutil.which("soffice"):
            cost["docxtpl + LibreOffice"] = office_pair(made[:few], folder)
    result: dict[str, Any] = {
        "ms of CPU per letter": {label: round(seconds * 1000, 2) for label, seconds in cost.items() if seconds},
        "letters per CPU second": {label: round(1 / seconds, 1) for label, seconds in cost.items() if seconds},
        "pair, times the plain pair": round(cost["plain pair"] / cost["pair"], 1),
        "dossier of 50, CPU seconds": round(dossier_seconds(made), 2),
    }
    for size in batches:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            result[f"batch of {size}"] = pool.submit(batch, size, facts=facts).result()
    return result


def batch(size: int, *, facts: bytes) -> dict[str, Any]:
    """As many letters, no two alike: first in one process, format by format, then both formats on all cores."""
    catalogue = Catalogue.read(ROOT)
    render_pdf(one_letter(catalogue, 0), facts_json=facts, created=CREATED)
    memory = [resident()]
    seconds = {"compose": 0.0, "PDF": 0.0, "DOCX": 0.0}
    halves = [0.0, 0.0]
    for index in range(size):
        marks = [cpu()]
        letter = one_letter(catalogue, index)
        marks.append(cpu())
        render_pdf(letter, facts_json=facts, created=CREATED)
        marks.append(cpu())
        render_docx(letter, created=CREATED)
        marks.append(cpu())
        for label, before, after in zip(seconds, marks, marks[1:], strict=False):
            seconds[label] += after - before
        halves[2 * index // size] += marks[3] - marks[1]
        if index == size // 2:
            memory.append(resident())
    memory.append(resident())
    both = seconds["PDF"] + seconds["DOCX"]
    orders = (Order(str(index), one_letter(catalogue, index), facts) for index in range(size))
    start, used = time.perf_counter(), cpu()
    printed = sum(1 for item in print_batch(orders, created=CREATED) if item.pdf and item.docx)
    passed, used = time.perf_counter() - start, cpu() - used
    return {
        "letters per CPU second, one process": {
            "compose": round(size / seconds["compose"], 1), "PDF": round(size / seconds["PDF"], 1), "DOCX": round(size / seconds["DOCX"], 1),
            "both": round(size / both, 1),
        },
        "second half, times the first": round(halves[1] / halves[0], 2),
        "MB before, half way, after": memory,
        "all cores": {
            "cores": os.cpu_count(), "printed": printed, "pairs per second of wall clock": round(printed / passed, 1),
            "pairs per CPU second": round(printed / used, 1), "cores kept busy": round(used / passed, 2),
            "MB of the largest worker": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1000,
        },
    }  # fmt: skip


def main() -> None:
    """Print the figures as JSON (报告)."""
    parser = argparse.ArgumentParser(description="letters per second")
    parser.add_argument("--letters", type=int, default=60, help="letters per measurement")
    parser.add_argument("--batch", type=int, nargs="*", default=[200], help="sizes of whole batches, e.g. 1000 5000")
    arguments = parser.parse_args()
    json.dump(run(count=arguments.letters, batches=arguments.batch), sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()

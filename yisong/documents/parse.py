"""Turn a marked wording into the block model (措辞解析). The syntax is defined in docs/decisions/0005-documents.md."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from yisong.documents.errors import DocumentError
from yisong.documents.forms import tables
from yisong.documents.letter import Attachment, Block, Cut, PageBreak, Paragraph, Role, Run, Signature
from yisong.documents.measures import TITLE_CHARACTERS
from yisong.documents.titles import break_title
from yisong.documents.wording import DATA, Marked

NOTHING = "无"
HEAD_KEYS = ("title", "to", "organ", "number", "sign", "note", "attachments", "copies", "urgency")
_LIST_KEYS = ("attachments", "copies")
_HEADINGS: tuple[tuple[re.Pattern[str], Role, int], ...] = (
    (re.compile(r"[一二三四五六七八九十]{1,3}、"), "hei", 1),
    (re.compile(r"（[一二三四五六七八九十]{1,3}）"), "kai", 2),
)
_LONGEST_RUN_IN = 24
_ATTACHMENT = re.compile(r"#\s*(附件\d{0,2})\s+")
_TITLE_BREAK = " / "


@dataclass(slots=True)
class Head:
    """The lines between the two `---` (版头信息)."""

    values: dict[str, str] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    title: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnSignature:
    """The issuer's own signature block (本机关落款), as every `@署名` without words gives it."""

    name: str
    date_text: str

    def block(self) -> Signature:
        """The block with the seal's place."""
        return Signature(self.name, self.date_text, sealed=True)


def split_lines(wording: Marked) -> list[Marked]:
    """Lines of the template; line ends inside data do not count."""
    return [line for line in wording.split("\n") if line.mask.strip(" \t")]


def parse_head(lines: Sequence[Marked], *, where: str, widest: float = TITLE_CHARACTERS) -> tuple[Head, list[Marked]]:
    """Read the head; give back the lines after it. `widest`: characters of a title line."""
    if not lines or lines[0].mask.strip() != "---":
        raise DocumentError("bad-template", f"{where}：措辞应以“---”一行开头，写明 title 等要素。")
    head = Head()
    current = ""
    for index, line in enumerate(lines[1:], start=1):
        if line.mask.strip() == "---":
            if not head.title:
                raise DocumentError("bad-template", f"{where}：版头缺少 title（标题）。")
            return head, list(lines[index + 1 :])
        if line.mask.startswith("- "):
            if current not in _LIST_KEYS:
                raise DocumentError("bad-template", f"{where}：版头中“- ”行只能写在 attachments: 或 copies: 之下。")
            head.lists[current] = (*head.lists.get(current, ()), _one_line(line.cut(2)))
            continue
        name, colon, _ = line.mask.partition(":")
        current = name.strip()
        if not colon or current not in HEAD_KEYS:
            raise DocumentError(
                "bad-template", f"{where}：版头“{line.text[:30]}”无法识别，可用：{'、'.join(HEAD_KEYS)}。"
            )
        value = line.cut(len(name) + 1).strip()
        if current == "title":
            head.title = title_lines(value, widest=widest)
        elif current in _LIST_KEYS:
            head.lists.setdefault(current, (_one_line(value),) if len(value) and value.mask != NOTHING else ())
        else:
            head.values[current] = _one_line(value)
    raise DocumentError("bad-template", f"{where}：版头没有以“---”一行结束。")


def title_lines(value: Marked, *, widest: float = TITLE_CHARACTERS) -> tuple[str, ...]:
    """A title's lines: where the wording says ` / `, else broken so that words and names stay whole."""
    given = tuple(_one_line(part.strip()) for part in value.split(_TITLE_BREAK))
    if len(given) > 1:
        return tuple(line for line in given if line)
    text = _one_line(value)
    if len(text) != len(value):
        return break_title(text, (), widest=widest) if text else ()
    edges = tuple(at for at in range(1, len(value)) if (value.mask[at] == DATA) != (value.mask[at - 1] == DATA))
    return break_title(text, edges, widest=widest) if text else ()


def _one_line(piece: Marked) -> str:
    return " ".join(piece.text.split("\n")).strip(" ")


def parse_blocks(lines: Sequence[Marked], own: OwnSignature) -> tuple[Block, ...]:
    """Lines of one part (main text or attachment) to blocks."""
    blocks: list[Block] = []
    rows: list[Marked] = []

    def close_table() -> None:
        if rows:
            blocks.extend(tables(rows))
            rows.clear()

    for line in lines:
        if line.mask.startswith("|"):
            rows.append(line)
            continue
        close_table()
        if line.mask.startswith("@"):
            blocks.append(_directive(line, own))
        else:
            blocks.extend(_paragraphs(line))
    close_table()
    return tuple(blocks)


def _directive(line: Marked, own: OwnSignature) -> Block:
    name, _, _ = line.mask.partition(" ")
    rest = line.cut(len(name)).strip()
    match name.strip():
        case "@署名" if not len(rest):
            return own.block()
        case "@署名":
            signer, *day = rest.split("|")
            return Signature(_one_line(signer.strip()), _one_line(day[0].strip()) if day else "", sealed=False)
        case "@回执":
            return Cut(_one_line(rest) or "回执")
        case "@换页":
            return PageBreak()
        case _:
            raise DocumentError("bad-template", f"措辞中的“{line.text[:20]}”无法识别，可用：@署名、@回执、@换页。")


def _paragraphs(line: Marked) -> list[Paragraph]:
    for mark, align, role in ((">> ", "right", "body"), ("> ", "flush", "body"), ("= ", "centre", "hei")):
        if line.mask.startswith(mark):
            parts = line.cut(len(mark)).text.split("\n")
            return [Paragraph((Run(part, role),), align) for part in parts if part.strip()]  # type: ignore[arg-type]
    first, *further = line.text.split("\n")
    paragraphs = [_opening(line.cut(0, len(first)))] if first.strip() else []
    return paragraphs + [Paragraph((Run(part),)) for part in further if part.strip()]


def _opening(line: Marked) -> Paragraph:
    line = line.strip()
    for pattern, role, level in _HEADINGS:
        if not pattern.match(line.mask):
            continue
        stop = line.mask.find("。")
        if 0 <= stop < _LONGEST_RUN_IN and stop + 1 < len(line):
            return Paragraph((Run(line.text[: stop + 1], role), Run(line.text[stop + 1 :])), level=level)
        if len(line) <= _LONGEST_RUN_IN and stop in (-1, len(line) - 1):
            return Paragraph((Run(line.text, role),), level=level)
        return Paragraph((Run(line.text),))
    return Paragraph((Run(line.text),))


def parse_body(
    lines: Sequence[Marked], own: OwnSignature, *, sign: bool
) -> tuple[tuple[Block, ...], tuple[Attachment, ...]]:
    """Main text with its signature in the right place, and the attachments."""
    parts: list[list[Marked]] = [[]]
    heads: list[Marked] = []
    for line in lines:
        if line.mask.startswith("#"):
            if not _ATTACHMENT.match(line.mask):
                raise DocumentError("bad-template", f"措辞中的“{line.text[:30]}”应写作“# 附件1 标题”或“# 附件 标题”。")
            heads.append(line)
            parts.append([])
        else:
            parts[-1].append(line)
    main = parse_blocks(parts[0], own)
    if sign:
        main = _signed(main, own)
    return main, tuple(_attachment(head, parse_blocks(part, own)) for head, part in zip(heads, parts[1:], strict=True))


def _signed(main: tuple[Block, ...], own: OwnSignature) -> tuple[Block, ...]:
    cut = next((index for index, block in enumerate(main) if isinstance(block, Cut)), len(main))
    if any(isinstance(block, Signature) for block in main[:cut]):
        return main
    return (*main[:cut], own.block(), *main[cut:])


def _attachment(head: Marked, blocks: tuple[Block, ...]) -> Attachment:
    found = _ATTACHMENT.match(head.mask)
    assert found is not None  # checked when the parts were split
    title = head.cut(found.end())
    return Attachment(found[1], title_lines(title), blocks)

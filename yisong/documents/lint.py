"""Find the faults that official papers commonly have (公文常见错误检查).

The list follows domain.md 3.7 and GB/T 9704-2012 (numbers of clauses in the table below). A fault is advice with a place, never a refusal:
what may not be printed at all is refused when the letter is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from yisong.documents.letter import Letter, Paragraph, Signature


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault (差错): stable code, what to change, and the words at fault."""

    code: str
    message: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class _Pattern:
    code: str
    pattern: re.Pattern[str]
    message: str


_HAN = "\u4e00-\u9fff"
_TEXT_PATTERNS = tuple(
    _Pattern(code, re.compile(pattern), message)
    for code, pattern, message in (
        ("year-bracket", rf"[{_HAN}](?!〔20\d\d〕)[\[（(【﹝［〔]20\d\d[\]）)】﹞］〕]\s*\d+号", "发文字号的年份应当用六角括号“〔〕”（7.2.5）"),
        ("number-word", r"〔20\d\d〕第", "发文字号的顺序号前不加“第”字（7.2.5）"),
        ("number-zero", r"〔20\d\d〕0\d*号", "发文字号的顺序号不编虚位，即1不编为01（7.2.5）"),
        ("short-year", r"〔\d\d〕", "发文字号的年份应当标全称（7.2.5）"),
        ("date-zero", r"20\d\d年(?:0\d月|1?\d月0\d日)", "日期的月、日不编虚位，即1月不写作01月（7.3.5）"),
        ("date-iso", r"(?<![A-Za-z0-9-])20\d\d-\d\d-\d\d(?![A-Za-z0-9-])", "日期应当写作“2026年1月5日”"),
        ("ordinal-comma", rf"^\d{{1,2}}、(?=[{_HAN}])", "第三层序数后用实心点，写作“1.”（7.3.3）"),
        ("bracket-comma", r"^（[一二三四五六七八九十\d]+）[、，．.]", "带括号的序数后不再加标点（7.3.3）"),
        ("blank-page", r"此页无正文", "不得用“此页无正文”，应当调整行距、字距（7.3.5.4）"),
        ("leftover", r"\{\{|\}\}|\{%|%\}|\bundefined\b|\bNone\b", "模板标记没有被替换，请检查模板"),
        ("half-width", rf"(?<=[{_HAN}])[,;:?!](?=[{_HAN}])", "汉字之间应当用全角标点"),
        ("doubled", r"([，、；：。])\1|[，、；：]。|。[，、；：]", "标点重复或连用"),
        ("empty-value", r"：(?=[，。；])", "冒号之后没有内容，可能缺少事实"),
    )
)  # fmt: skip
_COMMANDS = ("请遵照执行", "务必", "责成贵", "责令贵", "令你局", "命令", "必须按时", "不得有误")


def lint(subject: Letter | str) -> list[Fault]:
    """All faults of a letter, or of a plain text (one paragraph per line)."""
    if isinstance(subject, str):
        return list(_text_faults(subject.splitlines()))
    return [*_text_faults(list(subject.texts())), *_letter_faults(subject)]


def _text_faults(lines: list[str]) -> Iterator[Fault]:
    for line in lines:
        for rule in _TEXT_PATTERNS:
            for found in rule.pattern.finditer(line):
                start, stop = max(found.start() - 6, 0), found.end() + 6
                yield Fault(rule.code, rule.message + "。", line[start:stop])
        if line.startswith("抄送：") and not line.endswith("。"):
            yield Fault("copies-stop", "抄送机关之后应当用句号（7.4.2）。", line[-12:])


def _letter_faults(letter: Letter) -> Iterator[Fault]:
    title = "".join(letter.title)
    if title.endswith(tuple("。，；：、.")):
        yield Fault("title-stop", "标题末尾不加标点（7.3.1）。", title[-8:])
    for name in letter.attachment_names:
        if name.endswith(tuple("。，；：、.;")):
            yield Fault("attachment-stop", "附件名称后不加标点（7.3.4）。", name[-8:])
    if letter.layout == "letter":
        yield from _tone(letter, title)
    if letter.layout in ("letter", "gongwen"):
        if not letter.number:
            yield Fault("no-number", "函和红头公文应当有发文字号（7.2.5）。", title)
        if not any(isinstance(block, Signature) for block in letter.blocks):
            yield Fault("no-signature", "缺少发文机关署名和成文日期（7.3.5）。", title)
    yield from _attachment_faults(letter)
    for block in letter.blocks:
        if isinstance(block, Signature) and block.sealed and block.name != letter.issuer:
            yield Fault("signature-name", "署名应当是发文机关全称或者规范化简称（7.3.5）。", block.name)


def _tone(letter: Letter, title: str) -> Iterator[Fault]:
    if title.endswith("函") and letter.number:
        for block in letter.blocks:
            text = block.text if isinstance(block, Paragraph) else ""
            for phrase in _COMMANDS:
                if phrase in text:
                    yield Fault("tone", "平行机关之间的函应当商请、告知，不用命令口吻（10.1）。", phrase)


def _attachment_faults(letter: Letter) -> Iterator[Fault]:
    marks = [attachment.mark for attachment in letter.attachments]
    if len(marks) > 1 and len(set(marks)) != len(marks):
        yield Fault("attachment-marks", "附件序号重复（7.3.4）。", "、".join(marks))
    if len(marks) > 1 and "附件" in marks:
        yield Fault("attachment-marks", "有多个附件时，每个附件都应当有序号（7.3.4）。", "、".join(marks))
    if marks and letter.layout in ("letter", "gongwen") and len(letter.attachment_names) < len(marks):
        yield Fault("attachment-names", "正文后的附件说明少于所附的附件（7.3.4）。", "、".join(marks))

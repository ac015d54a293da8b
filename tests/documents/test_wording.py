"""The syntax of a wording (docs/decisions/0005), and what the sandbox refuses."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from yisong.documents import budget
from yisong.documents.catalogue import Catalogue
from yisong.documents.errors import DocumentError
from yisong.documents.letter import Attachment, Cut, Form, Letter, PageBreak, Paragraph, Run, Signature, Table

TYPE = """
code = "proef"
name = "试件"
gloss = "trial"
layout = "letter"
number_word = "试"
issuer = "issuer"
addressed_to = "unit"
for_unit = false
signers = []
basis = []
[facts]
"issuer.name" = "text"
"issued_on" = "date"
"word" = "text?"
"rows" = "list?"
"""
HEAD = "---\ntitle: 试件的函\n---\n"
FACTS: dict[str, Any] = {"number": "试〔2026〕1号", "issued_on": "2026-01-05", "issuer": {"name": "某县试验局"}}
Try = Callable[..., Letter]


@pytest.fixture
def attempt(tmp_path: Path) -> Try:
    """Compose one wording with facts."""

    def compose(body: str, head: str = HEAD, kind: str = TYPE, **facts: Any) -> Letter:
        folder = tmp_path / "proef"
        folder.mkdir(exist_ok=True)
        (folder / "document.toml").write_text(kind, encoding="utf-8")
        (folder / "body.j2").write_text(head + body, encoding="utf-8")
        return Catalogue.read(tmp_path).compose("proef", FACTS | facts)

    return compose


def refusal(call: Callable[[], object]) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        call()
    return caught.value


def test_numbering_of_the_standard_makes_headings(attempt: Try) -> None:
    letter = attempt("一、基本情况\n（一）时间。五月。\n1. 细目\n（1）小项\n正文\n> 顶格\n= 居中\n>> 靠右\n")
    texts = [block for block in letter.blocks if isinstance(block, Paragraph)]
    assert [(p.level, p.align, [r.role for r in p.runs]) for p in texts] == [
        (1, "indent", ["hei"]), (2, "indent", ["kai", "body"]), (0, "indent", ["body"]), (0, "indent", ["body"]),
        (0, "indent", ["body"]), (0, "flush", ["body"]), (0, "centre", ["hei"]), (0, "right", ["body"]),
    ]  # fmt: skip
    assert texts[1].runs == (Run("（一）时间。", "kai"), Run("五月。"))


def test_a_long_sentence_with_a_number_is_no_heading(attempt: Try) -> None:
    letter = attempt("一、" + "长" * 30 + "。后文\n")
    assert letter.blocks[0] == Paragraph((Run("一、" + "长" * 30 + "。后文"),))


def test_numerals_from_the_filter_may_build_structure_and_data_may_not(attempt: Try) -> None:
    letter = attempt("（{{ 12|序号 }}）标题。后\n{{ word }}\n", word="（一）假标题。后")
    first, second = letter.blocks[:2]
    assert isinstance(first, Paragraph) and first.level == 2
    assert isinstance(second, Paragraph) and second.level == 0


def test_the_signature_stands_before_the_receipt_and_the_attachments(attempt: Try) -> None:
    letter = attempt("正文\n@回执 回执联\n收到\n# 附件1 清单\n附件文\n# 附件2 第二份\n")
    assert [type(block) for block in letter.blocks] == [Paragraph, Signature, Cut, Paragraph]
    assert letter.blocks[1] == Signature("某县试验局", "2026年1月5日", sealed=True)
    assert letter.attachments == (
        Attachment("附件1", ("清单",), (Paragraph((Run("附件文"),)),)),
        Attachment("附件2", ("第二份",), ()),
    )


def test_signatures_of_others_and_none(attempt: Try) -> None:
    letter = attempt("正文\n@署名 甲公司（盖章） | 　　年　月　日\n")
    assert letter.blocks[1:] == (Signature("甲公司（盖章）", "　　年　月　日", sealed=False),)
    assert attempt("正文\n", head="---\ntitle: 甲\nsign: 无\n---\n").blocks == (Paragraph((Run("正文"),)),)
    assert PageBreak() in attempt("甲\n@换页\n乙\n").blocks


def test_list_tables_and_forms(attempt: Try) -> None:
    letter = attempt(
        "| 序号 | 名称 |\n|---|-----|\n{% for r in rows %}\n| {{ loop.index }} | {{ r }} |\n{% endfor %}\n"
        "文\n|!! 分栏 |\n| 甲 | 乙 |\n|^3*4! 大 |*8 值\\\\ >> 右 |\n| 户 | 名 | 值 |\n| ^^ | 址 | 值 |\n",
        rows=["一|二", "x\ny"],
    )
    table, _, form = letter.blocks[:3]
    assert isinstance(table, Table) and isinstance(form, Form)
    assert table.widths == (3, 5)
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["1", "一|二"], ["2", "xy"]]
    assert table.rows[0].cells[0].centred and not table.rows[0].cells[1].centred
    assert [[(c.text, c.span, c.rows, c.centred, c.strong) for c in row.cells] for row in form.rows] == [
        [("分栏", 12, 1, True, True)],
        [("甲", 2, 1, True, False), ("乙", 10, 1, False, False)],
        [("大", 4, 1, True, False), ("值右", 8, 1, False, False)],
        [("户", 2, 2, True, False), ("名", 2, 1, True, False), ("值", 8, 1, False, False)],
        [("址", 2, 1, True, False), ("值", 8, 1, False, False)],
    ]
    assert form.rows[2].height == 3 and form.rows[2].cells[1].lines[1].right


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ("| 甲 | 乙\n", "应以“|”开头并以“|”结尾"), ("|*5 甲 |*5 乙 |\n", "合计12"), ("|*4 甲 | 乙 |\n", "合计12"),
        ("| 甲 | 乙 |\n|---|\n", "表头有2栏"), ("| 甲 | 乙 |\n|---|---|\n| 一 | 二 |\n|---|---|---|\n", "表头有2栏"),
        ("|---|\n", "上方应有表头行"), ("| ^^ | 乙 |\n", "没有同样宽的栏"), ("@印章\n", "无法识别"), ("# 附录 甲\n", "应写作"),
        ("{{ word\n", "第4行"), ("{% if word %}\n", "没有用“{% endif %}”结束"), ("{% endfor %}\n", "多了一个“{% endfor %}”"), ("{{ word｜句 }}\n", "半角"), ("{{ word|期日 }}\n", "没有“|期日”"),
        ("{% macro a() %}{% endmacro %}\n", "不能用“macro”"), ("{{ range(9) }}\n", "没有“range(…)”"), ("{% for a in word %}{% endfor %}\n", "缺少事实“word”"),
        ("甲\n\n{{ 1 / 0 }}\n", "第6行：措辞不能执行（除数为零）"), ("{{ nothing }}\n", "第4行"), ("{{ word %}\n", "没有成对"), ("{% fi word %}\n", "不认识“{% fi %}”"), ("{{ nothing }}\n", "缺少事实“nothing”"),
        ("{{ issuer.fax }}\n", "缺少事实“issuer.fax”"), ("{{ word }}\n", "缺少事实“word”"), ("{{ rows }}\n", "直接输出了列表"),
        ("{{ issuer }}\n", "直接输出了列表"), ("| a | b | c | d | e | f | g |\n", "写明每栏宽度"), ("{{ '甲'|日期 }}\n", "不是有效日期"),
    ],
)  # fmt: skip
def test_a_clerk_is_told_what_is_wrong_and_where(attempt: Try, body: str, part: str) -> None:
    assert part in refusal(lambda: attempt(body, rows=["x"])).message


@pytest.mark.parametrize(
    ("head", "part"),
    [
        ("", "应以“---”"), ("---\nto: 甲\n---\n", "缺少 title"), ("---\ntitle: 甲\n", "“正文”无法识别"), ("---\nfax: 1\ntitle: 甲\n---\n", "无法识别"),
        ("---\n- 甲\ntitle: 甲\n---\n", "只能写在 attachments"), ("---\ntitle: " + "长" * 130 + "\n---\n", "版头放不下"),
    ],
)  # fmt: skip
def test_a_faulty_head_is_refused(attempt: Try, head: str, part: str) -> None:
    assert part in refusal(lambda: attempt("正文\n", head=head)).message


@pytest.mark.parametrize(
    "attack",
    [
        "{{ word.__class__ }}", "{{ ''.__class__.__mro__ }}", "{{ issuer.items() }}", "{{ issuer.update({}) }}", "{{ lipsum }}", "{{ cycler }}",
        "{{ self }}", "{{ range(10) }}", "{{ '%s'.format(1) }}", "{{ 'a' * 100000000 }}", "{{ 2 ** 4000 }}", "{{ '%999999999d' % 1 }}",
        "{% include 'x' %}", "{% import 'x' as y %}", "{% extends 'x' %}", "{{ word|attr('__class__') }}", "{{ word|tojson }}",
        "{{ issuer['__class__'] }}", "{{ joiner() }}", "{{ word|map('attr', 'x')|list }}", "{{ [].append(1) }}", "{{ namespace.__init__ }}",
    ],
)  # fmt: skip
def test_the_sandbox_refuses_by_name(attempt: Try, attack: str) -> None:
    error = refusal(lambda: attempt(attack + "\n", word="甲"))
    assert error.code in {"bad-template", "missing-fact"}


BOMBS = {
    "loops within loops": "{% for a in rows %}" * 6 + "甲" + "{% endfor %}" * 6,
    "a loop without a letter": "{% for a in rows %}" * 6 + "{% endfor %}" * 6,
    "text that doubles by +": "{% set n = namespace(s='甲') %}{% for a in rows %}{% set n.s = n.s + n.s %}{% endfor %}{{ n.s }}",
    "text that doubles by ~": "{% set n = namespace(s='甲') %}{% for a in rows %}{% set n.s = n.s ~ n.s %}{% endfor %}{{ n.s }}",
    "text that doubles in a block": "{% set n = namespace(s='甲') %}{% for a in rows %}{% set n.s %}{{ n.s }}{{ n.s }}{% endset %}{% endfor %}",
    "text that multiplies": "{% set n = namespace(s='甲甲') %}{% for a in rows %}{% set n.s = n.s|replace('甲', n.s) %}{% endfor %}",
    "text that multiplies while compiled": "{{ '甲'" + "|replace('甲', '" + "甲" * 50 + "')" * 12 + " }}",
    "a long join": "{% set s %}" + "甲" * 9000 + "{% endset %}{{ rows|join(s) }}",
    "a wide batch": "{{ rows|batch(1000000000, '甲')|list|length }}",
    "lists that double": "{% set n = namespace(s=['甲']) %}{% for a in rows %}{% set n.s = [n.s, n.s] %}{% endfor %}",
    "lists that add up": "{% set n = namespace(s=['甲']) %}{% for a in rows %}{% set n.s = [n.s]|sum(start=[]) %}{% endfor %}",
    "batches that double": "{% set n = namespace(s=['甲']) %}{% for a in rows %}{% set n.s = n.s|batch(2, n.s)|list %}{% endfor %}{{ n.s|string }}",
    "constant text": "{% for a in rows %}{% for b in rows %}" + "甲" * 900 + "{% endfor %}{% endfor %}",
    "slow comparisons": "{% set s %}" + "甲" * 90_000 + "{% endset %}" + "{% for a in rows %}" * 4 + "{% if '乙' in s %}{% endif %}" * 60 + "{% endfor %}" * 4,
    "recursion": "{% for a in rows recursive %}{{ loop(rows) }}{{ loop(rows) }}{% endfor %}",
    "macros that call themselves": "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
    "blocks that call themselves": "{% block f %}{{ self.f() }}{{ self.f() }}{% endblock %}",
    "too many nested loops": "{% for a in rows %}" * 30 + "甲" + "{% endfor %}" * 30,
    "brackets beyond reason": "{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}",
    "a number beyond reason": "{{ " + "9" * 10_000 + " }}",
    "a million": "{% for i in range(10**9) %}甲{% endfor %}",
    "multiplied text": "{{ '甲' * 10**9 }}",
    "a template beyond reason": "甲" * 300_000,
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_wording_that_would_never_end_is_refused_by_name(
    attempt: Try, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "LONGEST_WORK", 0.3)
    error = refusal(lambda: attempt(BOMBS[name] + "\n", rows=[str(number) for number in range(60)]))
    assert error.code in {"bad-template", "too-long", "too-much-work"}
    assert re.search("[\u4e00-\u9fff]", error.message) and "Traceback" not in error.message


def test_memory_is_not_eaten_before_the_refusal(attempt: Try) -> None:
    tracemalloc.start()
    for name in ("text that doubles by ~", "text that multiplies", "a long join", "a wide batch", "constant text"):
        refusal(lambda name=name: attempt(BOMBS[name] + "\n", rows=[str(number) for number in range(60)]))  # type: ignore[misc]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64_000_000


def test_loops_of_an_ordinary_size_are_nothing_special(attempt: Try) -> None:
    rows = [str(number) for number in range(300)]
    body = "{% for a in rows %}{% for b in rows %}{% if loop.last and a == b %}{{ loop.length }}{% endif %}{% endfor %}{% endfor %}\n"
    assert attempt(body, rows=rows).blocks[0] == Paragraph((Run("300"),))
    words = "{{ rows|first ~ '、' ~ rows|last }}{{ ['甲', '乙']|join('，') }}{% for a, b in rows|batch(2) %}{% if loop.first %}{{ a + b }}{% endif %}{% endfor %}\n"
    assert attempt(words, rows=rows).blocks[0] == Paragraph((Run("0、299甲，乙01"),))


def test_declared_facts_are_checked_before_the_wording(attempt: Try) -> None:
    kind = TYPE + '"rows[].name" = "text"\n"due" = "date"\n'
    assert "“due”" in refusal(lambda: attempt("文\n", kind=kind)).message
    assert (
        "“rows[1].name”"
        in refusal(lambda: attempt("文\n", kind=kind, due="2026-01-05", rows=[{"name": "甲"}, {"name": ""}])).message
    )
    assert "应为日期" in refusal(lambda: attempt("文\n", kind=kind, due="5月1日", rows=[])).message
    assert "类型" in refusal(lambda: attempt("文\n", kind=TYPE + '"x" = "blob"\n')).message


def test_an_absent_optional_fact_is_false_and_cannot_be_printed(attempt: Try) -> None:
    body = "{% if word %}有{% else %}无{% endif %}{{ word or '空' }}{% for r in rows %}{{ r }}{% endfor %}\n"
    assert attempt(body).blocks[0] == Paragraph((Run("无空"),))
    assert attempt(body, word="  ").blocks[0] == Paragraph((Run("无空"),))


def test_a_department_has_its_own_form_without_a_copy_of_the_folder(tmp_path: Path) -> None:
    base, own = tmp_path / "proef", tmp_path / "proef" / "variants" / "SCJG"
    own.mkdir(parents=True)
    (base / "document.toml").write_text(TYPE, encoding="utf-8")
    (base / "body.j2").write_text(HEAD + "通用\n", encoding="utf-8")
    (own / "body.j2").write_text(HEAD + "部颁\n", encoding="utf-8")
    house = tmp_path / "house"
    (house / "proef").mkdir(parents=True)
    (house / "proef" / "document.toml").write_text('name = "本县试件"\n', encoding="utf-8")
    catalogue = Catalogue.read(tmp_path, house)
    assert catalogue.compose("proef", FACTS).blocks[0] == Paragraph((Run("通用"),))
    assert catalogue.compose("proef", FACTS, organ="SCJG").blocks[0] == Paragraph((Run("部颁"),))
    assert catalogue.compose("proef", FACTS, organ="YJ").blocks[0] == Paragraph((Run("通用"),))
    assert catalogue.types["proef"].name == "本县试件" and catalogue.variants("proef") == ("SCJG",)
    assert catalogue.digest("proef") != catalogue.digest("proef", organ="SCJG")


def test_a_narrow_cell_leaves_no_single_character_behind(attempt: Try) -> None:
    letter = attempt(
        "| 序号 | 复查意见书文号 | 名称 | 日期 |\n|---|------|------|-----|\n| 1 | 甲 | 乙 | {{ word }} |\n",
        word="2026年10月9日",
    )
    table = letter.blocks[0]
    assert isinstance(table, Table)
    assert [line.text for line in table.rows[0].cells[3].lines] == ["2026年10月9日"]
    narrow = attempt(
        "| 文书名称文号与日期 | 名 | 日期 |\n|----|--------------|---|\n| 1 | 乙 | {{ word }} |\n",
        word="2026年10月19日",
    ).blocks[0]
    assert isinstance(narrow, Table)
    assert [line.text for line in narrow.rows[0].cells[2].lines] == ["2026年", "10月19日"]
    heading = [line.text for line in narrow.header[0].lines]
    assert len(heading[-1]) > 1 and "".join(heading) == "文书名称文号与日期"

"""The wording of every paper (文书措辞): elements of the law, tone between organs, rights of the unit, and what may be left out."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.documents.papers import MANDATORY, VARIATIONS, Change
from yisong.documents.catalogue import Catalogue
from yisong.documents.errors import DocumentError
from yisong.documents.letter import Form, Letter, Paragraph, Table

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates" / "documents"
CODES = tuple(MANDATORY)
LETTERS_BETWEEN_ORGANS = ("yisong", "buzheng", "bushou", "xietiao", "cuiban", "fengxian", "xiecha")
FICTIONAL = ("示例", "演示", "虚构", "测试", "样例", "假想")
NEEDED_WHEN_GRANTED = ("yanpi", "extension.new_due_on")
FAULTS = {
    "英文方括号": re.compile(r"[\[\]]"),
    "圆括号或方括号年份": re.compile(r"[（(\[【]20\d\d[)）\]】]\d"),
    "文号加“第”或虚位": re.compile(r"〔\d{4}〕(第|0)"),
    "日期虚位": re.compile(r"年0\d月|月0\d日"),
    "重复标点": re.compile(r"。。|，，|；；|、、|：：|，。|；。|、。|：。|（）|“”|《》|。；|。，"),
    "空白内容": re.compile(r"None|True|False|Undefined"),
}


@cache
def catalogue() -> Catalogue:
    return Catalogue.read(TEMPLATES)


def composed(code: str, facts: dict[str, Any] | None = None) -> Letter:
    return catalogue().compose(code, catalogue().sample(code) if facts is None else facts)


def without(facts: dict[str, Any], path: str) -> dict[str, Any] | None:
    """A copy of the facts without one of them; of a list, its first item's. None: the sample does not hold it."""
    changed = copy.deepcopy(facts)
    holder: Any = changed
    *steps, last = path.split(".")
    for step in steps:
        holder = holder.get(step.removesuffix("[]"))
        if step.endswith("[]"):
            holder = holder[0] if holder else None
        if holder is None:
            return None
    return changed if holder.pop(last, None) is not None else None


def declared(*, optional: bool) -> Iterator[tuple[str, str]]:
    """Facts by type; children of an optional record come and go with it."""
    for code in CODES:
        facts = catalogue().type_for(code).facts
        records = {path for path, kind in facts.items() if kind == "record?"}
        for path, kind in facts.items():
            if kind.endswith("?") is optional and not any(path.startswith(f"{record}.") for record in records):
                yield code, path


def faults(letter: Letter) -> list[str]:
    return [f"{name}：{piece}" for piece in letter.texts() for name, fault in FAULTS.items() if fault.search(piece)]


def body_text(letter: Letter) -> str:
    return "".join(letter.plain_text.split())


def test_every_type_of_the_county_has_its_folder_and_three_files() -> None:
    folders = {entry.name for entry in TEMPLATES.iterdir() if entry.is_dir()}
    assert folders == set(CODES)
    assert len(CODES) == 37
    for code in CODES:
        for name in ("document.toml", "body.j2", "sample.toml"):
            assert (TEMPLATES / code / name).is_file(), f"{code}/{name}"


@pytest.mark.parametrize("code", CODES)
def test_a_type_says_who_signs_and_on_what_basis(code: str) -> None:
    kind = catalogue().type_for(code)
    assert kind.signers and kind.basis
    assert {basis.confidence for basis in kind.basis} <= {"高", "中", "低"}
    for basis in kind.basis:
        if "县级" in basis.article:
            assert basis.confidence != "高", f"{basis.article} 是地方规则，不能标为高"


@pytest.mark.parametrize("code", CODES)
def test_the_sample_makes_a_paper_without_faults(code: str) -> None:
    letter = composed(code)
    assert faults(letter) == []
    assert letter.blocks
    sample = catalogue().sample(code)
    word = catalogue().type_for(code).number_word
    if word:
        assert re.fullmatch(rf"[一-龥]+{word}〔\d{{4}}〕[1-9]\d*号", sample["number"])
    else:
        assert sample["number"] == ""


@pytest.mark.parametrize("code", CODES)
def test_every_heading_has_something_under_it(code: str) -> None:
    blocks = composed(code).blocks
    for block, following in zip(blocks, (*blocks[1:], None), strict=True):
        if isinstance(block, Paragraph) and block.level == 1 and "。" not in block.text:
            under = isinstance(following, Table | Form) or (isinstance(following, Paragraph) and following.level != 1)
            assert under, f"{code}：“{block.text}”下面没有内容"


@pytest.mark.parametrize("code", CODES)
def test_samples_name_nobody_who_exists(code: str) -> None:
    sample = catalogue().sample(code)
    names = [sample[key]["name"] for key in ("unit", "recipient") if key in sample]
    names = [name for name in names if not name.startswith(("云溪县", "虚州市")) or "有限公司" in name]
    assert all(any(word in name for word in FICTIONAL) for name in names), names


@pytest.mark.parametrize(
    ("code", "phrase"), [(code, phrase) for code, phrases in MANDATORY.items() for phrase in phrases]
)
def test_mandatory_elements_are_there(code: str, phrase: str) -> None:
    assert phrase in body_text(composed(code))


@pytest.mark.parametrize("code", CODES)
def test_only_papers_to_the_unit_explain_its_remedies(code: str) -> None:
    text = body_text(composed(code))
    if not catalogue().type_for(code).for_unit:
        assert "申请行政复议" not in text and "提起行政诉讼" not in text


@pytest.mark.parametrize("code", CODES)
def test_every_paper_to_the_unit_has_its_rights(code: str) -> None:
    if not catalogue().type_for(code).for_unit:
        assert catalogue().type_for(code).addressed_to != "unit" or code == "xcbl"
        return
    text = body_text(composed(code))
    if code == "lieru_gz":
        assert "陈述、申辩的权利" in text and "视为放弃" in text
    else:
        assert "60日" in text and "6个月" in text and "行政复议" in text and "行政诉讼" in text


def test_the_remedy_names_the_authority_when_the_facts_do() -> None:
    sample = catalogue().sample("zegai")
    assert "向云溪县人民政府申请行政复议" in body_text(composed("zegai", sample))
    del sample["issuer"]["reconsideration"]
    assert "向依法有管辖权的行政复议机关申请行政复议" in body_text(composed("zegai", sample))


@pytest.mark.parametrize("code", LETTERS_BETWEEN_ORGANS)
def test_letters_between_equal_organs_ask_and_never_command(code: str) -> None:
    letter = composed(code)
    text = body_text(letter)
    for word in ("请遵照执行", "遵照执行", "责令你单位", "务必", "必须", "你单位应当"):
        assert word not in text
    closing = [block.text for block in letter.blocks if isinstance(block, Paragraph)][-1]
    assert closing.startswith("特此函告"), closing


@pytest.mark.parametrize("code", CODES)
def test_no_paper_says_comply_and_execute(code: str) -> None:
    assert "遵照执行" not in body_text(composed(code))


def test_a_risk_letter_only_suggests() -> None:
    text = body_text(composed("fengxian"))
    assert "提示" in text and text.count("建议") >= 3
    for word in ("责令", "督办", "应当", "不得", "处罚"):
        assert word not in text


def test_a_transfer_letter_draws_no_conclusion() -> None:
    letter = composed("yisong")
    assert "涉嫌" in "".join(letter.title)
    assert "违法事实清楚" not in letter.plain_text
    assert letter.plain_text.count("涉嫌违反") == len(catalogue().sample("yisong")["findings"])


def test_a_local_period_is_never_called_statutory() -> None:
    text = body_text(composed("lieru_gz"))
    assert "系统默认" in text and "法定" not in text.replace("法定代表人", "")


@pytest.mark.parametrize(("code", "path"), list(declared(optional=False)))
def test_a_missing_fact_is_refused_by_name(code: str, path: str) -> None:
    facts = without(catalogue().sample(code), path)
    assert facts is not None, f"{code}/sample.toml 没有 {path}"
    with pytest.raises(DocumentError) as refusal:
        composed(code, facts)
    assert refusal.value.code == "missing-fact"
    assert path.replace("[]", "[0]") in str(refusal.value)


@pytest.mark.parametrize(("code", "path"), list(declared(optional=True)))
def test_what_may_be_left_out_leaves_no_hole(code: str, path: str) -> None:
    facts = without(catalogue().sample(code), path)
    if facts is None:
        facts = catalogue().sample(code)
    if (code, path) == NEEDED_WHEN_GRANTED:
        with pytest.raises(DocumentError, match=r"extension\.new_due_on"):
            composed(code, facts)
        facts["extension"]["granted"] = False
    assert faults(composed(code, facts)) == []


@pytest.mark.parametrize("code", CODES)
def test_the_barest_facts_still_make_a_paper(code: str) -> None:
    facts = catalogue().sample(code)
    for owner, path in declared(optional=True):
        if (
            owner == code
            and (code, path) != NEEDED_WHEN_GRANTED
            and catalogue().type_for(code).facts[path] != "record?"
        ):
            facts = without(facts, path) or facts
    assert faults(composed(code, facts)) == []


@pytest.mark.parametrize(("code", "change", "there", "gone"), VARIATIONS)
def test_the_wording_follows_the_facts(code: str, change: Change, there: str, gone: str) -> None:
    facts = copy.deepcopy(catalogue().sample(code))
    change(facts)
    letter = composed(code, facts)
    assert there in body_text(letter)
    assert not gone or gone not in body_text(letter)
    assert faults(letter) == []


def test_facts_are_those_of_the_vocabulary() -> None:
    table = (ROOT / "docs" / "decisions" / "0003-document-facts.md").read_text(encoding="utf-8")
    roots = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    used = {re.split(r"[.\[]", path)[0] for code in CODES for path in catalogue().type_for(code).facts}
    assert used <= roots

"""Check who a unit is (被检查单位身份核对): the unified social credit code of GB 32100-2015 and look-alike names.

Source of the code's form: GB 32100-2015 统一社会信用代码编码规则 (18 characters, check character modulo 31).
"""

from __future__ import annotations

import difflib
import operator
import re
import unicodedata
from collections.abc import Iterable

from yisong.intake.values import BLANK_MARKS, EMPTY, CodeLost, Note, Parsed, Raw, code_text, formula_error

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUE = {char: value for value, char in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_FORM = re.compile(rf"^[{ALPHABET}]{{2}}\d{{6}}[{ALPHABET}]{{10}}$")
_RESIDENT = re.compile(r"^\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]$")
_LOOK_ALIKE = {
    "I": "1", "O": "0", "Z": "2", "S": "5", "V": "UY", "L": "1", "B": "8", "8": "B", "0": "DQ", "D": "0", "Q": "0",
    "5": "S", "6": "G", "G": "6", "2": "Z", "1": "L7", "7": "1", "U": "J", "J": "U", "N": "M", "M": "N",
}  # fmt: skip
_BRACKETS = str.maketrans("()[]〔〕【】", "（）（）（）（）")
_SPACE = re.compile(r"\s+")
_FOLDED = re.compile("[一-鿋（）A-Z0-9]*")  # names that folding leaves as they are


def check_character(body: str) -> str:
    """Work out the eighteenth character from the first seventeen (校验码计算): weights are powers of 3 modulo 31."""
    return ALPHABET[-sum(map(operator.mul, map(_VALUE.__getitem__, body), _WEIGHTS)) % 31]


def is_valid_uscc(code: str) -> bool:
    """Tell whether a code has the form and the check character of GB 32100-2015 (校验位)."""
    return _FORM.match(code) is not None and check_character(code[:17]) == code[17]


def suggest_uscc(code: str, *, known: Iterable[str] = ()) -> tuple[str, ...]:
    """Propose corrections of a mistyped code (形近字更正建议), best first, at most three; never applied silently.

    Letters that the standard does not use (I O Z S V) are exchanged for their look-alikes; then single look-alike
    slips and swapped neighbours are tried. Codes in `known` come first.
    """
    if len(code) != 18:
        return ()
    fixed = "".join(_LOOK_ALIKE[c][0] if c in "IOZS" else c for c in code)
    candidates = dict.fromkeys([fixed])
    for place, char in enumerate(fixed):
        for other in _LOOK_ALIKE.get(char, "") if place >= 8 else "":  # digits come first in every code
            candidates[fixed[:place] + other + fixed[place + 1 :]] = None
    for place in range(2, 17):
        candidates[fixed[:place] + fixed[place + 1] + fixed[place] + fixed[place + 2 :]] = None
    registered = frozenset(known)
    good = [c for c in candidates if c != code and is_valid_uscc(c)]
    good.sort(key=lambda c: c not in registered)
    if fixed in good and fixed not in registered:
        good.remove(fixed)
        good.insert(0, fixed)
    return tuple(good[:3])


def looks_like_resident_number(code: str) -> bool:
    """Tell whether eighteen characters are built like a resident identity number (公民身份号码, GB 11643).

    The birthday decides, not the check character: a mistyped identity number is personal data all the same.
    """
    return bool(_RESIDENT.match(code)) and not is_valid_uscc(code)


def parse_uscc(raw: Raw) -> Parsed:
    """Take a cell as a unified social credit code (统一社会信用代码)."""
    if isinstance(raw, str) and is_valid_uscc(raw):
        return Parsed(raw)
    broken = formula_error(raw)
    if broken:
        return Parsed(None, (broken,))
    try:
        code = code_text(raw)
    except CodeLost as lost:
        return Parsed(None, (Note("error", "USCC_AS_NUMBER", lost.message),))
    if code in BLANK_MARKS:
        return EMPTY
    code = code.replace("-", "").replace(".", "").replace("·", "")
    if is_valid_uscc(code):
        return Parsed(code)
    return Parsed(None, (_refusal(code),))


def _refusal(code: str) -> Note:
    if len(code) == 15 and code.isdigit():
        return Note(
            "error", "USCC_OLD_LICENCE", f"“{code}”是 15 位旧营业执照注册号：请填营业执照上的 18 位统一社会信用代码"
        )
    if len(code) == 9:
        return Note("error", "USCC_OLD_ORGAN", f"“{code}”是 9 位组织机构代码：请填营业执照上的 18 位统一社会信用代码")
    if looks_like_resident_number(code):
        masked = code[:6] + "********" + code[14:]
        return Note(
            "error",
            "USCC_IS_RESIDENT",
            f"“{masked}”像是公民身份号码：请填单位的统一社会信用代码，不要在台账里写身份证号",
        )
    if len(code) != 18:
        return Note("error", "USCC_LENGTH", f"统一社会信用代码“{code}”是 {len(code)} 位，应为 18 位：请按营业执照核对")
    proposals = suggest_uscc(code)
    hint = f"，是不是“{'”或“'.join(proposals)}”" if proposals else ""
    strange = sorted({c for c in code if c not in ALPHABET})
    if strange:
        return Note(
            "error",
            "USCC_CHARACTER",
            f"统一社会信用代码“{code}”里有不会出现的字符“{''.join(strange)}”{hint}？请按营业执照核对后改正",
        )
    if not _FORM.match(code):
        return Note(
            "error",
            "USCC_FORM",
            f"统一社会信用代码“{code}”第 3—8 位应是 6 位数字的登记机关区划码{hint}：请按营业执照核对后改正",
        )
    return Note("error", "USCC_CHECK", f"统一社会信用代码“{code}”校验位不对（GB 32100）{hint}：请按营业执照核对后改正")


def name_key(name: str) -> str:
    """Reduce a unit name to what tells it apart (单位名称比对键): width, brackets and spaces do not count."""
    if _FOLDED.fullmatch(name):
        return name
    return _SPACE.sub("", unicodedata.normalize("NFKC", name)).translate(_BRACKETS).upper()


def is_formal(name: str) -> bool:
    """Tell whether a unit name is written as a licence does (名称书写规范); most are, and one look says so."""
    return _FOLDED.fullmatch(name) is not None


def formal_name(name: str) -> str:
    """Write a unit name as a licence does (名称书写): full-width brackets, no spaces between Chinese characters."""
    if is_formal(name):
        return name
    name = name.translate(str.maketrans("()", "（）"))
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", name)


_COUNTS = re.compile(r"[0-9]+|[一二三四五六七八九十]+")
_TAIL = re.compile(r"（?(?:个体工商户|普通合伙|有限合伙|特殊普通合伙|个人独资)）?$")
_FORM_WORDS = re.compile(r"(?:股份有限公司|有限责任公司|有限公司|合伙企业|分公司|总公司|公司|集团|经营部|门市部|商行)$")


def core_name(name: str) -> str:
    """Strip bracketed and legal-form endings from a name (字号主干)."""
    key = _TAIL.sub("", name_key(name))
    return _FORM_WORDS.sub("", key) or key


def similarity(left: str, right: str) -> float:
    """Say how alike two unit names are, 0 to 1 (名称相似度)."""
    return core_similarity(core_name(left), core_name(right))


def core_similarity(a: str, b: str) -> float:
    """Say how alike two names are whose endings are already off (字号主干相似度)."""
    if a == b:
        return 1.0
    if _COUNTS.findall(a) != _COUNTS.findall(b):  # 一号店 and 二号店 are two
        return 0.7 * difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()
    if len(a) >= 4 and len(b) >= 4 and (a in b or b in a):
        return 0.9
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()

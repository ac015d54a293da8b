"""Say which canonical column a column name means (列名识别), how sure that is, and why."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from yisong.intake.fields import BY_NAME, FIELDS

_BRACKETED = re.compile(r"[（(\[【〔<《][^）)\]】〕>》]*[）)\]】〕>》]?")
_NOISE = re.compile(r"[\s*＊:：.。,，、;；_\-—~/\\|'\"“”‘’#★●·?？!！]+")


def header_key(text: str) -> str:
    """Reduce a column name to what tells it apart (列名比对键): width, blanks, stars and punctuation do not count."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()


_EXACT: dict[str, str] = {}
_SURE: dict[str, float] = {}  # of two exact matches the more usual name wins: synonyms stand in that order
for _field in FIELDS:
    for _place, _text in enumerate((_field.name, _field.label, *_field.synonyms)):
        if _EXACT.setdefault(header_key(_text), _field.name) == _field.name:
            _SURE.setdefault(header_key(_text), 1.0 - 0.001 * max(0, _place - 1))
_ENDINGS = tuple(sorted((key for key in _EXACT if len(key) >= 4 and not key.isascii()), key=len, reverse=True))
NAME_BEGINS = frozenset(key[0] for key in _EXACT)
"""With what the names of columns begin (列名首字)."""
_FUZZY = tuple(key for key in _EXACT if len(key) >= 4)


def match_header(
    text: str, *, remembered: Mapping[str, str] | None = None, fuzzy: bool = True
) -> tuple[str | None, float, str]:
    """Say which field a column name means, how sure that is from 0 to 1, and why (单个列名识别)."""
    key = header_key(text)
    if not key:
        return None, 0.0, ""
    if remembered is not None and key in remembered:
        field = remembered[key]
        return (field, 1.0, "沿用上次确认的对应") if field in BY_NAME else (None, 1.0, "上次确认：不对应标准列")
    return _matched(text, key, fuzzy)


@lru_cache(maxsize=4096)
def _matched(text: str, key: str, fuzzy: bool) -> tuple[str | None, float, str]:
    """What a column name means by itself (按列名本身识别); every cell near a header is asked, most of them often."""
    if key in _EXACT:
        return _EXACT[key], _SURE[key], "列名一致"
    bare = header_key(_BRACKETED.sub("", unicodedata.normalize("NFKC", text)))
    if bare and bare in _EXACT:
        return _EXACT[bare], 0.95, "去掉括号里的说明后列名一致"
    parts = [header_key(part) for part in re.split(r"[/／、|\n]|或|及|和", text)]
    fields = {_EXACT[part] for part in parts if part in _EXACT}
    if len(fields) == 1 and len(parts) > 1:
        return fields.pop(), 0.9, "列名的一部分一致"
    if bare.endswith(_ENDINGS):
        ending = next(ending for ending in _ENDINGS if bare.endswith(ending))
        return _EXACT[ending], 0.8, f"列名以“{ending}”结尾"
    if not fuzzy:
        return None, 0.0, ""
    close = difflib.get_close_matches(bare, _FUZZY, n=1, cutoff=0.86) if 4 <= len(bare) <= 20 else []
    if close:
        return _EXACT[close[0]], 0.7, f"与“{close[0]}”相近"
    return None, 0.0, "不是标准列，原样保留"

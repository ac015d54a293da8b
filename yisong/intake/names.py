"""Find what a name stands for (名称识别): departments, themes, towns and items under the names people use."""

from __future__ import annotations

import difflib
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from yisong.intake.identity import name_key

REMEMBERED = 20_000  # wordings
LONGEST_NAME = 60  # characters; longer words are no name, and nothing is like them
CANDIDATES = 20
TELLING = 8  # pairs of characters looked at, the rarest
_PUNCTUATION = re.compile(r"[（）()“”\"'‘’《》〈〉【】\[\]、，,。.；;：:\s/\\\-—_·]+")
_PLACE_PREFIX = re.compile(r"^(?:[^县市区]{1,8}(?:省|自治区))?(?:[^县市区]{1,6}[市州])?(?:[^县市区]{1,6}[县市区])")
_LOOSE_PREFIX = re.compile(r"^(?:本|我)?[县市区]")
_JOINT = re.compile(r"[“”\"]?综合查一次[“”\"]?(?:检查|联合检查)?|联合检查|专项检查")


@dataclass(frozen=True)
class Found:
    """The answer of a look-up (查找结果): `code`, or "" with the nearest names to suggest.

    `read_as` is the full name when the text was only a shortening of it: to be shown, not taken silently.
    """

    code: str
    suggestions: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    read_as: str = ""


def loose_key(text: str) -> str:
    """Reduce a name to its words (宽松比对键): width, punctuation and blanks do not count."""
    return _PUNCTUATION.sub("", name_key(text))


class Names:
    """Names → codes, with what is nearest when there is none (名称索引)."""

    def __init__(self, entries: Iterable[tuple[str, Iterable[str]]], shorten: Callable[[str], Iterable[str]]) -> None:
        self._codes: dict[str, dict[str, None]] = {}
        self._label: dict[str, str] = {}
        self._shorten = shorten
        self._found: dict[str, Found] = {}
        self._grams: dict[str, list[str]] = {}
        sure: dict[str, dict[str, None]] = {}
        loose: dict[str, dict[str, None]] = {}
        for code, names in entries:
            texts = [text for text in names if text]
            self._label[code] = texts[0] if texts else code
            for text in (code, *texts):
                sure.setdefault(loose_key(text), {})[code] = None
                for short in shorten(loose_key(text)):
                    loose.setdefault(short, {})[code] = None
        self._codes = {**loose, **sure}

    def find(self, text: str) -> Found:
        """Find the code a text stands for; each wording is worked out once (名称查找)."""
        known = self._found.get(text)
        if known is None:
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            known = self._found[text] = self._look_up(loose_key(text))
        return known

    def _look_up(self, key: str) -> Found:
        for candidate in itertools.chain((key,), self._shorten(key)):
            codes = self._codes.get(candidate)
            if codes and len(codes) == 1:
                return Found(next(iter(codes)))
            if codes:
                return Found("", ambiguous=tuple(self._label[code] for code in codes))
        near = difflib.get_close_matches(key, self._possible(key), n=3, cutoff=0.5) if len(key) <= LONGEST_NAME else []
        labels = dict.fromkeys(self._label[code] for name in near for code in self._codes[name])
        return Found("", suggestions=tuple(labels)[:3])

    def _possible(self, key: str) -> list[str]:
        """The names that share the most pairs of characters with a text (候选名称)."""
        if not self._grams:
            for name in self._codes:
                for gram in _pairs(name):
                    self._grams.setdefault(gram, []).append(name)
        rarest = sorted((self._grams[gram] for gram in _pairs(key) if gram in self._grams), key=len)[:TELLING]
        shared = Counter(itertools.chain.from_iterable(rarest))
        return [name for name, _ in shared.most_common(CANDIDATES)]


def _pairs(name: str) -> set[str]:
    return {name[start : start + 2] for start in range(len(name) - 1)} | set(name[:1])


_ORGAN_ENDINGS = ("人民政府", "办事处", "局", "委", "委员会", "大队", "办")


def short_organ(key: str) -> Iterable[str]:
    bare = _PLACE_PREFIX.sub("", key)
    names = {bare, _LOOSE_PREFIX.sub("", key)}
    for name in tuple(names):
        names.update(name.removesuffix(ending) for ending in _ORGAN_ENDINGS)
    return sorted(name for name in names if len(name) >= 2 and name != key)


def shortens(short: str, full: str) -> bool:
    """市场监管局 shortens 市场监督管理局: its characters stand in the full name in order, first and last are the same."""
    if not 3 <= len(short) < len(full) or short[0] != full[0] or short[-1] != full[-1]:
        return False
    rest = iter(full)
    return all(char in rest for char in short)


def short_theme(key: str) -> Iterable[str]:
    bare = _JOINT.sub("", key)
    return (bare,) if len(bare) >= 2 and bare != key else ()


def without_place(key: str) -> str:
    """Leave out the province, city and county at the head of a name (去掉行政区划)."""
    return _PLACE_PREFIX.sub("", key)


def without_county(key: str) -> str:
    """Leave out 本县, 我市, 县 … at the head of a name (去掉本县、我市)."""
    return _LOOSE_PREFIX.sub("", key)

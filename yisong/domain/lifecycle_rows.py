"""What a row of a life cycle is made of (流转表的词汇). Import these from `yisong.domain.lifecycle`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from yisong.domain.roles import Actor, Party, Who


class NeedKind(StrEnum):
    """How a thing that must be given is asked for in a form (填写项类型)."""

    TEXT = "text"
    LINE = "line"
    DATE = "date"
    NUMBER = "number"
    DEPARTMENT = "department"
    UNIT = "unit"
    CHOICE = "choice"
    LIST = "list"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Need:
    """What must be given with an act (须填事项)."""

    name: str
    label: str
    kind: NeedKind = NeedKind.TEXT
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""


class Verb(StrEnum):
    """What a step does to a clock (时钟动作)."""

    START = "start"
    MEET = "meet"
    PAUSE = "pause"
    RESUME = "resume"
    MISS = "miss"
    CANCEL = "cancel"
    EXTEND = "extend"
    HOLD = "hold"
    RELEASE = "release"
    ASSIGN = "assign"


VERB_LABELS: dict[Verb, str] = {
    Verb.START: "启动",
    Verb.MEET: "办结",
    Verb.PAUSE: "暂停",
    Verb.RESUME: "恢复",
    Verb.MISS: "逾期终结",
    Verb.CANCEL: "取消",
    Verb.EXTEND: "延长",
    Verb.HOLD: "停止催督",
    Verb.RELEASE: "恢复催督",
    Verb.ASSIGN: "移交",
}

ALL_CLOCKS = "*"


@dataclass(frozen=True, slots=True)
class ClockEffect:
    """One effect on one clock (期限效果).

    `since`: the fact that gives day 0 (a date; "" = the day of the act; an hours clock takes the instant of the act).
    `amount`: the fact that gives the number where the rule leaves it open (责改期限).
    `owner`: whose duty it is. `lapse`: the system's action on the matter when the term has run out.
    `chased`: False for a right, a waiting period or an outside organ's term: shown, never escalated.
    """

    verb: Verb
    rule: str
    since: str = ""
    amount: str = ""
    owner: Party = Party.RESPONSIBLE
    lapse: str = ""
    chased: bool = True


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that a step issues (出具文书): the type's code, who issues it, to whom."""

    code: str
    issuer: Party = Party.RESPONSIBLE
    to: Party = Party.ORIGIN
    copies: tuple[Party, ...] = ()
    service: bool = False
    """True: the paper is for the inspected unit, and its service (送达) is followed."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Who is told of a step, in which words (告知)."""

    party: Party
    notice: str
    urgent: bool = False


class Kin(StrEnum):
    """Which related matters a consequence reaches (关联对象)."""

    CASE = "case"
    FINDINGS = "findings"
    ORDER = "order"
    REVIEW = "review"
    CRIMINAL = "criminal"
    SEIZURE = "seizure"
    LISTING = "listing"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Also:
    """A consequence on a related matter, taken in the same transaction (连带步骤)."""

    kin: Kin
    action: str


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does, when (行为). `on` is the day it counts for; `at` the instant it is recorded (aware)."""

    action: str
    actor: Actor
    on: date
    at: datetime
    given: Mapping[str, Any] = field(default_factory=dict)
    offline: bool = False
    """Done on paper before it was entered (线下办理、事后补录): its numbered papers are not numbered again."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a decision may look at (判定事实)."""

    kind: str
    code: str
    state: str
    variant: str = ""
    tallies: Mapping[str, int] = field(default_factory=dict)
    actors: Mapping[str, str] = field(default_factory=dict)
    parties: Mapping[Party, frozenset[str]] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    def times(self, action: str) -> int:
        """How often that action has been taken on this matter."""
        return self.tallies.get(action, 0)

    def value(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)


Test = Callable[[Facts, Act], bool]


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition whose failure is a named refusal (守卫). `early`: needs nothing that the form would give.

    `words`: what exactly is wrong in this case, where the general message would leave a person searching.
    """

    name: str
    message: str
    test: Test
    early: bool = True
    words: Callable[[Facts], str] | None = None

    def told(self, facts: Facts) -> str:
        """What a person reads (提示)."""
        return (self.words(facts) if self.words is not None else "") or self.message


@dataclass(frozen=True, slots=True)
class When:
    """A condition that chooses between rows of the same action (适用条件)."""

    label: str
    test: Callable[[Facts], bool]


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of a life cycle: a step that a matter may take (流转步骤)."""

    action: str
    label: str
    source: tuple[str, ...]
    target: str
    by: tuple[Who, ...]
    basis: str
    needs: tuple[Need, ...] = ()
    guards: tuple[Guard, ...] = ()
    when: When | None = None
    clocks: tuple[ClockEffect, ...] = ()
    papers: tuple[Paper, ...] = ()
    tells: tuple[Tell, ...] = ()
    also: tuple[Also, ...] = ()
    opens: str = ""
    sets: tuple[str, ...] = ()
    """Names of given things that are kept as facts of the matter."""
    not_by: tuple[str, ...] = ()
    """Separation of duties (不相容岗位): who took one of these actions may not take this one."""
    confidence: str = "高"

    def end(self, state: str) -> str:
        """The state after the step; `=` keeps the state."""
        return state if self.target == "=" else self.target


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """A life cycle: its states with their Chinese names, and its rows (生命周期表)."""

    kind: str
    label: str
    states: Mapping[str, str]
    initial: tuple[str, ...]
    final: frozenset[str]
    transitions: tuple[Transition, ...]

    def actions(self) -> dict[str, str]:
        return {row.action: row.label for row in self.transitions}

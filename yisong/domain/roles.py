"""Who acts, and in which relation to a matter (角色与当事方)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do in an office (岗位角色)."""

    OFFICER = "officer"
    LIAISON = "liaison"
    LEADER = "leader"
    COORDINATOR = "coordinator"
    SUPERVISOR = "supervisor"
    GOVERNMENT = "government"
    UNIT = "unit"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


class Party(StrEnum):
    """In which relation an organ stands to a matter (相对方)."""

    ORIGIN = "origin"
    RESPONSIBLE = "responsible"
    GUIDANCE = "guidance"
    SUPERVISOR = "supervisor"
    GOVERNMENT = "government"
    POLICE = "police"
    UNIT = "unit"
    SYSTEM = "system"


ROLE_LABELS: dict[Role, str] = {
    Role.OFFICER: "承办人",
    Role.LIAISON: "联络员",
    Role.LEADER: "负责人",
    Role.COORDINATOR: "指导办协调员",
    Role.SUPERVISOR: "执法监督员",
    Role.GOVERNMENT: "县政府经办人",
    Role.UNIT: "当事人",
    Role.ADMINISTRATOR: "系统管理员",
    Role.SYSTEM: "系统",
}

PARTY_LABELS: dict[Party, str] = {
    Party.ORIGIN: "移送部门",
    Party.RESPONSIBLE: "责任部门",
    Party.GUIDANCE: "指导办",
    Party.SUPERVISOR: "司法局",
    Party.GOVERNMENT: "县政府（共同上级）",
    Party.POLICE: "公安机关",
    Party.UNIT: "当事人",
    Party.SYSTEM: "系统",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts (行为人): a person of an organ, the inspected unit, or the system itself."""

    id: str
    name: str
    department: str
    roles: frozenset[Role]


SYSTEM = Actor(id="system", name="系统", department="", roles=frozenset({Role.SYSTEM}))


@dataclass(frozen=True, slots=True)
class Who:
    """One answer to the question who may take a step (谁可以办): a relation and the posts in it."""

    party: Party
    roles: frozenset[Role]

    @property
    def label(self) -> str:
        if self.party is Party.SYSTEM:
            return "系统"
        if self.party is Party.UNIT:
            return "当事人"
        order = list(Role)
        posts = "、".join(ROLE_LABELS[role] for role in sorted(self.roles, key=order.index))
        return f"{PARTY_LABELS[self.party]}{posts}"


_STAFF = frozenset({Role.OFFICER, Role.LIAISON, Role.LEADER, Role.COORDINATOR})


def staff(party: Party) -> Who:
    """Anyone who handles cases in that organ (承办人员)."""
    return Who(party, _STAFF)


def leader(party: Party) -> Who:
    """The person who answers for that organ (负责人)."""
    return Who(party, frozenset({Role.LEADER}))


THE_SYSTEM = Who(Party.SYSTEM, frozenset({Role.SYSTEM}))
THE_UNIT = Who(Party.UNIT, frozenset({Role.UNIT}))
THE_GUIDANCE = Who(Party.GUIDANCE, frozenset({Role.COORDINATOR, Role.LEADER}))
THE_SUPERVISOR = Who(Party.SUPERVISOR, frozenset({Role.SUPERVISOR, Role.LEADER}))
THE_GOVERNMENT = Who(Party.GOVERNMENT, frozenset({Role.GOVERNMENT, Role.LEADER}))

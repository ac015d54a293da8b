"""Who acts in a replay (重演中的人员): the county's own people, and stand-ins where an office has named none."""

from __future__ import annotations

from collections.abc import Iterable

from yisong.countyfile import User
from yisong.domain.roles import Actor, Role
from yisong.domain.rulebook import RuleBook

HANDLERS = ("liaison", "officer", "coordinator")


class People:
    """The people of a county by organ and post (人员)."""

    def __init__(self, *, book: RuleBook, users: Iterable[User]) -> None:
        self._book = book
        self._users = list(users)

    def _of(self, department: str, roles: tuple[str, ...]) -> User | None:
        return next(
            (user for role in roles for user in self._users if user.department == department and user.role == role),
            None,
        )

    def officer(self, department: str) -> Actor:
        """Someone who handles cases in an organ (承办人)."""
        user = self._of(department, HANDLERS)
        if user is not None:
            return Actor(user.id, user.name, department, frozenset({Role(user.role)}))
        return Actor(
            f"{department}-officer",
            f"{self._book.organ(department).short}承办人",
            department,
            frozenset({Role.OFFICER}),
        )

    def leader(self, department: str) -> Actor:
        """The person who answers for an organ (负责人)."""
        user = self._of(department, ("leader",))
        if user is not None:
            return Actor(user.id, user.name, department, frozenset({Role.LEADER}))
        return Actor(
            f"{department}-leader", f"{self._book.organ(department).short}负责人", department, frozenset({Role.LEADER})
        )

    def coordinator(self) -> Actor:
        """The guidance office's coordinator (指导办协调员)."""
        code = self._book.guidance_code
        user = self._of(code, ("coordinator",))
        return Actor(
            user.id if user else f"{code}-coordinator",
            user.name if user else "指导办协调员",
            code,
            frozenset({Role.COORDINATOR}),
        )

    def government(self) -> Actor:
        """Who acts for the county government (县政府经办人)."""
        code = self._book.government_code
        return Actor(
            f"{code}-gov", f"{self._book.organ(code).short or '县政府'}经办人", code, frozenset({Role.GOVERNMENT})
        )

    def unit(self, unit_id: int, name: str) -> Actor:
        """The inspected unit itself (当事人)."""
        return Actor(f"unit:{unit_id}", name, f"unit:{unit_id}", frozenset({Role.UNIT}))

    def pair(self, department: str) -> list[str]:
        """Two officers with their certificates as a form takes them (执法人员两名)."""
        own = [user for user in self._users if user.department == department]
        names = [f"{user.name} {user.cert_no or '（证号未录）'}" for user in own[:2]]
        for stand_in in (self.officer(department), self.leader(department)):
            if len(names) < 2 and not any(name.startswith(stand_in.name) for name in names):
                names.append(f"{stand_in.name} （证号未录）")
        return names

"""`Tries`: logins of one client at one server over time, and when they are guessing."""

import math
from dataclasses import dataclass, field
from typing import Final

from botwarden.detect.logins import MAX_NAMES, Login

HALF_LIFE: Final = 6 * 3600.0
"""s in which the points of failed logins lose half of their weight: people fail now and then, for years."""
ENOUGH: Final = 11.5
"""Points from which on failed logins are guessing: a dozen refusals, or four whose password is in a known list, within
an hour or so."""
ENOUGH_SSH: Final = 20.0
"""The same for SSH, whose logins are told by their sizes, and whose clients try each of their keys."""
MIN_KINDS: Final = 2
"""Kinds of login (a user name, in or out of a list) that failures of web, FTP and MQTT clients must show: a program
with an outdated password tries the same one for ever."""
FRESH: Final = 0.1
"""Points below which failures that were no guessing are forgotten."""
MAX_SUCCESSES: Final = 8
"""Successes that are kept of one client at one server."""
_PROGRAMS: Final = frozenset({"http", "ftp", "mqtt"})


def enough(service: str) -> float:
    """Points from which on the failed logins of a service are guessing."""
    return ENOUGH_SSH if service == "ssh" else ENOUGH


@dataclass(slots=True)
class Tries:
    """Failed logins, and the successes that came after enough of them.

    points : of the failures, as they were at `faded_ts`; most : their highest value
    listed : failures in known lists, which `lists` names
    kinds : user names with whether a list holds the login
    successes : (time, user, lists)
    """

    first_ts: float = 0.0
    last_ts: float = 0.0
    port: int = 0
    logins: int = 0
    refused: int = 0
    listed: int = 0
    passwords: int = 0
    points: float = 0.0
    faded_ts: float = 0.0
    most: float = 0.0
    users: dict[str, None] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)
    kinds: set[tuple[str, bool]] = field(default_factory=set)
    successes: list[tuple[float, str | None, tuple[str, ...]]] = field(default_factory=list)

    def add(self, login: Login) -> bool:
        """Count a record's logins in. Whether they are worth keeping: not those of a person who mistyped and got in."""
        if not self.logins:
            self.first_ts, self.last_ts, self.port = login.first_ts, login.first_ts, login.port
        self.points, self.faded_ts = self.left(login.first_ts), max(self.faded_ts, login.first_ts)
        if login.failed or login.unsure:
            self._fail(login)
        if login.success_ts is None:
            return True
        if not (self.is_guessing(login.service) or (self.listed and login.success_lists)):
            return False
        if self.points >= FRESH and len(self.successes) < MAX_SUCCESSES:
            self.successes.append((login.success_ts, login.success_user, login.success_lists))
            self.logins += 1
            self.last_ts = max(self.last_ts, login.success_ts)
        return True

    def left(self, now: float) -> float:
        """What is left of the points."""
        return self.points * math.exp2(-max(now - self.faded_ts, 0.0) / HALF_LIFE)

    def is_over(self, login: Login) -> bool:
        """Whether what was counted is too little and too long ago to belong to a new login."""
        return self.logins > 0 and self.left(login.first_ts) < FRESH and not self.is_guessing(login.service)

    def is_guessing(self, service: str) -> bool:
        """Whether the failures at one server are too many, or too well chosen, for a person."""
        return self.most >= enough(service) and (service not in _PROGRAMS or len(self.kinds) >= MIN_KINDS)

    def absorb(self, other: "Tries") -> None:
        """Add up two clients or servers."""
        if not self.logins or other.first_ts < self.first_ts:
            self.first_ts = other.first_ts
        self.last_ts = max(self.last_ts, other.last_ts)
        self.port = self.port or other.port
        for name in ("logins", "refused", "listed", "passwords", "points", "most"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.lists |= other.lists
        self.kinds |= set(list(other.kinds)[: MAX_NAMES - len(self.kinds)])
        self._name(other.users)
        self.successes += other.successes[: MAX_SUCCESSES - len(self.successes)]

    def _fail(self, login: Login) -> None:
        self.logins += login.failed + login.unsure
        self.refused += login.failed
        self.listed += login.listed
        self.passwords += login.passwords
        self.points += login.points
        self.most = max(self.most, self.points)
        self.first_ts = min(self.first_ts, login.first_ts)
        self.last_ts = max(self.last_ts, login.last_ts)
        self.lists.update(login.lists)
        self._name(login.users)
        for user in login.users or ("",):
            if len(self.kinds) < MAX_NAMES:
                self.kinds.add((user, bool(login.lists)))

    def _name(self, users: "dict[str, None] | tuple[str, ...]") -> None:
        for user in users:
            if len(self.users) < MAX_NAMES:
                self.users[user] = None

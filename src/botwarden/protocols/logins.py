"""`Logins`: the logins of one session: who was tried, how often, from which lists, and what came of it."""

from enum import Enum
from typing import Final

from botwarden.core.text import printable
from botwarden.protocols.credentials import dictionaries

MAX_USERS: Final = 64
"""Names that are listed; counted are all."""
MAX_USER: Final = 64
"""Characters of a name."""


class Stage(Enum):
    """How far the login that is under way has come."""

    NONE = 0
    """There is none."""
    NAMED = 1
    """The name is sent."""
    TRIED = 2
    """The password is sent: the answer decides."""


class Logins:
    """Passwords come in and are not kept: only whether a known list holds them with the name.

    attempts, passwords, refused : how many
    listed : attempts that are in a known list; dictionaries: those lists
    users : names, each once
    user : the one that succeeded, else the last one
    """

    __slots__ = (
        "_hung_up", "_lists", "_success", "_user", "attempts", "dictionaries", "listed", "login_ts", "passwords",
        "refused", "stage", "success_lists", "success_user", "users",
    )  # fmt: skip

    def __init__(self) -> None:
        """None yet."""
        self.stage = Stage.NONE
        self.attempts = 0
        self.passwords = 0
        self.refused = 0
        self.listed = 0
        self.users: list[str] = []
        self.dictionaries: set[str] = set()
        self.success_user: str | None = None
        self.success_lists: tuple[str, ...] = ()
        self.login_ts: float | None = None
        self._success = False
        self._hung_up = False
        self._user = ""
        self._lists: tuple[str, ...] = ()

    @property
    def user(self) -> str:
        """The name that succeeded, else the last one tried; empty where none was."""
        return self._user if self.success_user is None else self.success_user

    @property
    def success(self) -> bool | None:
        """Whether one succeeded; None where the answer to the last one is not known."""
        if self._success:
            return True
        if self.stage is Stage.TRIED:
            return False if self._hung_up else None
        return False if self.refused else None

    def name(self, user: str) -> None:
        """A login begins with a name."""
        self.attempts += 1
        self.stage = Stage.NAMED
        self._user = printable(user, MAX_USER)
        self._lists = ()
        if self._user not in self.users and len(self.users) < MAX_USERS:
            self.users.append(self._user)

    def password(self, password: str) -> None:
        """A password: of the login that began, else of another one with the name as before."""
        if self.stage is not Stage.NAMED:
            self.attempts += 1
        self.stage = Stage.TRIED
        self.passwords += 1
        self._look_up(password)

    def unknown(self) -> None:
        """A password that is not known, for the one that was named: bytes are missing."""
        if self.stage is Stage.NAMED:
            self.stage = Stage.TRIED
            self._lists = ()

    def unnamed(self) -> None:
        """A login of which only the answer is understood."""
        self.attempts += 1
        self.passwords += 1
        self.stage = Stage.TRIED
        self._lists = ()

    def accept(self, ts: float) -> None:
        """It succeeded; without a password where none was sent."""
        if self.stage is Stage.NAMED:
            self._look_up("")
        self.stage = Stage.NONE
        if not self._success:
            self._success = True
            self.success_user = self._user
            self.success_lists = self._lists
            self.login_ts = ts

    def refuse(self) -> None:
        """It was refused."""
        self.stage = Stage.NONE
        self.refused += 1

    def hang_up(self) -> None:
        """The server closed the connection where an answer was due."""
        self._hung_up = True

    def _look_up(self, password: str) -> None:
        self._lists = dictionaries(self._user, password)
        if self._lists:
            self.listed += 1
            self.dictionaries.update(self._lists)

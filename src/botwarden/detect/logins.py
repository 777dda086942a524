"""What records tell of logins, whatever the protocol: how many failed, in which known lists, and whether one got in."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from botwarden.core.record import Record
from botwarden.core.records.ftp import FtpRecord
from botwarden.core.records.http import HttpRecord
from botwarden.core.records.mqtt import MqttRecord
from botwarden.core.records.ssh import SshRecord
from botwarden.core.records.telnet import TelnetRecord

LOGIN_RECORDS: Final = (SshRecord, TelnetRecord, FtpRecord, HttpRecord, MqttRecord)

LISTED_POINTS: Final = 3.0
"""What a refused login counts whose name and password are in a known list: nobody mistypes ``root``/``xc3511``."""
UNSURE_POINTS: Final = 0.25
"""What a login counts of which nobody can tell whether it failed."""
SHORT_NAME: Final = 32
"""Characters of a user name that are kept."""
MAX_NAMES: Final = 8
"""User names that are kept of one record, or of one source."""

_FTP_IN: Final = frozenset({230, 202, 232})
_FTP_REFUSED: Final = frozenset({530, 430, 532})
_MQTT_REFUSED: Final = ("bad user name or password", "not authorized", "banned")
_GUESTS: Final = frozenset({"anonymous", "ftp"})
_LIST_WORDS: Final = {"mirai": "Mirai's list", "default": "the lists of factory passwords"}


@dataclass(frozen=True, slots=True)
class Login:
    """Logins of one client at one server, from one record.

    failed, unsure : logins that were refused, and those of which that is not known
    listed : how many of either are in known lists, by name and password; `lists` names these
    users : names tried, without repeats
    success_ts : when a login succeeded; None where none did
    success_lists : known lists that hold the name and password that succeeded
    """

    service: str
    client: str
    server: str
    port: int
    first_ts: float
    last_ts: float
    failed: int = 0
    unsure: int = 0
    listed: int = 0
    passwords: int = 0
    users: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    success_ts: float | None = None
    success_user: str | None = None
    success_lists: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        """How much the failures look like guessing, 1 for each that anyone could have mistyped."""
        listed = min(self.listed, self.failed)
        unsure = min(self.listed - listed, self.unsure)
        plain = self.failed - listed + unsure
        return LISTED_POINTS * listed + plain + UNSURE_POINTS * (self.unsure - unsure)


def read_login(record: Record) -> Login | None:
    """What a record tells of logins; None for one that tells nothing."""
    if isinstance(record, TelnetRecord):
        return _telnet(record)
    if isinstance(record, SshRecord):
        return _ssh(record)
    if isinstance(record, FtpRecord):
        return _ftp(record)
    if isinstance(record, HttpRecord):
        return _http(record)
    return _mqtt(record) if isinstance(record, MqttRecord) else None


def password_text(lists: Iterable[str]) -> str:
    """What to say of a password by the lists that hold it: ``a password of Mirai's list``."""
    known = [words for name, words in _LIST_WORDS.items() if name in lists]
    return f"a password of {known[0]}" if known else "a password that is in no known list"


def lists_text(lists: Iterable[str]) -> str:
    """The lists that logins are in: ``known password lists, Mirai's among them``."""
    return "known password lists, Mirai's among them" if "mirai" in lists else "lists of factory passwords"


def _telnet(record: TelnetRecord) -> Login | None:
    attempts = max(record.attempts, 0)
    if not attempts:
        return None
    succeeded = record.success is True
    failures = attempts - succeeded
    failed = failures if record.success is not None else min(max(record.refused, 0), failures)
    listed = max(record.dictionary_attempts, 0) - (1 if succeeded and record.success_dictionary else 0)
    return Login(
        "telnet",
        record.orig_h,
        record.resp_h,
        record.resp_p,
        record.ts,
        _later(record.ts, record.login_ts),
        failed=failed,
        unsure=failures - failed,
        listed=min(max(listed, 0), failures),
        passwords=max(record.passwords, 0),
        users=_names(record.users or ()),
        lists=record.dictionary or (),
        success_ts=_later(record.ts, record.login_ts) if succeeded else None,
        success_user=_name(record.user) if succeeded else None,
        success_lists=(record.success_dictionary or ()) if succeeded else (),
    )


def _ssh(record: SshRecord) -> Login | None:
    attempts = max(record.auth_attempts, 0)
    if not attempts:
        return None
    succeeded = record.auth_success is True
    failures = attempts - succeeded
    failed = failures if record.auth_success is not None else 0
    return Login(
        "ssh",
        record.orig_h,
        record.resp_h,
        record.resp_p,
        record.ts,
        record.ts,
        failed=failed,
        unsure=failures - failed,
        success_ts=record.ts if succeeded else None,
    )


def _ftp(record: FtpRecord) -> Login | None:
    code = record.reply_code
    if record.command != "PASS" or record.user in _GUESTS:
        return None
    return _one("ftp", record, record.user, record.dictionary, code in _FTP_IN, code in _FTP_REFUSED)


def _http(record: HttpRecord) -> Login | None:
    status = record.status_code
    if record.username is None or status is None:
        return None
    return _one("http", record, record.username, record.dictionary, 200 <= status < 400, status in (401, 403))


def _mqtt(record: MqttRecord) -> Login | None:
    status = record.connect_status
    if record.action != "connect" or record.username is None or status is None:
        return None
    return _one("mqtt", record, record.username, record.dictionary, status == "accepted", status in _MQTT_REFUSED)


def _one(
    service: str,
    record: FtpRecord | HttpRecord | MqttRecord,
    user: str | None,
    lists: tuple[str, ...] | None,
    succeeded: bool,
    refused: bool,
) -> Login | None:
    """A record that tells of a single login."""
    if not succeeded and not refused:
        return None
    return Login(
        service,
        record.orig_h,
        record.resp_h,
        record.resp_p,
        record.ts,
        record.ts,
        failed=int(refused),
        listed=int(refused and bool(lists)),
        passwords=1,
        users=_names([user] if user else []),
        lists=() if succeeded else lists or (),
        success_ts=record.ts if succeeded else None,
        success_user=_name(user) if succeeded else None,
        success_lists=(lists or ()) if succeeded else (),
    )


def _later(ts: float, login_ts: float | None) -> float:
    return login_ts if login_ts is not None and login_ts > ts else ts


def _names(users: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, None] = {}
    for user in users:
        if len(kept) >= MAX_NAMES:
            break
        kept[user[:SHORT_NAME]] = None
    return tuple(kept)


def _name(user: str | None) -> str | None:
    return user[:SHORT_NAME] if user else None

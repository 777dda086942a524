import pytest

from botwarden.core.records.ntp import NtpRecord
from botwarden.detect.logins import (
    LISTED_POINTS,
    MAX_NAMES,
    SHORT_NAME,
    UNSURE_POINTS,
    Login,
    lists_text,
    password_text,
    read_login,
)
from detect.watchers.scenes import BOT, CAM, T0, ends, entered, ftp, http, mqtt, refused, ssh, telnet


def test_telnet_tells_failures_lists_and_success() -> None:
    login = read_login(refused(BOT, CAM, 0, "admin", n=5))
    assert login
    assert (login.service, login.client, login.server, login.port) == ("telnet", BOT, CAM, 23)
    assert (login.failed, login.unsure, login.listed, login.success_ts) == (5, 0, 5, None)
    assert login.points == 5 * LISTED_POINTS
    mixed = {"attempts": 5, "dictionary": ("mirai",), "dictionary_attempts": 3, "refused": 4}
    login = read_login(entered(BOT, CAM, 0, **mixed))
    assert login
    assert (login.failed, login.listed, login.success_user, login.success_ts) == (4, 2, "root", T0 + 2)
    assert login.success_lists == ("mirai", "default")
    assert login.points == 2 * LISTED_POINTS + 2


def test_what_nobody_can_tell_is_unsure() -> None:
    login = read_login(telnet(BOT, CAM, 0, attempts=6, refused=2, dictionary_attempts=3))
    assert login
    assert (login.failed, login.unsure, login.listed) == (2, 4, 3)
    assert login.points == 2 * LISTED_POINTS + 1 + 3 * UNSURE_POINTS
    login = read_login(ssh(BOT, CAM, 0, None, attempts=2))
    assert login
    assert (login.failed, login.unsure) == (0, 2)


def test_ssh_tells_no_names() -> None:
    login = read_login(ssh(BOT, CAM, 0, True, attempts=3))
    assert login
    assert (login.failed, login.users, login.success_ts, login.success_lists) == (2, (), T0, ())


@pytest.mark.parametrize("record", [
    ftp(BOT, CAM, 0, "admin", 530, listed=True),
    http(BOT, CAM, 0, status=401, username="admin", dictionary=("mirai",)),
    mqtt(BOT, CAM, 0, "admin", "bad user name or password", listed=True),
], ids=lambda record: record.path)  # fmt: skip
def test_one_refused_login(record: object) -> None:
    login = read_login(record)  # type: ignore[arg-type]
    assert login
    assert (login.failed, login.listed, login.users, login.success_ts) == (1, 1, ("admin",), None)


@pytest.mark.parametrize("record", [
    ftp(BOT, CAM, 0, "admin", 230, listed=True),
    http(BOT, CAM, 0, status=302, username="admin", dictionary=("mirai",)),
    mqtt(BOT, CAM, 0, "admin", "accepted", listed=True),
], ids=lambda record: record.path)  # fmt: skip
def test_one_login_that_succeeds(record: object) -> None:
    login = read_login(record)  # type: ignore[arg-type]
    assert login
    assert (login.failed, login.success_ts, login.success_user) == (0, T0, "admin")
    assert login.success_lists
    assert login.points == 0


@pytest.mark.parametrize("record", [
    telnet(BOT, CAM, 0, commands=("ls",)),
    ssh(BOT, CAM, 0, None, attempts=0),
    ftp(BOT, CAM, 0, "anonymous", 230),
    ftp(BOT, CAM, 0, "admin", 331),
    http(BOT, CAM, 0, status=401),
    http(BOT, CAM, 0, status=500, username="admin"),
    mqtt(BOT, CAM, 0, None, "accepted"),
    mqtt(BOT, CAM, 0, "admin", "server unavailable"),
    NtpRecord(ts=T0, **ends(BOT, CAM, 123), version=4, mode=3),
])  # fmt: skip
def test_what_is_no_login(record: object) -> None:
    assert read_login(record) is None  # type: ignore[arg-type]


def test_names_are_kept_short_and_few() -> None:
    login = read_login(telnet(BOT, CAM, 0, attempts=50, success=False, users=tuple(f"{n:050}" for n in range(50))))
    assert login
    assert len(login.users) <= MAX_NAMES
    assert all(len(user) <= SHORT_NAME for user in login.users)


def test_no_counts_of_a_hostile_record_make_nonsense() -> None:
    login = read_login(telnet(BOT, CAM, 0, attempts=2, refused=99, dictionary_attempts=2**70, success=None))
    assert login
    assert (login.failed, login.unsure, login.listed) == (2, 0, 2)


def test_words() -> None:
    assert password_text(("default", "mirai")) == "a password of Mirai's list"
    assert password_text(("default",)) == "a password of the lists of factory passwords"
    assert password_text(()) == "a password that is in no known list"
    assert lists_text(("default",)) == "lists of factory passwords"
    assert "Mirai" in lists_text({"mirai"})
    assert Login("ssh", "a", "b", 22, 0, 0).points == 0

"""Guessing that is told by what was said, and what must stay silent."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.label import LABELS
from botwarden.core.record import Record
from botwarden.detect import downloads, fusion, inorder, life, logins, shell, story, tries
from botwarden.detect.watchers import exploit, exposure, guessing, infection, mapping, service
from botwarden.detect.watchers.guessing import MAX_PEERS, MAX_TALLIES, Guessing
from detect.watchers.scenes import (
    BOT,
    CAM,
    DVR,
    LAPTOP,
    ROUTER,
    entered,
    ftp,
    http,
    is_local,
    judged,
    mqtt,
    refused,
    ssh,
    telnet,
    watch,
)


def labels(records: list[Record]) -> set[tuple[str, str, str]]:
    return {(ip, verdict.label, verdict.role) for ip, found in judged(Guessing, records).items() for verdict in found}


def test_one_login_a_minute_for_an_hour_is_guessing() -> None:
    records: list[Record] = [refused(BOT, CAM, 60 * n, listed=False) for n in range(60)]
    (verdict,) = judged(Guessing, records)[CAM]
    assert (verdict.label, verdict.role, verdict.severity) == ("bruteforce.telnet", "victim", "high")
    assert verdict.reasons == [f"{BOT} tried 60 logins over telnet on its port 23 in 59 min; 60 were refused; as root"]
    assert verdict.confidence > 0.9
    assert verdict.evidence["source"] == BOT


def test_four_passwords_of_mirais_list_are_enough() -> None:
    users = ["root", "admin", "support", "root"]
    records: list[Record] = [refused(BOT, CAM, 5 * n, user) for n, user in enumerate(users)]
    (verdict,) = judged(Guessing, records)[CAM]
    assert verdict.confidence > 0.8
    assert verdict.reasons == [
        f"{BOT} tried 4 logins over telnet on its port 23 in 15 s; 4 were refused; "
        "all of these are in known password lists, Mirai's among them; as root, admin and support"
    ]
    assert judged(Guessing, records[:3]) == {}
    (verdict,) = judged(Guessing, [*records, refused(BOT, CAM, 25, listed=False)])[CAM]
    assert "5 were refused; 4 of these are in known password lists" in verdict.reasons[0]


def test_many_in_one_connection_count_alike() -> None:
    (verdict,) = judged(Guessing, [refused(BOT, CAM, 0, n=14)])[CAM]
    assert (verdict.evidence["logins"], verdict.evidence["in_known_lists"], verdict.evidence["passwords"]) == (14,) * 3


def test_the_local_attacker_is_told_with_its_target() -> None:
    records: list[Record] = [refused(CAM, "198.51.100.7", 60 * n) for n in range(10)]
    (verdict,) = judged(Guessing, records)[CAM]
    assert (verdict.role, verdict.severity) == ("attacker", "critical")
    assert verdict.reasons[0].startswith("tried 10 logins over telnet on 198.51.100.7, port 23, in 9 min; ")


def test_between_two_local_devices_both_are_told() -> None:
    records: list[Record] = [refused(CAM, DVR, n) for n in range(10)]
    assert labels(records) == {(CAM, "bruteforce.telnet", "attacker"), (DVR, "bruteforce.telnet", "victim")}


def test_one_password_each_on_many_machines_is_guessing() -> None:
    records: list[Record] = [refused(CAM, f"198.51.100.{n}", 30 * n) for n in range(100)]
    (verdict,) = judged(Guessing, records)[CAM]
    assert verdict.evidence["machines"] == 100
    assert verdict.evidence["logins"] == 100
    assert verdict.reasons[0].startswith("tried 100 logins over telnet on 100 machines in 50 min; 100 were refused; ")


def test_one_password_each_from_many_machines_is_guessing() -> None:
    records: list[Record] = [refused(f"198.51.100.{n}", CAM, 300 * n) for n in range(12)]
    (verdict,) = judged(Guessing, records)[CAM]
    assert verdict.role == "victim"
    assert verdict.reasons[0].startswith("12 machines tried 12 logins over telnet in 55 min, 198.51.100.")
    assert judged(Guessing, records[:5]) == {}


def test_the_login_that_succeeds_after_guessing_is_told() -> None:
    records: list[Record] = [refused(BOT, CAM, n) for n in range(7)]
    records.append(entered(BOT, CAM, 10))
    (verdict,) = judged(Guessing, records)[CAM]
    assert judged(Guessing, records[::-1])[CAM] == [verdict]  # records come in no certain order
    assert verdict.reasons[1] == "one login succeeded at 14:30:12 UTC, as root with a password of Mirai's list"
    assert verdict.evidence["successes"][0]["user"] == "root"
    assert verdict.evidence["logins"] == 8


def test_a_person_who_mistypes_is_no_guesser_however_often_that_happens() -> None:
    visits: list[Record] = []
    for at in range(0, 20 * 600, 600):
        visits += [refused(LAPTOP, DVR, at + 5 * n, "anna", listed=False) for n in range(3)]
        visits.append(entered(LAPTOP, DVR, at + 20, "anna", listed=False))
    assert judged(Guessing, visits) == judged(Guessing, visits[::-1]) == {}
    assert judged(Guessing, [refused(LAPTOP, DVR, 86_400 * n, "anna", listed=False, n=3) for n in range(30)]) == {}


def test_ssh_is_told_by_failed_connections() -> None:
    records: list[Record] = [ssh(BOT, DVR, 90 * n, success=False, attempts=2) for n in range(12)]
    (verdict,) = judged(Guessing, records)[DVR]
    assert verdict.label == "bruteforce.ssh"
    assert "24 logins over SSH" in verdict.reasons[0]


def test_an_agent_that_offers_all_its_keys_gets_in_and_is_no_guesser() -> None:
    assert judged(Guessing, [ssh(LAPTOP, DVR, 600 * n, success=True, attempts=6) for n in range(50)]) == {}


@pytest.mark.parametrize("make", [
    lambda at, user, listed: ftp(BOT, DVR, at, user, 530, listed),
    lambda at, user, listed: http(BOT, DVR, at, "/", 401, username=user, dictionary=("mirai",) if listed else None),
    lambda at, user, listed: mqtt(BOT, DVR, at, user, "bad user name or password", listed),
])  # fmt: skip
def test_web_ftp_and_mqtt_need_different_logins(make: Callable[[float, str, bool], Record]) -> None:
    """A program with an outdated password tries the same one for ever."""
    users = ("admin", "root", "user")
    guesses = [make(60 * n, users[n % 3], n % 2 == 0) for n in range(14)]
    (verdict,) = judged(Guessing, guesses)[DVR]
    assert verdict.label in {"bruteforce.ftp", "bruteforce.http", "bruteforce.mqtt"}
    assert judged(Guessing, [make(5 * n, "sensor", False) for n in range(5000)]) == {}


def test_right_passwords_and_guests_are_no_guessing() -> None:
    records: list[Record] = [
        *(http(LAPTOP, CAM, n, "/snap", 200, username="admin", dictionary=("default",)) for n in range(500)),
        *(http(LAPTOP, CAM, 500 + n, "/", 401) for n in range(500)),
        *(ftp(LAPTOP, DVR, n, "anonymous", 530) for n in range(50)),
        *(mqtt(CAM, ROUTER, n, None, "not authorized") for n in range(50)),
        *(mqtt(CAM, ROUTER, n, "cam", "accepted", listed=True) for n in range(50)),
    ]
    assert judged(Guessing, records) == {}


def test_logins_of_unknown_outcome_weigh_little() -> None:
    """A person whose shell has an unusual prompt logs in every hour."""
    once = {"attempts": 1, "passwords": 1, "users": ("anna",)}
    hourly: list[Record] = [telnet(LAPTOP, DVR, 3600 * n, **once) for n in range(48)]
    listed: list[Record] = [telnet(LAPTOP, DVR, 3600 * n, **once, dictionary_attempts=1) for n in range(48)]
    assert judged(Guessing, hourly) == judged(Guessing, listed) == {}
    every_second: list[Record] = [telnet(BOT, DVR, n, **once) for n in range(60)]
    assert judged(Guessing, every_second)


def test_memory_stays_within_its_limits() -> None:
    watcher = Guessing(is_local)
    for n in range(3 * MAX_TALLIES):
        watcher.update(refused(f"192.168.{n >> 8}.{n & 255}", "198.51.100.1", n))
    for n in range(3 * MAX_PEERS):
        watcher.update(refused(f"198.51.{n >> 8}.{n & 255}", CAM, 10_000 + n))
    watcher._logins.flush()
    tallies = list(watcher._tallies.values())
    assert len(tallies) == MAX_TALLIES
    assert max(len(tally.peers) for tally in tallies) == MAX_PEERS
    (claim,) = (c for c in watch(Guessing, [refused(f"198.51.{n >> 8}.{n & 255}", CAM, n) for n in range(200)]))
    assert claim.evidence["machines"] == 200
    assert claim.evidence["logins"] == 200


RECORDS = st.one_of(
    st.builds(
        refused,
        st.sampled_from([BOT, LAPTOP, CAM]),
        st.sampled_from([DVR, CAM, "198.51.100.9"]),
        st.floats(-1e9, 1e9),
        st.text(max_size=5),
        st.booleans(),
        st.integers(0, 2**40),
    ),
    st.builds(entered, st.sampled_from([BOT, LAPTOP]), st.just(CAM), st.floats(-1e9, 1e9), st.text(max_size=50)),
    st.builds(
        ssh, st.sampled_from([BOT, CAM]), st.just(DVR), st.floats(0, 1e6), st.none() | st.booleans(), st.integers(0, 9)
    ),
    st.builds(ftp, st.just(BOT), st.just(CAM), st.floats(0, 1e6), st.text(max_size=9), st.integers(0, 999)),
    st.builds(
        http, st.just(BOT), st.just(CAM), st.floats(0, 1e6), st.text(max_size=9), st.none() | st.integers(0, 999)
    ),
    st.builds(
        mqtt, st.just(CAM), st.just(DVR), st.floats(0, 1e6), st.none() | st.text(max_size=9), st.text(max_size=9)
    ),
)


@given(st.lists(RECORDS, max_size=60))
def test_any_records_are_digested(records: list[Record]) -> None:
    for claim in watch(Guessing, records):
        assert 0.5 <= claim.confidence <= 1
        assert claim.first_ts <= claim.last_ts
        assert claim.reason


def test_it_reads_what_it_says() -> None:
    assert all(issubclass(kind, Record) for kind in Guessing.reads)
    assert guessing.Guessing.name


def test_the_page_names_the_thresholds_of_all_that_was_said() -> None:
    """Each stands there as ``NAME = value``."""
    modules = [
        *(guessing, infection, exploit, exposure, mapping, service),
        *(tries, logins, story, shell, life, downloads, inorder, fusion),
    ]
    page = (Path(__file__).parents[3] / "docs" / "detection-protocols.md").read_text("utf-8")
    shown = re.findall(r"`([A-Z_]+)\s=\s([0-9.,]+)`", page)
    for name, text in shown:
        values = {float(getattr(module, name)) for module in modules if hasattr(module, name)}
        assert float(text) in values, name
    named = {name for name, _ in shown}
    for module in (tries, logins, story, guessing, service):
        numbers = {name for name in vars(module) if name.isupper() and isinstance(getattr(module, name), float)}
        assert numbers - named <= {"SAME_DAY", "FRESH"}, module
    assert all(f"`{label}`" in page for label in LABELS if label.split(".")[0] in {"infection", "exploit", "exposure"})

"""Known passwords that work, and telnet that the internet reaches."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.record import Record
from botwarden.core.report import Series
from botwarden.core.verdict import Verdict
from botwarden.detect.detector import Findings, Seen
from botwarden.detect.state import ATTEMPT, METER
from botwarden.detect.watch import Scene
from botwarden.detect.watchers.exposure import MAX_DOORS, SETTLING, Exposure
from detect.watchers.scenes import (
    BOT,
    CAM,
    CNC,
    DEVICES,
    LAPTOP,
    T0,
    conn,
    entered,
    ftp,
    http,
    is_local,
    judged,
    mqtt,
    refused,
    scene,
    ssh,
    telnet,
    watch,
)


def found(records: list[Record]) -> dict[str, Verdict]:
    return {verdict.label: verdict for verdict in judged(Exposure, records).get(CAM, [])}


def test_a_known_password_that_works_is_told() -> None:
    verdict = found([entered(LAPTOP, CAM, n) for n in range(3)])["exposure.credentials"]
    assert verdict.reasons == [
        f"anyone can log in over telnet, port 23, as root with a password of Mirai's list; {LAPTOP} did"
    ]
    assert (verdict.role, verdict.severity, verdict.evidence["uses"]) == ("victim", "medium", 3)
    assert "password" in verdict.advice


def test_from_outside_it_is_worse() -> None:
    verdicts = found([entered(LAPTOP, CAM, 0, "admin"), entered(BOT, CAM, 5)])
    verdict = verdicts["exposure.credentials"]
    assert verdict.severity == "high"
    assert verdict.reasons[0].endswith(
        f"as admin with a password of Mirai's list (and as root); {BOT} did from outside"
    )
    assert verdicts["exposure.telnet"].reasons == [f"its telnet on port 23 answered outside machines: {BOT}"]


@pytest.mark.parametrize(("record", "words"), [
    (ftp(LAPTOP, CAM, 0, "admin", 230, listed=True), "over FTP, port 21, as admin"),
    (http(LAPTOP, CAM, 0, username="admin", dictionary=("default",)), "over HTTP, port 80, as admin with"),
    (mqtt(LAPTOP, CAM, 0, "guest", "accepted", listed=True), "over MQTT, port 1883, as guest"),
    (telnet(LAPTOP, CAM, 0, success=True, commands=("ls",)), "over telnet, port 23, without any password"),
])  # fmt: skip
def test_whatever_the_protocol(record: Record, words: str) -> None:
    assert words in found([record])["exposure.credentials"].reasons[0]


def test_a_makers_password_while_a_device_is_set_up_is_no_news() -> None:
    series = Series(T0, 1.0, *(np.zeros(1) for _ in range(6)))
    new = Seen(DEVICES[CAM], None, (CAM,), False, T0 - 60, T0 + 9000, 1, 1, 1, 1, 0, series)
    findings = Findings((new,), np.zeros(0, METER), np.zeros(0, ATTEMPT), (), {})
    place = Scene(findings, is_local, lambda ip, ts: DEVICES.get(ip), T0 + 9000)

    def said(client: str, after: float) -> list[str]:
        watching = Exposure(is_local)
        watching.update(http(client, CAM, after, username="admin", dictionary=("default",)))
        return [claim.label for claim in watching.claims(place)]

    assert said(LAPTOP, 0) == []
    assert said(LAPTOP, 4000) == ["exposure.credentials"]
    assert said(BOT, 0) == ["exposure.credentials"]


@pytest.mark.parametrize("record", [
    entered(LAPTOP, CAM, 0, "anna", listed=False),
    refused(LAPTOP, CAM, 0),
    ftp(LAPTOP, CAM, 0, "anonymous", 230),
    http(LAPTOP, CAM, 0, status=401, username="admin", dictionary=("default",)),
    mqtt(LAPTOP, CAM, 0, "guest", "bad user name or password", listed=True),
    mqtt(CAM, "203.0.113.20", 0, "guest", "accepted", listed=True),
    entered(CAM, "203.0.113.20", 0),
    telnet(LAPTOP, CAM, 0, commands=("ls",)),
    ssh(LAPTOP, CAM, 0, True),
    conn(BOT, CAM, 0, 23, "REJ"),
    conn(BOT, CAM, 0, 23, "SF", resp_bytes=0),
    conn(LAPTOP, CAM, 0, 23),
    conn(BOT, CAM, 0, 443),
])  # fmt: skip
def test_what_is_no_open_door(record: Record) -> None:
    assert found([record]) == {}


def first_seen(at: float) -> Seen:
    series = Series(T0, 1.0, *(np.zeros(1) for _ in range(6)))
    return Seen(DEVICES[CAM], None, (CAM,), False, T0 + at, T0 + 9e5, 9, 9, 9, 9, 0, series)


@pytest.mark.parametrize(("client", "at", "told"), [
    (LAPTOP, SETTLING - 1, False),
    (LAPTOP, SETTLING, True),
    (BOT, 5.0, True),
])  # fmt: skip
def test_a_device_that_is_being_set_up_may_still_have_its_makers_password(client: str, at: float, told: bool) -> None:
    watcher = Exposure(is_local)
    watcher.update(http(client, CAM, at, username="admin", dictionary=("default",)))
    seen = scene()
    new = replace(seen, findings=replace(seen.findings, devices=(first_seen(0.0),)))
    assert bool(list(watcher.claims(new))) is told
    watcher.update(entered(LAPTOP, CAM, at))
    assert list(watcher.claims(new))  # telnet is no part of setting up


def test_telnet_that_nobody_read_is_known_by_its_port() -> None:
    verdict = found([conn(BOT, CAM, 0, 23), conn(CNC, CAM, 9, 23)])["exposure.telnet"]
    assert verdict.evidence["clients"] == [BOT, CNC]
    assert verdict.severity == "medium"


def test_memory_stays_within_its_limits() -> None:
    watcher = Exposure(is_local)
    for n in range(3 * MAX_DOORS):
        watcher.update(entered(f"198.51.{n >> 8}.{n & 255}", f"192.168.{n >> 8}.{n & 255}", n))
        watcher.update(entered(f"198.51.{n >> 8}.{n & 255}", CAM, n, user=f"user{n}"))
    assert len(watcher._known) == len(watcher._telnet) == MAX_DOORS
    door = watcher._known.get((CAM, "telnet", 23))
    assert door
    assert max(len(door.users), len(door.clients)) <= 16


@given(st.lists(st.builds(
    telnet,
    st.sampled_from([BOT, LAPTOP, CAM]), st.sampled_from([CAM, BOT]), st.floats(-1e9, 1e9), st.integers(0, 65535),
    attempts=st.integers(0, 9), success=st.none() | st.booleans(), user=st.none() | st.text(max_size=40),
    success_dictionary=st.none() | st.tuples(st.text(max_size=9)),
), max_size=40))  # fmt: skip
def test_any_records_are_digested(records: list[Record]) -> None:
    for claim in watch(Exposure, records):
        assert claim.reason

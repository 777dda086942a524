from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.labels import Interval, LabelledDevice, Labels
from botwarden.core.report import DeviceReport
from botwarden.core.verdict import Role, Verdict
from botwarden.detect.comparing import MAX_LOOKS, MAX_LOOKS_IN_ALL, Against
from reports import START, verdict

BOT, OTHER = "44:19:b6:00:00:15", "3c:ef:8c:00:00:16"
SPAN = START, START + 1000
SCAN = {"label": "scan.mirai", "also": ["scan.horizontal"], "start": START + 100, "end": START + 120}


def interval(mac: str = BOT, role: str = "attacker", **fields: Any) -> Interval:
    return Interval(mac=mac, role=role, **{**SCAN, **fields})


def device(*verdicts: Verdict, mac: str | None = BOT, ip: str = "192.168.10.21") -> DeviceReport:
    return DeviceReport(
        mac=mac,
        ips=[ip],
        vendor=None,
        name=None,
        first_ts=START,
        last_ts=START + 1000,
        packets_sent=1,
        bytes_sent=60,
        packets_received=0,
        bytes_received=0,
        verdicts=list(verdicts),
    )


def against(*intervals: Interval) -> Against:
    return Against(Labels(devices=[LabelledDevice(mac=BOT, ips=["192.168.10.21"], name="cam")], intervals=[*intervals]))


def said(label: str, first: float, last: float, role: Role = "attacker", **evidence: Any) -> Verdict:
    return verdict(label, "high", first, last, role=role, **evidence)


def test_a_verdict_is_right_by_device_role_label_and_time() -> None:
    one = interval()
    for right in (said("scan.mirai", 90, 110), said("scan.horizontal", 119, 300), said("scan.mirai", 120.5, 130)):
        judged = against(one).compare("x", [device(right)], SPAN)
        assert (judged.found, judged.missed, judged.false, judged.otherwise) == (1, 0, 0, 0)
        assert judged.intervals[0].verdict == right.label
        assert judged.intervals[0].name == "cam"
    elsewhere = device(said("scan.mirai", 100, 120), mac=OTHER)
    assert against(one).compare("x", [elsewhere], SPAN).missed == 1
    assert against(one).compare("x", [device(said("scan.mirai", 100, 120, "victim"))], SPAN).missed == 1
    assert against(one).compare("x", [device(said("flood.syn", 100, 120))], SPAN).missed == 1
    assert against(one).compare("x", [device(said("scan.mirai", 122, 130))], SPAN).missed == 1


def test_the_first_label_is_named_before_those_that_are_as_right() -> None:
    both = device(said("scan.horizontal", 100, 120), said("scan.mirai", 105, 120))
    judged = against(interval()).compare("x", [both], SPAN)
    assert judged.intervals[0].verdict == "scan.mirai"
    assert judged.verdicts == []


def test_other_verdicts_are_false_unless_something_is_labelled_then() -> None:
    found = device(said("scan.mirai", 100, 120), said("flood.syn", 110, 115), said("beacon", 500, 600))
    quiet = device(said("beacon", 100, 120), mac=OTHER, ip="192.168.10.22")
    judged = against(interval()).compare("x", [found, quiet], SPAN)
    assert (judged.found, judged.false, judged.otherwise) == (1, 2, 1)
    assert [(v.mac, v.label, v.labelled) for v in judged.verdicts] == [
        (OTHER, "beacon", False),
        (BOT, "beacon", False),
        (BOT, "flood.syn", True),
    ]


def test_a_verdict_of_several_episodes_does_not_cover_what_lies_between() -> None:
    episodes = [{"first_ts": START + a, "last_ts": START + b} for a, b in ((100, 120), (700, 720))]
    joined = said("scan.mirai", 100, 720, episodes=episodes, episode_count=2)
    three = [interval(start=START + t, end=START + t + 20) for t in (100, 400, 700)]
    judged = against(*three).compare("x", [device(joined)], SPAN)
    assert [one.outcome for one in judged.intervals] == ["found", "missed", "found"]
    untold = said("scan.mirai", 100, 720, episodes=episodes, episode_count=30)
    assert against(*three).compare("x", [device(untold)], SPAN).found == 3


def test_an_interval_that_was_not_captured_is_neither_found_nor_missed() -> None:
    judged = against(interval(), interval(start=START + 2000, end=START + 2001)).compare("x", [], SPAN)
    assert (judged.found, judged.missed, judged.outside) == (0, 1, 1)
    assert against(interval()).compare("x", [], (None, None)).outside == 1


def test_where_no_verdict_is_expected_none_is_missed() -> None:
    unnamed = interval(label="", also=["anomaly"], attack="p2p")
    judged = against(unnamed).compare("x", [device()], SPAN)
    assert (judged.found, judged.missed, judged.unnamed) == (0, 0, 1)
    judged = against(unnamed).compare("x", [device(said("anomaly", 100, 110), said("beacon", 100, 110))], SPAN)
    assert (judged.found, judged.unnamed, judged.false, judged.otherwise) == (1, 0, 0, 1)


def test_without_macs_a_device_is_known_by_its_address() -> None:
    nameless = device(said("scan.mirai", 100, 120), mac=None)
    assert against(interval()).compare("x", [nameless], SPAN).found == 1
    other = device(said("scan.mirai", 100, 120), mac=None, ip="192.168.10.22")
    assert against(interval()).compare("x", [other], SPAN).missed == 1
    written = interval(mac=BOT.upper().replace(":", "-"))
    assert against(written).compare("x", [device(said("scan.mirai", 100, 120))], SPAN).found == 1


def test_every_device_is_named_by_its_place_in_the_report() -> None:
    devices = [device(mac=OTHER), device(said("beacon", 500, 600)), device(said("scan.mirai", 100, 120), mac=None)]
    known, unknown = interval(), interval(mac="02:00:00:00:00:09")
    judged = against(known, unknown, interval(start=START + 700, end=START + 720)).compare("x", devices, SPAN)
    assert [one.device for one in judged.intervals] == [2, None, 1]
    assert [(one.label, one.device) for one in judged.verdicts] == [("beacon", 1)]


def test_the_time_to_detect_is_that_of_the_first_look_with_a_right_verdict() -> None:
    judging = against(interval())
    scanning = device(said("scan.mirai", 100, 104))
    assert not judging.wanted(START + 99)
    assert judging.wanted(START + 101)
    judging.look(START + 101, [device()])
    judging.look(START + 104, [scanning])
    judging.look(START + 110, [scanning])
    assert not judging.wanted(START + 110)
    assert judging.compare("x", [scanning], SPAN).intervals[0].time_to_detect == 4.0


def test_what_was_taken_back_is_not_detected() -> None:
    judging = against(interval())
    judging.look(START + 104, [device(said("scan.mirai", 100, 104))])
    judged = judging.compare("x", [device()], SPAN).intervals[0]
    assert (judged.outcome, judged.time_to_detect) == ("missed", None)


def test_what_only_the_whole_capture_shows_has_no_time() -> None:
    judged = against(interval()).compare("x", [device(said("scan.mirai", 100, 120))], SPAN).intervals[0]
    assert (judged.outcome, judged.time_to_detect) == ("found", None)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), max_size=30))
def test_looks_are_in_order_bounded_and_dense_at_the_start(times: list[tuple[float, float]]) -> None:
    looks = against(*(interval(start=a, end=a + b) for a, b in times)).looks()
    assert looks == sorted(set(looks))
    assert len(looks) <= min(MAX_LOOKS * len(times), MAX_LOOKS_IN_ALL)
    for start, length in times:
        near = [look for look in looks if start < look <= start + 10]
        assert len(near) >= 9, (start, length)


def test_many_intervals_cost_a_bounded_number_of_looks() -> None:
    many = against(*(interval(start=START + n * 7, end=START + n * 7 + 5) for n in range(3000)))
    assert len(many.looks()) == MAX_LOOKS_IN_ALL

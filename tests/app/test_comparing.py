"""The captures that the project brings, held against their labels."""

import json
from pathlib import Path

import msgspec
import pytest

import botwarden
from botwarden.app import api
from botwarden.core.comparison import Comparison
from botwarden.core.errors import DataError
from botwarden.core.report import Report
from captures import SYN, pcap, tcp_frame
from examples.recording import BREAK_IN, BREAK_IN_LABELS, HOUSE, HOUSE_LABELS


def compared(capture: Path, labels: Path) -> Comparison:
    found = api.scan(capture, labels=labels, seed=1).report.comparison
    assert found is not None
    return found


def told(report: Report) -> list[tuple[str | None, int, object]]:
    return [(one.mac, one.packets_sent, msgspec.to_builtins(one.verdicts)) for one in report.devices]


def test_all_of_the_house_is_found_and_nothing_else() -> None:
    found = compared(HOUSE, HOUSE_LABELS)
    assert (found.found, found.missed, found.outside, found.false, found.otherwise) == (6, 0, 0, 0, 0)
    assert [one.verdict for one in found.intervals] == [one.label for one in found.intervals]


def test_attacks_are_detected_while_they_last() -> None:
    for one in compared(HOUSE, HOUSE_LABELS).intervals:
        assert one.time_to_detect is not None
        assert 0 < one.time_to_detect < one.end - one.start, one


def test_a_break_in_is_found_in_all_its_parts() -> None:
    found = compared(BREAK_IN, BREAK_IN_LABELS)
    assert (found.found, found.missed, found.false, found.otherwise) == (4, 0, 0, 0)
    infected = next(one for one in found.intervals if one.label == "infection")
    assert infected.time_to_detect is not None


def test_looking_changes_nothing_of_what_is_found() -> None:
    for capture, labels in ((HOUSE, HOUSE_LABELS), (BREAK_IN, BREAK_IN_LABELS)):
        plain = botwarden.scan(capture, seed=1).report
        looked = api.scan(capture, labels=labels, seed=1).report
        assert told(looked) == told(plain)
        assert plain.comparison is None


def test_a_wrong_label_shows_as_missed_and_as_another_name(tmp_path: Path) -> None:
    labels = json.loads(HOUSE_LABELS.read_text())
    flood = next(one for one in labels["intervals"] if one["label"] == "flood.syn")
    flood["label"] = "flood.ack"
    labels["intervals"] = [one for one in labels["intervals"] if one["label"] != "flood.udp"]
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(labels))
    found = compared(HOUSE, path)
    assert (found.found, found.missed, found.false, found.otherwise) == (4, 1, 1, 1)
    assert [(one.label, one.labelled) for one in found.verdicts] == [("flood.udp", False), ("flood.syn", True)]


def test_a_clock_that_is_set_back_stops_nothing(tmp_path: Path) -> None:
    start = 1_795_298_859.0
    times = [start + n / 10 for n in range(100)] + [start - 1000 + n / 10 for n in range(100)]
    frames = [
        (ts, tcp_frame("192.168.10.20", 4000 + n, "198.18.0.9", 23, SYN, src_mac="44:19:b6:5a:21:0c"))
        for n, ts in enumerate(times)
    ]
    (tmp_path / "back.pcap").write_bytes(pcap(frames))
    result = api.scan(tmp_path / "back.pcap", labels=HOUSE_LABELS).report
    assert result.stats.packets == 200
    assert result.comparison is not None


def test_labels_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "labels.json").write_text("{")
    with pytest.raises(DataError, match="it is no labels file"):
        api.scan(HOUSE, labels=tmp_path / "labels.json")

from pathlib import Path

import numpy as np
import pytest

from botwarden.app.capture_labels import CaptureLabels
from botwarden.core.errors import DataError
from botwarden.core.packet import PACKET
from botwarden.core.row import Group

CASES = Path(__file__).parents[2] / "examples/cases/labels.json"


def packets(*times: float) -> np.ndarray:
    made = np.zeros(len(times), PACKET)
    made["ts"] = times
    made["src_mac"] = 0x4419B65A210C
    return made


def test_of_a_file_for_several_captures_that_of_the_one_is_taken() -> None:
    labels = CaptureLabels(CASES, ["some/where/cnc-irc.pcap"])
    kinds = labels.kinds(packets(1795626600.0, 1795628000.0))
    assert [kinds.groups[code] for code in kinds.group] == [
        Group("44:19:b6:5a:21:0c", "", "cnc"),
        Group("44:19:b6:5a:21:0c"),
    ]
    assert labels.check() == []
    with pytest.raises(DataError, match=r"no labels for other\.pcap"):
        CaptureLabels(CASES, ["other.pcap"])


def test_of_several_captures_or_standard_input_all_labels_count() -> None:
    for captures in (["-"], ["a.pcap", "b.pcap"]):
        labels = CaptureLabels(CASES, captures)
        labels.kinds(packets(1795626600.0))
        assert "no packet belongs to interval" in labels.check()[0]


def test_a_capture_without_attacks_may_have_labels_without_attacks() -> None:
    labels = CaptureLabels(CASES, ["cnc-irc-benign.pcap"])
    labels.kinds(packets(1.0))
    assert labels.check() == []


def test_labels_that_hold_nothing_are_of_another_capture() -> None:
    labels = CaptureLabels(CASES, ["cnc-irc.pcap"])
    labels.kinds(packets(1.0))
    with pytest.raises(DataError, match="any of its 1 attack: is it of another capture"):
        labels.check()

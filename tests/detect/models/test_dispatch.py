import numpy as np
import pytest

from botwarden.core.row import PROTOCOLS, Group
from botwarden.detect.models.dispatch import NONE, Dispatch, device_key
from models import detector

PARTS = [
    detector("all"),
    detector("udp", protocol="udp"),
    detector("camera", device="AA-BB-CC-00-11-22"),
    detector("camera-udp", device="aa:bb:cc:00:11:22", protocol="udp"),
    detector("again", protocol="udp"),
]


@pytest.mark.parametrize(
    ("devices", "protocol", "part"),
    [
        ((), None, "all"),
        ((), "", "all"),
        ((), "tcp", "all"),
        ((), "udp", "udp"),
        (("plug",), "udp", "udp"),
        (("aa:bb:cc:00:11:22",), None, "camera"),
        (("AA:BB:CC:00:11:22",), "tcp", "camera"),
        (("plug", "aa:bb:cc:00:11:22"), "udp", "camera-udp"),
        (("", "aa:bb:cc:00:11:22"), "udp", "camera-udp"),
    ],
)
def test_the_most_particular_part_is_found(devices: tuple[str, ...], protocol: str | None, part: str) -> None:
    assert PARTS[Dispatch(PARTS).place(devices, protocol)].name == part


def test_none_is_found_where_none_fits() -> None:
    assert Dispatch([]).place((), "tcp") == NONE
    assert Dispatch(PARTS[1:]).place(("plug",), "tcp") == NONE


def test_rows_are_divided_among_parts() -> None:
    groups = (Group("plug"), Group("aa:bb:cc:00:11:22"), Group())
    group = np.array([0, 0, 1, 1, 2], np.int32)
    proto = np.array([PROTOCOLS.index(name) for name in ("tcp", "udp", "tcp", "udp", "")], np.int8)
    assert Dispatch(PARTS).places(groups, group, proto).tolist() == [0, 1, 2, 3, 0]
    assert Dispatch(PARTS[:1]).places(groups, group, proto).tolist() == [0] * 5
    assert Dispatch([PARTS[2]]).places(groups, group, proto).tolist() == [NONE, NONE, 0, 0, NONE]


def test_names_are_compared_without_case_and_macs_without_signs() -> None:
    assert device_key(" Danmini_Doorbell ") == device_key("danmini_doorbell")
    assert device_key("AA-BB-CC-00-11-22") == device_key("aa:bb:cc:00:11:22")
    assert device_key("camera-1") != device_key("camera:1")

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab import orders, plan
from botwarden.lab.errors import LabError
from botwarden.lab.guard import Refused


@given(st.sampled_from(sorted(orders.VECTORS)), st.integers(0, 2**32 - 1), st.integers(0, 65_535))
def test_what_is_ordered_is_understood(vector: str, seconds: int, port: int) -> None:
    order = orders.Order(vector, seconds, plan.VICTIM_IP, port)
    assert orders.decode(orders.encode(order)) == order


def test_an_order_as_mirais_source_writes_it() -> None:
    # length, duration, vector, one target with its mask, one option: the port as text
    said = orders.encode(orders.Order("syn", 30, "203.0.113.200", 80))
    assert said.hex() == "00120000001e0301cb0071c8200107023830"


def test_nobody_outside_the_lab_is_a_target() -> None:
    with pytest.raises(Refused, match="outside the lab"):
        orders.encode(orders.Order("udp", 10, "8.8.8.8"))


@given(st.binary(max_size=80))
def test_any_bytes_are_an_order_or_none(data: bytes) -> None:
    orders.decode(data)
    orders.decode((len(data) + 2).to_bytes(2, "big") + data)


def test_signs_of_life_are_no_orders() -> None:
    assert orders.decode(orders.PING) is None
    assert orders.decode(orders.REGISTER + b"\x03arm") is None


def test_orders_come_to_whoever_looks_each_once(tmp_path: Path) -> None:
    orders.give(tmp_path, "cnc", b"old")
    inbox = orders.Inbox(tmp_path)
    assert inbox.new() == []
    orders.give(tmp_path, "cnc", b"\x00\xff")
    orders.give(tmp_path, "#bots", b"!* UDP")
    assert inbox.new() == [("cnc", b"\x00\xff"), ("#bots", b"!* UDP")]
    assert inbox.new() == []


@pytest.mark.parametrize("line", ["x\n", "{}\n", '{"to": "cnc", "data": "zz"}\n', "[1]\n"])
def test_a_damaged_file_is_told(tmp_path: Path, line: str) -> None:
    inbox = orders.Inbox(tmp_path)
    (tmp_path / orders.FILE).write_text(line)
    with pytest.raises(LabError, match="orders"):
        inbox.new()

import socket
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab import packets, plan, raw
from botwarden.lab.guard import Permit, Refused

Sender = TypeVar("Sender", raw.Packets, raw.Frames)
CAMERA = Permit(plan.CAMERA.ip, plan.CAMERA)


def packet(src: str, dst: str) -> bytes:
    return packets.udp(src, dst, src_port=1, dst_port=2, payload=b"x")


@pytest.mark.parametrize("make", [raw.Packets, raw.Frames])
def test_nothing_is_opened_without_a_lab(make: type[raw.Packets] | type[raw.Frames]) -> None:
    with pytest.raises(Refused, match="not for the network namespace"):
        make(CAMERA)


@pytest.mark.parametrize("src", [plan.DVR.ip, "8.8.8.8", "127.0.0.1", plan.CNC_IP])
def test_a_packet_from_somebody_else_is_refused(src: str) -> None:
    with pytest.raises(Refused, match="may not be forged"):
        raw.check(packet(src, plan.VICTIM_IP), CAMERA)


@pytest.mark.parametrize("dst", ["8.8.8.8", "127.0.0.1", "192.168.1.1", "10.0.0.1", "224.0.0.1", "255.255.255.255"])
def test_a_packet_to_outside_the_lab_is_refused(dst: str) -> None:
    with pytest.raises(Refused, match="outside the lab"):
        raw.check(packet(plan.CAMERA.ip, dst), CAMERA)


@given(number=st.integers(0, 2**32))
def test_forged_sources_are_nobodys_addresses(number: int) -> None:
    source = raw.forged(CAMERA, number)
    assert raw.check(packet(source, plan.VICTIM_IP), CAMERA) == (source, plan.VICTIM_IP)


@given(data=st.binary(max_size=80))
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="refused"):
        raw.check(data, CAMERA)
    with pytest.raises(Refused, match="refused"):
        raw.check_frame(data, CAMERA)


def dead(kind: type[Sender], permit: Permit) -> Sender:
    """Somebody who sends on a socket that is closed: nothing leaves this machine."""
    made = kind.__new__(kind)
    made._permit = permit
    made._socket = socket.socket()
    made._socket.close()
    return made


def test_what_is_sent_is_looked_at_and_counted() -> None:
    permit = Permit(plan.CAMERA.ip, plan.CAMERA)
    out = dead(raw.Packets, permit)
    for refused in (packet(plan.DVR.ip, plan.VICTIM_IP), packet(plan.CAMERA.ip, "8.8.8.8"), b""):
        with pytest.raises(Refused, match=r"may not be forged|outside the lab|not an IPv4 packet"):
            out.send(refused)
    assert permit.packets.spent == 0
    with pytest.raises(Refused, match="no way from"):
        out.send(packet(plan.CAMERA.ip, plan.VICTIM_IP))
    assert permit.packets.spent == 1

    frames = dead(raw.Frames, permit)
    with pytest.raises(Refused, match="not an ARP frame"):
        frames.send(bytes(60))
    assert permit.packets.spent == 1
    with pytest.raises(OSError, match="Bad file descriptor"):
        frames.send(packets.arp_reply(plan.CAMERA.mac, plan.GATEWAY_IP, plan.LAPTOP.mac, plan.LAPTOP.ip))
    assert permit.packets.spent == 2


def test_frames_are_about_the_lan_and_to_its_devices() -> None:
    raw.check_frame(packets.arp_reply(plan.CAMERA.mac, plan.GATEWAY_IP, plan.LAPTOP.mac, plan.LAPTOP.ip), CAMERA)
    with pytest.raises(Refused, match="not about the lab's LAN"):
        raw.check_frame(packets.arp_reply(plan.CAMERA.mac, plan.VICTIM_IP, plan.LAPTOP.mac, plan.LAPTOP.ip), CAMERA)
    with pytest.raises(Refused, match="no device of the lab"):
        raw.check_frame(
            packets.arp_reply(plan.CAMERA.mac, plan.GATEWAY_IP, "ff:ff:ff:ff:ff:ff", plan.LAPTOP.ip), CAMERA
        )
    with pytest.raises(Refused, match="not an ARP frame"):
        raw.check_frame(b"\xff" * 60, CAMERA)
    with pytest.raises(Refused, match="not the MAC of who sends"):
        raw.check_frame(packets.arp_reply(plan.GATEWAY_MAC, plan.GATEWAY_IP, plan.LAPTOP.mac, plan.LAPTOP.ip), CAMERA)

from typing import Any

import numpy as np

from botwarden.core.address import ip_halves
from botwarden.core.packet import HAS_IP, PACKET
from botwarden.stores.ends import end_texts


def row(src: str | None = None, dst: str | None = None, src_mac: int = 0xA, dst_mac: int = 0xB) -> Any:
    packet = np.zeros(1, PACKET)
    packet["src_mac"], packet["dst_mac"] = src_mac, dst_mac
    if src is not None and dst is not None:
        packet["flags"] = HAS_IP
        packet["src_ip_hi"], packet["src_ip_lo"] = ip_halves(src)
        packet["dst_ip_hi"], packet["dst_ip_lo"] = ip_halves(dst)
    return packet


def ends(*packets: Any) -> list[list[str]]:
    """Sender, source and destination of each packet."""
    text, starts, ids = end_texts(np.concatenate([np.zeros(0, PACKET), *packets]))
    assert len(set(zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True))) == len(starts) - 1
    return [[text[starts[i] : starts[i + 1]].tobytes().decode() for i in line] for line in ids]


def test_addresses_are_those_of_the_packets_in_their_order() -> None:
    assert ends(row("192.0.2.1", "192.0.2.2"), row("192.0.2.2", "192.0.2.1", 0xB, 0xA), row("2001:db8::1", "::")) == [
        ["00:00:00:00:00:0a", "192.0.2.1", "192.0.2.2"],
        ["00:00:00:00:00:0b", "192.0.2.2", "192.0.2.1"],
        ["00:00:00:00:00:0a", "2001:db8::1", "::"],
    ]


def test_mac_addresses_stand_in_for_absent_ones() -> None:
    assert ends(row()) == [["00:00:00:00:00:0a", "00:00:00:00:00:0a", "00:00:00:00:00:0b"]]


def test_an_address_of_the_same_number_is_another_one() -> None:
    assert ends(row("::a", "::b"), row()) == [
        ["00:00:00:00:00:0a", "::a", "::b"],
        ["00:00:00:00:00:0a", "00:00:00:00:00:0a", "00:00:00:00:00:0b"],
    ]


def test_what_has_no_mac_addresses_has_an_empty_sender() -> None:
    assert ends(row("192.0.2.1", "192.0.2.2", 0, 0)) == [["", "192.0.2.1", "192.0.2.2"]]


def test_addresses_keep_the_sign_bits_apart() -> None:
    assert ends(row("ffff::1", "7fff::1"), row("::8000:0:0:1", "::1")) == [
        ["00:00:00:00:00:0a", "ffff::1", "7fff::1"],
        ["00:00:00:00:00:0a", "::8000:0:0:1", "::1"],
    ]


def test_every_distinct_address_is_made_once() -> None:
    text, starts, _ = end_texts(np.concatenate([row("192.0.2.1", "192.0.2.2")] * 50))
    assert text.tobytes() == b"00:00:00:00:00:0a192.0.2.1192.0.2.2"
    assert starts.tolist() == [0, 17, 26, 35]


def test_no_packets_have_no_addresses() -> None:
    assert ends() == []

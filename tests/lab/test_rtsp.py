import random
import socket
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab import rtsp, serving
from botwarden.lab.clock import Clock

LOGIN = ("viewer", "x")


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    made = Clock(tmp_path / "clock")
    made.start(1_000.0, 20.0)
    return made


def camera(clock: Clock) -> int:
    stream = rtsp.Stream(clock, LOGIN, random.Random(1))
    return int(serving.serve_tcp("127.0.0.1", 0, stream.talk).getsockname()[1])


def test_who_knows_the_password_sees_pictures_for_as_long_as_they_want(clock: Clock) -> None:
    before = clock.now()
    seen = rtsp.watch("127.0.0.1", LOGIN, clock, 8.0, camera(clock))
    assert clock.now() - before >= 8.0
    assert 8 / 2 * rtsp.CHANGE_BYTES[0] < seen < 12 * 10 * rtsp.WHOLE_BYTES[1]


def test_who_does_not_is_hung_up_on_or_refused(clock: Clock) -> None:
    with socket.create_connection(("127.0.0.1", camera(clock)), 5) as link:
        link.sendall(rtsp.request("PLAY", "rtsp://x/stream1", 4))
        assert link.recv(500).startswith(b"RTSP/1.0 401 Unauthorized\r\nCSeq: 4\r\nWWW-Authenticate: Basic ")
        link.sendall(b"nonsense\r\n\r\n")
        assert link.recv(500) == b""


def test_a_picture_is_a_run_of_rtp_packets_whose_last_is_marked() -> None:
    made = rtsp.packets(0, 7, 65_535, random.Random(1))
    assert len(made) > 2
    heads = [struct.unpack_from("!cBHBBHII", one) for one in made]
    assert [head[5] for head in heads[:2]] == [65_535, 0]
    assert [head[4] >> 7 for head in heads] == [0] * (len(made) - 1) + [1]
    assert all(head[2] == len(one) - 4 for head, one in zip(heads, made, strict=True))


def test_whole_pictures_are_larger_than_changes() -> None:
    sizes = [sum(map(len, rtsp.packets(n, 1, 0, random.Random(n)))) for n in range(rtsp.GROUP + 1)]
    assert min(sizes[0], sizes[rtsp.GROUP]) > 3 * max(sizes[1 : rtsp.GROUP])


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_none(head: bytes) -> None:
    found = rtsp.parse(head)
    assert found is None or found.method


def test_a_request_is_read_as_it_was_written() -> None:
    head = rtsp.request("SETUP", "rtsp://x/track1", 3, {"Transport": "RTP/AVP/TCP"}).removesuffix(b"\r\n\r\n")
    found = rtsp.parse(head)
    assert found is not None
    assert (found.method, found.url, found.headers["cseq"], found.headers["transport"]) == (
        "SETUP",
        "rtsp://x/track1",
        "3",
        "RTP/AVP/TCP",
    )


@pytest.mark.parametrize("junk", [b"$\x00\xff\xff" + bytes(100_000), bytes(400_000), b"$"])
def test_junk_ends_the_conversation(clock: Clock, junk: bytes) -> None:
    with socket.create_connection(("127.0.0.1", camera(clock)), 5) as link:
        link.sendall(junk)
        link.shutdown(socket.SHUT_WR)
        try:
            assert link.recv(100) == b""
        except ConnectionResetError:
            return


@pytest.mark.parametrize("length", ["9" * 5_000, "-1", "x", "²", ""])
def test_a_body_without_a_proper_length_is_none(clock: Clock, length: str) -> None:
    options = rtsp.request("OPTIONS", "rtsp://x/", 7)
    with socket.create_connection(("127.0.0.1", camera(clock)), 5) as link:
        link.sendall(f"OPTIONS rtsp://x/ RTSP/1.0\r\nContent-Length: {length}\r\n\r\n".encode())
        assert link.recv(500).startswith(b"RTSP/1.0 200 OK\r\nCSeq: 0\r\n")
        link.sendall(options)
        assert link.recv(500).startswith(b"RTSP/1.0 200 OK\r\nCSeq: 7\r\n")


@given(st.lists(st.binary(max_size=200), max_size=3))
def test_the_camera_outlives_any_bytes(tmp_path_factory: pytest.TempPathFactory, heads: list[bytes]) -> None:
    made = Clock(tmp_path_factory.mktemp("clock") / "clock")
    made.start(1_000.0, 20.0)
    near, far = socket.socketpair()
    with near, far:
        near.sendall(b"".join(b"OPTIONS x RTSP/1.0\r\n" + head + b"\r\n\r\n" for head in heads))
        near.shutdown(socket.SHUT_WR)
        rtsp.Stream(made, LOGIN, random.Random(1)).talk(far, ("192.0.2.1", 9))

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botwarden.core.address import ip_text, mac_text
from botwarden.core.packet import TRUNCATED, PacketBatch
from botwarden.wire.frame import inner_batch
from botwarden.wire.linktype import DECODED
from captures import A_MAC, GRE, IPIP, IPV6, batch_of, batches_of, ethernet, gre, ipv4, ipv6, tcp, tcp_frame, udp
from zoo import FRAMES, IP6_FRAME, cut_captures

TESTS = Path(__file__).parents[1]
SHARED = Path(os.environ.get("BOTWARDEN_SHARED", TESTS.parents[1] / "shared"))


def check(batch: PacketBatch) -> None:
    """What holds for every packet, whatever its bytes."""
    rows = batch.packets
    assert ((rows["offset"] >= 0) & (rows["offset"] + rows["cap_len"] <= len(batch.buffer))).all()
    assert ((rows["inner"] == 0) | (rows["inner"] < rows["cap_len"])).all()
    assert ((rows["payload"] == 0) | (rows["payload"].astype(int) <= rows["cap_len"].astype(int) + 60)).all()
    assert np.isin(rows["ip_version"], [0, 4, 6]).all()
    for i in range(len(batch)):
        assert len(batch.payload(i)) <= rows["payload_len"][i]


@settings(deadline=None)  # the first example may have to compile
@given(link_type=st.sampled_from(sorted(DECODED)), frames=st.lists(st.binary(max_size=200), min_size=1, max_size=5))
def test_any_bytes_are_decoded(link_type: int, frames: list[bytes]) -> None:
    batch = batch_of([(1.0, frame) for frame in frames], link_type=link_type)
    check(batch)
    check(inner_batch(batch))


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from(FRAMES),
    bent=st.lists(st.tuples(st.integers(0, 150), st.integers(0, 255)), min_size=1, max_size=6),
    cut=st.integers(0, 150),
    more=st.integers(0, 2000),
)
def test_bent_frames_are_decoded(kind: tuple[int, bytes], bent: list[tuple[int, int]], cut: int, more: int) -> None:
    link_type, whole = kind
    frame = bytearray(whole)
    for at, value in bent:
        frame[at % len(frame)] = value
    batch = batch_of([(1.0, bytes(frame[: max(1, cut)]), len(frame) + more)], link_type=link_type)
    check(batch)
    check(inner_batch(batch))


def test_a_snap_length_cuts_no_more_than_it_cuts() -> None:
    """Fields that a cut frame has are those of the whole frame; a cut in a header is flagged."""
    for (link_type, frame), data in zip(FRAMES, cut_captures(), strict=True):
        (batch,) = batches_of(data)
        *cut, whole = batch.packets
        for row in cut:
            for name in (
                "src_mac",
                "src_ip_lo",
                "dst_ip_hi",
                "src_port",
                "dst_port",
                "tcp_seq",
                "tcp_flags",
                "payload",
            ):
                assert row[name] in (0, whole[name]), (link_type, frame, row["cap_len"], name)
            assert row["payload_len"] in (0, whole["payload_len"])
            missing = whole["payload"] > row["cap_len"] and not whole["flags"] & 3
            assert not missing or row["flags"] & TRUNCATED


def test_inner_packets() -> None:
    inside = ipv4(tcp(b"abc", dport=23), src="10.0.0.1", dst="10.0.0.2")
    batch = batch_of(
        [
            (1.0, tcp_frame()),
            (2.0, ethernet(ipv4(gre(inside), proto=GRE), vlans=[(0x8100, 9)])),
            (3.0, ethernet(ipv4(IP6_FRAME, proto=IPV6))),
            (4.0, ethernet(ipv6(inside, next_header=IPIP))),
        ]
    )
    inner = inner_batch(batch)
    assert np.flatnonzero(batch.packets["inner"]).tolist() == [1, 2, 3]
    assert inner.ts.tolist() == [2.0, 3.0, 4.0]
    assert inner.packets["dst_port"].tolist() == [23, 53, 23]
    assert inner.packets["ip_version"].tolist() == [4, 6, 4]
    assert inner.packets["wire_len"].tolist() == batch.packets["wire_len"][1:].tolist()
    assert inner.packets["vlan"].tolist() == [9, 0, 0]
    assert [mac_text(int(mac)) for mac in inner.packets["src_mac"]] == [A_MAC] * 3
    assert ip_text(inner.packets["dst_ip_hi"][0], inner.packets["dst_ip_lo"][0]) == "10.0.0.2"
    assert [inner.payload(i) for i in range(3)] == [b"abc", b"abcd", b"abc"]
    assert inner.frame(0) == inside


def test_a_tunnel_in_a_tunnel() -> None:
    batch = batch_of([(1.0, ethernet(ipv4(ipv4(ipv4(udp(dport=7), proto=17), proto=IPIP), proto=IPIP)))])
    assert inner_batch(inner_batch(batch)).packets["dst_port"].tolist() == [7]


def test_an_inner_packet_without_a_length_reaches_to_the_end_of_the_frame() -> None:
    batch = batch_of([(1.0, ethernet(ipv4(ipv4(tcp(b"x" * 50), total_length=0), proto=IPIP)))])
    assert inner_batch(batch).packets["payload_len"].tolist() == [50]


def test_no_inner_packets() -> None:
    assert len(inner_batch(batch_of([(1.0, tcp_frame())]))) == 0


PLAIN = """
import hashlib
from captures import batches_of
from zoo import cut_captures
from botwarden.wire.frame import decode, inner_batch
for data in cut_captures():
    for batch in batches_of(data):
        print(hashlib.sha256(repr((batch.packets.tolist(), inner_batch(batch).packets.tolist())).encode()).hexdigest())
print(hasattr(decode, "py_func"))
"""


def run(code: str, tmp_path: Path, *arguments: str, **environment: str) -> list[str]:
    """Lines that a fresh interpreter prints; kernels compiled under other settings stay out of the usual cache."""
    where = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    surroundings = os.environ | {"PYTHONPATH": where, "NUMBA_CACHE_DIR": str(tmp_path)} | environment
    command = [sys.executable, "-W", "error", "-c", code, *arguments]
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_plain_python_decodes_the_same(tmp_path: Path) -> None:
    compiled = [
        hashlib.sha256(repr((batch.packets.tolist(), inner_batch(batch).packets.tolist())).encode()).hexdigest()
        for data in cut_captures()
        for batch in batches_of(data)
    ]
    assert run(PLAIN, tmp_path, NUMBA_DISABLE_JIT="1") == [*compiled, "False"]


BOUNDS = """
import random, sys
from pathlib import Path
from captures import batches_of, pcap, pcapng
from zoo import FRAMES, cut_captures
from botwarden.core.errors import CaptureError
from botwarden.wire.frame import inner_batch
draw = random.Random(1)
count = 0
for path in sys.argv[1:]:
    try:
        for batch in batches_of(Path(path).read_bytes()):
            inner_batch(batch)
    except CaptureError:
        pass
whole = pcapng([(1.0, frame) for link_type, frame in FRAMES if link_type == 1][:4], big=True)
for length in range(28, len(whole)):
    batches_of(whole[:length])
for data in cut_captures():
    for batch in batches_of(data):
        inner_batch(batch)
for link_type, frame in FRAMES:
    for length in range(len(frame) + 1):  # alone, so that the cut is the end of the buffer
        bent = bytearray(frame[:length])
        for _ in range(draw.randrange(4) if bent else 0):
            bent[draw.randrange(len(bent))] = draw.randrange(256)
        (batch,) = batches_of(pcap([(1.0, bytes(bent), len(frame))], link_type=link_type))
        inner_batch(batch)
        count += len(batch)
print(count)
"""


@pytest.mark.slow
def test_nothing_is_read_past_the_buffer(tmp_path: Path) -> None:
    odd = [str(path) for path in sorted(SHARED.glob("data/malformed/*"))[::10]]
    assert run(BOUNDS, tmp_path, *odd, NUMBA_BOUNDSCHECK="1") == [str(sum(len(frame) + 1 for _, frame in FRAMES))]

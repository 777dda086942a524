import os
import random
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import botwarden
from botwarden.core.packet import FRAGMENT, INNER_FRAME, MALFORMED, TRUNCATED, PacketBatch
from botwarden.wire.fragments import (
    MAX_BYTES,
    MAX_DATAGRAMS,
    MAX_FRAGMENTS,
    MAX_PER_SOURCE,
    TIMEOUT,
    Defragmenter,
)
from captures import (
    A_IP,
    UDP,
    Timed,
    batch_of,
    batches_of,
    decoded,
    ethernet,
    extension,
    fragment_header,
    ipv4,
    ipv6,
    pcap,
    tcp_frame,
    udp,
)

SHARED = Path(os.environ.get("BOTWARDEN_SHARED", Path(__file__).parents[3] / "shared"))
DATA = bytes(range(251)) * 8
WHOLE = udp(DATA, sport=1000, dport=53)


def pieces(whole: bytes = WHOLE, *, size: int = 512, ident: int = 7, src: str = A_IP) -> list[bytes]:
    """The frames of a fragmented IPv4 packet."""
    return [
        ethernet(
            ipv4(
                whole[at : at + size],
                src=src,
                proto=UDP,
                ident=ident,
                fragment_offset=at // 8,
                more_fragments=at + size < len(whole),
                options=b"\1" * 4,
            )
        )
        for at in range(0, len(whole), size)
    ]


def pieces6(whole: bytes = WHOLE, *, size: int = 512, ident: int = 7, before: bytes = b"") -> list[bytes]:
    """The frames of a fragmented IPv6 packet; ``before`` is an extension header before the fragment header."""
    made = []
    for at in range(0, len(whole), size):
        header = fragment_header(UDP, offset=at // 8, more=at + size < len(whole), ident=ident)
        made.append(ethernet(ipv6(before + header + whole[at : at + size], next_header=0 if before else 44)))
    return made


def timed(frames: list[bytes], ts: float = 100.0, step: float = 0.01) -> list[Timed]:
    return [(ts + i * step, frame) for i, frame in enumerate(frames)]


def whole_ones(batch: PacketBatch) -> list[bytes]:
    return [batch.payload(i) for i in range(len(batch)) if int(batch.packets[i]["dst_port"]) == 53]


def test_a_batch_without_fragments_is_handed_back() -> None:
    batch = batch_of([(1.0, tcp_frame())])
    assert Defragmenter().update(batch) is batch


@pytest.mark.parametrize("make", [pieces, pieces6, lambda: pieces6(before=extension(44))])
def test_one_packet_where_the_last_piece_was(make: object) -> None:
    frames: list[bytes] = make()  # type: ignore[operator]
    batch = batch_of(timed([tcp_frame(dport=1), *frames[:-1], tcp_frame(dport=2), frames[-1], tcp_frame(dport=3)]))
    out = Defragmenter().update(batch)
    assert out.packets["dst_port"].tolist() == [1, 2, 53, 3]
    assert out.packets["ts"][2] == batch.packets["ts"][-2]
    row = out.packets[2]
    assert out.payload(2) == DATA
    assert (row["src_port"], row["payload_len"], row["proto"]) == (1000, len(DATA), UDP)
    assert row["flags"] & (FRAGMENT | TRUNCATED | MALFORMED | INNER_FRAME) == 0
    for name in ("src_mac", "dst_mac", "src_ip_lo", "src_ip_hi", "dst_ip_lo", "ttl", "ip_version"):
        assert row[name] == batch.packets[-2][name]
    assert out.frame(1) == tcp_frame(dport=2)


def test_the_header_is_that_of_a_whole_packet() -> None:
    (row,) = (out := Defragmenter().update(batch_of(timed(pieces())))).packets
    assert row["ip_len"] == row["cap_len"] == 24 + len(WHOLE)
    header = out.frame(0)[:24]
    assert sum(int.from_bytes(header[i : i + 2], "big") for i in range(0, 24, 2)) % 0xFFFF == 0
    (row,) = Defragmenter().update(batch_of(timed(pieces6(before=extension(44))))).packets
    assert row["ip_len"] == row["cap_len"] == 40 + 8 + len(WHOLE)


def test_any_order() -> None:
    frames = pieces(size=1024)
    for order in permutations(frames):
        out = Defragmenter().update(batch_of(timed(list(order))))
        assert whole_ones(out) == [DATA]


def test_over_several_batches() -> None:
    pieced = Defragmenter()
    found = [whole_ones(pieced.update(batch_of([(5.0, frame)]))) for frame in pieces()]
    assert found == [[]] * (len(found) - 1) + [[DATA]]


def test_two_datagrams_interleaved() -> None:
    other = udp(b"y" * 1500)
    mixed = [frame for pair in zip(pieces(), pieces(other, ident=8) * 2, strict=False) for frame in pair]
    out = Defragmenter().update(batch_of(timed(mixed)))
    assert sorted(whole_ones(out)) == sorted([DATA, b"y" * 1500])


def test_twice_the_same_is_no_harm() -> None:
    frames = pieces()
    out = Defragmenter().update(batch_of(timed([frame for frame in frames[:-1] for _ in range(3)] + frames[-1:])))
    assert whole_ones(out) == [DATA]


def test_what_came_first_stands_where_fragments_overlap() -> None:
    forged = WHOLE[:8] + b"EVIL" * 200
    late = ethernet(ipv4(forged[:800], proto=UDP, ident=7, more_fragments=True, options=b"\1" * 4))
    frames = pieces()
    out = Defragmenter().update(batch_of(timed([frames[0], late, *frames[1:]])))
    (found,) = whole_ones(out)
    assert found[:504] == DATA[:504]
    assert found[504:792] == forged[512:800]
    assert found[792:] == DATA[792:]


def test_contradictions_about_the_end_are_left_out() -> None:
    def piece(data: bytes, offset: int, more: bool) -> bytes:
        return ethernet(ipv4(data, proto=UDP, ident=7, fragment_offset=offset, more_fragments=more))

    frames = [piece(WHOLE[:512], 0, True), piece(WHOLE[512:], 64, False)]
    wrong = [piece(b"x" * 8, 1, False), piece(b"x" * 4096, 100, True), piece(b"x" * 8, 300, True)]
    for bad in wrong:
        assert whole_ones(Defragmenter().update(batch_of(timed([frames[1], bad, frames[0]])))) == [DATA]


@pytest.mark.parametrize(
    "frame",
    [
        ethernet(ipv4(b"x" * 9, proto=UDP, more_fragments=True)),
        ethernet(ipv4(b"", proto=UDP, fragment_offset=1)),
        ethernet(ipv4(b"x" * 1000, proto=UDP, fragment_offset=8100)),
        ethernet(ipv6(fragment_header(UDP, offset=8191) + b"x" * 16, next_header=44)),
    ],
    ids=["odd length", "empty", "past 64 KiB", "past 64 KiB, IPv6"],
)
def test_impossible_fragments_are_left_out(frame: bytes) -> None:
    pieced = Defragmenter()
    assert len(pieced.update(batch_of([(1.0, frame)]))) == 0
    assert held(pieced) == (0, 0)


def test_a_fragment_cut_by_the_snap_length_is_left_out() -> None:
    frame = pieces()[0]
    pieced = Defragmenter()
    assert len(pieced.update(batch_of([(1.0, frame[:100], len(frame))]))) == 0
    assert held(pieced) == (0, 0)


def held(pieced: Defragmenter) -> tuple[int, int]:
    """Datagrams and bytes that it holds; the bookkeeping must agree."""
    datagrams = pieced._datagrams
    size = sum(len(data) for datagram in datagrams.values() for _, data in datagram.parts)
    assert size == pieced._held
    assert sum(map(len, pieced._sources.values())) == len(datagrams)
    return len(datagrams), size


def test_too_late() -> None:
    frames = pieces()
    pieced = Defragmenter()
    pieced.update(batch_of([(100.0, frame) for frame in frames[:-1]]))
    assert len(pieced.update(batch_of([(100.1 + TIMEOUT, frames[-1])]))) == 0
    again = pieced.update(batch_of([(101.0 + TIMEOUT, frame) for frame in frames[:-1]]))
    assert whole_ones(again) == [DATA]


def test_old_ones_go() -> None:
    pieced = Defragmenter()
    pieced.update(batch_of([(100.0, frame) for frame in pieces()[:-1]]))
    pieced.update(batch_of([(200.0, pieces(ident=9)[0])]))
    assert held(pieced)[0] == 1


def test_one_source_holds_no_more_than_its_share() -> None:
    pieced = Defragmenter()
    frames = [pieces(ident=n)[0] for n in range(MAX_PER_SOURCE * 3)]
    pieced.update(batch_of(timed([pieces(src="10.0.0.9")[0], *frames])))
    assert held(pieced)[0] == MAX_PER_SOURCE + 1
    out = pieced.update(batch_of(timed(pieces(src="10.0.0.9")[1:], ts=101.0)))
    assert whole_ones(out) == [DATA]


def test_many_sources() -> None:
    pieced = Defragmenter()
    frames = [pieces(src=f"10.0.{n >> 8}.{n & 255}")[0] for n in range(MAX_DATAGRAMS * 2)]
    for batch in batches_of(pcap(timed(frames, step=0.001))):
        pieced.update(batch)
    assert held(pieced)[0] == MAX_DATAGRAMS


def test_bytes_are_bounded() -> None:
    pieced = Defragmenter()
    large = udp(b"z" * 60_000)
    for n in range(200):
        pieced.update(batch_of(timed(pieces(large, size=20_000, src=f"10.0.0.{n}")[:-1])))
        assert held(pieced)[1] <= MAX_BYTES
    assert held(pieced)[1] > MAX_BYTES // 2


def test_many_tiny_fragments_are_given_up() -> None:
    pieced = Defragmenter()
    tiny = pieces(udp(b"z" * (8 * (MAX_FRAGMENTS + 20))), size=8)
    pieced.update(batch_of(timed(tiny[1 : MAX_FRAGMENTS + 1])))
    assert held(pieced) == (0, 0)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_fragments(data: st.DataObject) -> None:
    draw = random.Random(data.draw(st.integers(0, 1 << 32)))
    frames = []
    for _ in range(data.draw(st.integers(1, 40))):
        content = bytes([draw.randrange(256)]) * draw.choice((8, 16, 24, 64, 7, 0, 512))
        offset, more, ident = draw.choice((0, 0, 1, 2, 3, 8, 64, 8000, 8191)), draw.random() < 0.7, draw.randrange(2)
        if draw.random() < 0.5:
            packet = ipv4(content, proto=UDP, ident=ident, fragment_offset=offset, more_fragments=more)
        else:
            packet = ipv6(fragment_header(UDP, offset=offset, more=more, ident=ident) + content, next_header=44)
        frame = bytearray(ethernet(packet))
        if draw.random() < 0.3:
            frame[draw.randrange(14, len(frame))] ^= 1 << draw.randrange(8)
        frames.append(bytes(frame))
    batch = batch_of(timed(frames, step=draw.choice((0.01, 5.0))))
    pieced = Defragmenter()
    out = pieced.update(batch)
    held(pieced)
    whole = out.packets[out.packets["offset"] >= len(batch.buffer)]
    assert (whole["offset"] + whole["cap_len"] <= len(out.buffer)).all()
    assert (out.packets["flags"] & FRAGMENT == 0).all()
    assert (np.diff(out.packets["ts"]) >= 0).all()


def test_real_answers_of_several_kilobytes() -> None:
    path = SHARED / "data/zeek_baselines/dns/core.ipv6-frag/trace.pcap"
    if not path.is_file():
        pytest.skip("the shared captures are not there")
    pieced = Defragmenter()
    (out,) = (pieced.update(batch) for batch in botwarden.read(path))
    assert out.packets["ip_len"].max() == 3278
    assert len(out) == 5


def test_a_fragment_of_a_decoded_row_says_where_its_header_is() -> None:
    assert decoded(pieces()[1])["ip_start"] == 14

import io
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab.clock import Stretch
from botwarden.lab.errors import LabError
from botwarden.lab.stretch import Ticks, blocks, story_ticks, stretch, stretch_file
from botwarden.sources.capture import CaptureSource

NOW = 1_796_000_000.0
STORY = 1_795_000_000.0
HOURS = [Stretch(NOW, STORY, 1.0), Stretch(NOW + 10, STORY + 10, 60.0), Stretch(NOW + 20, STORY + 610, 1.0)]
NANO = Ticks(1_000_000_000)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    length = 12 + len(body)
    return struct.pack(order + "II", kind, length) + body + struct.pack(order + "I", length)


def option(code: int, value: bytes, order: str = "<") -> bytes:
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(resolution: int | None = 9, order: str = "<", offset: int | None = None) -> bytes:
    options = b"" if resolution is None else option(9, bytes([resolution]), order)
    options += b"" if offset is None else option(14, struct.pack(order + "q", offset), order)
    return block(1, struct.pack(order + "HHI", 1, 0, 0) + options + option(0, b"", order), order)


def packet(ticks: int, data: bytes = b"abcde", number: int = 0, order: str = "<") -> bytes:
    head = struct.pack(order + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
    return block(6, head + data + bytes(-len(data) % 4), order)


def moved(data: bytes, stretches: list[Stretch] = HOURS) -> bytes:
    target = io.BytesIO()
    stretch(io.BytesIO(data), target, stretches)
    return target.getvalue()


def nano(seconds: float, base: float = NOW) -> int:
    return int(base) * 1_000_000_000 + round(seconds * 1e9)


@pytest.mark.parametrize("order", ["<", ">"])
def test_packets_are_moved_and_nothing_else_is(order: str) -> None:
    pause = {5.0: 5.0, 12.0: 130.0, 19.999: 609.94, 21.5: 611.5, -3.0: -3.0}
    before = section(order) + interface(9, order) + block(4, bytes(8), order)
    recorded = before + b"".join(packet(nano(at), order=order) for at in pause)
    told = before + b"".join(packet(nano(at, STORY), order=order) for at in pause.values())
    assert moved(recorded) == told


@pytest.mark.parametrize(("resolution", "per_second"), [(None, 10**6), (6, 10**6), (0, 1), (0x8A, 1024), (10, 10**10)])
def test_each_interface_counts_as_it_says(resolution: int | None, per_second: int) -> None:
    recorded = section() + interface(9) + interface(resolution) + packet((int(NOW) + 12) * per_second, number=1)
    assert moved(recorded).endswith(packet((int(STORY) + 130) * per_second, number=1))


def test_an_interface_may_count_from_later_on() -> None:
    recorded = section() + interface(6, offset=int(NOW)) + packet(12_000_000)
    late = [Stretch(NOW, NOW + 50, 2.0)]
    assert moved(recorded, late).endswith(packet(74_000_000))
    with pytest.raises(LabError, match="cannot be brought"):
        moved(recorded)  # the story is before what the file counts from


def test_statistics_are_moved_too() -> None:
    def statistics(base: float, *at: float) -> bytes:
        times = [struct.pack("<II", nano(t, base) >> 32, nano(t, base) & 0xFFFFFFFF) for t in at]
        body = struct.pack("<I", 0) + times[0] + option(2, times[1]) + option(3, times[2]) + option(4, bytes(8))
        return block(5, body + option(0, b""))

    recorded = section() + interface() + statistics(NOW, 21.0, 5.0, 12.0)
    assert moved(recorded).endswith(statistics(STORY, 611.0, 5.0, 130.0))


def test_a_new_section_has_interfaces_of_its_own() -> None:
    recorded = section() + interface(9) + section() + interface(6) + packet((int(NOW) + 12) * 10**6)
    assert moved(recorded).endswith(packet((int(STORY) + 130) * 10**6))
    with pytest.raises(LabError, match="no interface 0"):
        moved(section() + interface(9) + section() + packet(nano(1)))


@given(st.lists(st.integers(-(10**12), 10**14), min_size=2), st.lists(st.floats(0.01, 600), min_size=1, max_size=5))
def test_what_came_first_stays_first(times: list[int], speeds: list[float]) -> None:
    stretches = [Stretch(NOW, STORY, speeds[0])]
    for speed in speeds[1:]:
        last = stretches[-1]
        stretches.append(Stretch(last.machine + 7.3, last.at(last.machine + 7.3), speed))
    ordered = sorted(nano(0) + t for t in times)
    told = [story_ticks(t, NANO, stretches) for t in ordered]
    assert told == sorted(told)


def test_nothing_passes_the_beginning_of_the_next_stretch() -> None:
    rounded = [Stretch(NOW, STORY, 600.0), Stretch(NOW + 1, STORY + 599.9, 1.0)]
    told = [story_ticks(nano(at), NANO, rounded) for at in (0.9998, 0.9999, 1.0, 1.1)]
    assert told == sorted(told)
    assert told[2] == pytest.approx(nano(599.9, STORY), abs=1_000)


@given(st.floats(0, 1e5), st.floats(0.5, 600))
def test_it_is_the_clock_s_own_reckoning(seconds: float, speed: float) -> None:
    one = Stretch(NOW, STORY, speed)
    assert story_ticks(nano(seconds), NANO, [one]) / 1e9 == pytest.approx(one.at(NOW + seconds), abs=1e-3)


WHOLE = section() + interface() + packet(nano(1)) + packet(nano(12), b"x" * 30) + block(4, bytes(4))


@given(st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_damage_is_said_in_a_line(length: int, place: int, value: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[place] = value
    for data in (WHOLE[:length], bytes(damaged)):
        try:
            assert len(moved(data)) == len(data)
        except LabError as error:
            assert "\n" not in str(error)


@given(st.binary(max_size=200))
def test_nothing_that_is_no_recording_passes(data: bytes) -> None:
    try:
        moved(data)
    except LabError:
        return
    assert not data or data[:4] == b"\x0a\x0d\x0d\x0a"


def test_a_block_that_ends_with_another_length_is_damaged() -> None:
    with pytest.raises(LabError, match="lengths differ"):
        moved(WHOLE[:-4] + struct.pack("<I", 20))


def test_a_huge_block_is_not_read() -> None:
    with pytest.raises(LabError, match="a block of 4294967292 bytes"):
        moved(section() + struct.pack("<II", 6, 0xFFFFFFFC))
    with pytest.raises(LabError, match="more than 1000 interfaces"):
        moved(section() + interface() * 1001)


def test_files_are_read_again_by_what_reads_captures(tmp_path: Path) -> None:
    frame = bytes.fromhex("44195a210c0050c7bfc418010800") + bytes(50)
    (tmp_path / "raw").write_bytes(section() + interface() + packet(nano(1), frame) + packet(nano(12), frame))
    assert stretch_file(tmp_path / "raw", tmp_path / "told.pcapng", HOURS) == 2
    (batch,) = CaptureSource([tmp_path / "told.pcapng"]).batches()
    assert batch.ts.tolist() == [STORY + 1, STORY + 130]
    assert batch.frame(1) == frame


def test_what_is_damaged_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "raw").write_bytes(WHOLE[:-3])
    with pytest.raises(LabError, match="ends within a block"):
        stretch_file(tmp_path / "raw", tmp_path / "told.pcapng", HOURS)
    assert not (tmp_path / "told.pcapng").exists()
    assert len(list(blocks(io.BytesIO(WHOLE)))) == 5


def padded(data: bytes) -> bytes:
    target = io.BytesIO()
    stretch(io.BytesIO(data), target, [Stretch(NOW, STORY, 1.0)], pad=True)
    return target.getvalue()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("size", [0, 14, 53, 54, 59, 60, 61, 300])
def test_frames_are_as_long_as_on_a_real_ethernet(size: int, order: str) -> None:
    frame, before = bytes(range(1, 60)) * 6, section(order) + interface(9, order)
    told = padded(before + packet(nano(1), frame[:size], order=order))
    assert told == before + packet(nano(1, STORY), frame[:size].ljust(60, b"\0"), order=order)


def test_options_of_a_padded_packet_stay() -> None:
    about = option(2, bytes(4)) + option(0, b"")
    head = struct.pack("<IIIII", 0, nano(1) >> 32, nano(1) & 0xFFFFFFFF, 54, 54)
    story = struct.pack("<IIIII", 0, nano(1, STORY) >> 32, nano(1, STORY) & 0xFFFFFFFF, 60, 60)
    told = padded(section() + interface() + block(6, head + b"x" * 54 + bytes(2) + about))
    assert told == section() + interface() + block(6, story + b"x" * 54 + bytes(6) + about)


def test_a_frame_that_was_cut_is_not_made_up() -> None:
    head = struct.pack("<IIIII", 0, nano(1) >> 32, nano(1) & 0xFFFFFFFF, 20, 54)
    told = padded(section() + interface() + block(6, head + b"x" * 20))
    assert told.endswith(struct.pack("<II", 20, 54) + b"x" * 20 + struct.pack("<I", 52))


@given(st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_damage_is_said_in_a_line_with_padding_too(length: int, place: int, value: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[place] = value
    for data in (WHOLE[:length], bytes(damaged)):
        try:
            padded(data)
        except LabError as error:
            assert "\n" not in str(error)

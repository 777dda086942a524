import gzip
import os
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from botwarden.sources.stream import PAUSE, Stream, StreamError

DATA = bytes(range(256)) * 400
ZSTD_SKIPPABLE = b"\x5a\x2a\x4d\x18\x03\0\0\0abc"
PACKED = {
    "plain": DATA,
    "gzip": gzip.compress(DATA),
    "gzip, two members": gzip.compress(DATA[:1000]) + gzip.compress(DATA[1000:]),
    "gzip, empty member and padding": gzip.compress(b"") + gzip.compress(DATA) + bytes(512),
    "zstd": zstandard.compress(DATA),
    "zstd, two frames": zstandard.compress(DATA[:1000]) + zstandard.compress(DATA[1000:]),
    "zstd, skippable frames": ZSTD_SKIPPABLE + zstandard.compress(DATA) + ZSTD_SKIPPABLE,
}


def drain(stream: Stream, size: int) -> Iterator[bytes]:
    while data := stream.read(size):
        yield data


def read(path: Path, size: int = 1 << 16) -> tuple[bytes, str]:
    """Everything up to the end or a break, and what broke."""
    got = bytearray()
    with Stream(str(path)) as stream:
        try:
            for data in drain(stream, size):
                got += data
        except StreamError as error:
            return bytes(got), str(error)
    return bytes(got), ""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("size", [10, 1 << 16, 1 << 22])
def test_the_first_bytes_tell_the_compression(path: Path, name: str, size: int) -> None:
    path.write_bytes(PACKED[name])
    assert read(path, size) == (DATA, "")


def test_what_was_consumed_is_counted_compressed(path: Path) -> None:
    path.write_bytes(PACKED["gzip"])
    with Stream(str(path)) as stream:
        assert stream.size == len(PACKED["gzip"])
        list(drain(stream, 1000))
        assert stream.consumed == stream.size


@pytest.mark.parametrize(("name", "keeps"), [("gzip", 0.9), ("zstd", 0.0)])
def test_data_that_ends_early(path: Path, name: str, keeps: float) -> None:
    path.write_bytes(PACKED[name][:-6])
    got, error = read(path)
    assert error == f"the {name} data ends early"
    assert DATA.startswith(got)
    assert len(got) >= keeps * len(DATA)


def test_broken_gzip_data_loses_little_of_what_came_before(path: Path) -> None:
    noise = os.urandom(100_000)
    packed = bytearray(gzip.compress(noise))
    packed[80_000:80_050] = bytes(50)
    path.write_bytes(packed)
    got, error = read(path)
    assert error.startswith("the gzip data cannot be unpacked: ")
    assert got[:79_000] == noise[:79_000]


def test_broken_zstd_data_loses_little_of_what_came_before(path: Path) -> None:
    noise = os.urandom(1_000_000)
    packed = bytearray(zstandard.compress(noise))
    second_half = packed.index(noise[600_000:600_020])
    packed[second_half:] = b"\xff" * (len(packed) - second_half)
    path.write_bytes(packed)
    got, error = read(path)
    assert error.startswith("the zstd data ")
    assert noise[:400_000] == got[:400_000]


def test_garbage_after_gzip_data(path: Path) -> None:
    path.write_bytes(PACKED["gzip"] + b"garbage")
    got, error = read(path)
    assert got == DATA
    assert error.startswith("the gzip data cannot be unpacked: ")


def test_a_bomb_is_unpacked_piece_by_piece(path: Path) -> None:
    zeros = zstandard.ZstdCompressor(level=1).compress(bytes(200_000_000))
    path.write_bytes(zeros)
    longest = total = 0
    with Stream(str(path)) as stream:
        for data in drain(stream, 1 << 20):
            total += len(data)
            longest = max(longest, len(data))
    assert total == 200_000_000
    assert longest < 10_000_000 < total


def test_zstd_data_that_wants_much_memory(path: Path) -> None:
    options = zstandard.ZstdCompressionParameters.from_level(1, window_log=27)
    packer = zstandard.ZstdCompressor(compression_params=options).compressobj()
    path.write_bytes(packer.compress(DATA) + packer.flush())
    assert read(path) == (
        b"",
        "the zstd data cannot be unpacked: zstd decompressor error: Frame requires too much memory for decoding",
    )


def test_a_missing_file() -> None:
    with pytest.raises(FileNotFoundError):
        Stream("/nowhere/capture.pcap")


def test_a_given_descriptor_is_left_open(path: Path) -> None:
    path.write_bytes(DATA)
    fd = os.open(path, os.O_RDONLY)
    with Stream("-", fd) as stream:
        assert b"".join(drain(stream, 1000)) == DATA
    os.close(fd)


@pytest.mark.parametrize("pack", [None, "gzip"])
def test_a_pipe_is_followed_while_it_is_written(pack: str | None) -> None:
    packer = zlib.compressobj(wbits=31)

    def packed(data: bytes) -> bytes:
        return packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH) if pack else data

    reader, writer = os.pipe()
    with Stream("-", _primed(reader, writer, packed(b"first"))) as stream:
        assert stream.size is None
        assert stream.read(1 << 20) == b"first"
        os.write(writer, packed(b"second"))
        assert stream.read(1 << 20) == b"second"
        os.write(writer, packer.flush() if pack else b"")
        os.close(writer)
        assert stream.read(1 << 20) == b""
    os.close(reader)


def test_a_steady_trickle_is_not_waited_for() -> None:
    """A writer that never pauses for long must not hold back what it wrote."""
    reader, writer = os.pipe()
    first_read = threading.Event()

    def trickle() -> None:
        for _ in range(200):  # far longer than PAUSE, if nobody reads
            os.write(writer, b"drop")
            if first_read.wait(PAUSE / 10):
                break
        os.close(writer)

    thread = threading.Thread(target=trickle)
    thread.start()
    with Stream("-", reader) as stream:
        got = stream.read(1 << 20)
        first_read.set()
    thread.join()
    os.close(reader)
    assert 0 < len(got) < 200 * len(b"drop")


def test_writes_that_follow_at_once_are_read_together() -> None:
    reader, writer = os.pipe()
    thread = threading.Thread(target=lambda: [os.write(writer, b"ab"), time.sleep(0.01), os.write(writer, b"cd")])
    thread.start()
    with Stream("-", reader) as stream:
        got = stream.read(4)
    thread.join()
    os.close(writer)
    os.close(reader)
    assert got == b"abcd"


def _primed(reader: int, writer: int, data: bytes) -> int:
    os.write(writer, data)
    return reader


@settings(deadline=None)  # the first example may have to compile
@given(st.sampled_from([b"", b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", ZSTD_SKIPPABLE]), st.binary(max_size=300))
def test_any_bytes_are_read(tmp_path_factory: pytest.TempPathFactory, head: bytes, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz"
    path.write_bytes(head + data)
    got, error = read(path)
    assert "\n" not in error
    assert error or head or got == data

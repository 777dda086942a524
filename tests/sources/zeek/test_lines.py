import gzip
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botwarden.sources.stream import Stream, StreamError
from botwarden.sources.zeek import lines as module
from botwarden.sources.zeek.lines import chunks


def read(data: bytes, tmp_path: Path, size: int = 8) -> list[tuple[int, list[bytes] | None]]:
    path = tmp_path / "x.log"
    path.write_bytes(data)
    with Stream(str(path)) as stream:
        return list(chunks(stream, size))


def flat(found: list[tuple[int, list[bytes] | None]]) -> list[tuple[int, bytes | None]]:
    made: list[tuple[int, bytes | None]] = []
    for at, lines in found:
        if lines is None:
            made.append((at, None))
        for index, line in enumerate(lines or ()):
            made.append((at + sum(len(before) + 1 for before in (lines or ())[:index]), line))
    return made


@given(st.lists(st.binary(max_size=40).filter(lambda line: b"\n" not in line)), st.integers(1, 64))
@settings(max_examples=50)
def test_lines_are_those_of_the_file_wherever_it_is_cut(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], size: int
) -> None:
    data = b"\n".join(lines)
    expected = data.split(b"\n")
    expected = expected[:-1] if not expected[-1] else expected
    found = flat(read(data, tmp_path_factory.mktemp("lines"), size))
    assert [line for _, line in found] == expected
    for offset, line in found:
        assert line is not None
        assert data[offset : offset + len(line)] == line


@pytest.mark.parametrize("size", [1, 3, 8, 100, 1000])
def test_a_line_that_is_too_long_is_dropped_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(module, "MAX_LINE", 10)
    data = b"one\n" + b"x" * 50 + b"\ntwo\n" + b"y" * 10 + b"\n" + b"z" * 11
    assert flat(read(data, tmp_path, size)) == [(0, b"one"), (4, None), (55, b"two"), (59, b"y" * 10), (70, None)]


def test_what_can_be_unpacked_of_a_damaged_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.log.gz"
    path.write_bytes(gzip.compress(b"more\n" * 1000 + os.urandom(1000).hex().encode())[:-20])
    found = []
    with Stream(str(path)) as stream, pytest.raises(StreamError):
        for offset, lines in chunks(stream, 100):
            found.append((offset, lines))
    assert [line for _, line in flat(found)] == [b"more"] * 1000


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    assert read(b"", tmp_path) == []
    assert flat(read(b"\n", tmp_path)) == [(0, b"")]

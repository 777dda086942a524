import gzip
import os
from pathlib import Path

import pytest
import zstandard

from botwarden.core.errors import ConfigError
from botwarden.sources.paths import MAX_PATHS, capture_paths
from captures import pcap_header, section_header


def put(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return str(path)


def test_files_stay_in_their_order(tmp_path: Path) -> None:
    names = [put(tmp_path / name, b"") for name in ("b", "a")]
    assert capture_paths([names[0], Path(names[1]), "-"]) == [*names, "-"]


def test_a_directory_stands_for_the_captures_in_it(tmp_path: Path) -> None:
    found = [
        put(tmp_path / "1.bin", pcap_header()),
        put(tmp_path / "2.txt", section_header()),
        put(tmp_path / "3.pcap.gz", gzip.compress(pcap_header())),
        put(tmp_path / "4", zstandard.compress(pcap_header())),
    ]
    put(tmp_path / "0.pcap", b"no capture at all")
    put(tmp_path / "5.pcap", b"")
    put(tmp_path / "6.gz", b"\x1f\x8b broken")
    (tmp_path / "7.pcap").mkdir()
    os.mkfifo(tmp_path / "8.pcap")
    assert capture_paths([tmp_path]) == found


def test_a_directory_without_captures(tmp_path: Path) -> None:
    put(tmp_path / "notes.txt", b"nothing")
    with pytest.raises(ConfigError, match="no capture is in this directory"):
        capture_paths([tmp_path])


def test_a_missing_file_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"No such file or directory: '.*missing\.pcap'$"):
        capture_paths([put(tmp_path / "a", pcap_header()), tmp_path / "missing.pcap"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "secret.pcap"
    put(path, pcap_header())
    path.chmod(0)
    with pytest.raises(PermissionError):
        capture_paths([path])


def test_lists_that_cannot_be_meant(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no capture was named"):
        capture_paths([])
    with pytest.raises(ConfigError, match="only once"):
        capture_paths(["-", "-"])
    with pytest.raises(ConfigError, match="more than 10,000 captures"):
        capture_paths([put(tmp_path / "a", b"")] * (MAX_PATHS + 1))


def test_a_named_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert capture_paths([tmp_path / "pipe"]) == [str(tmp_path / "pipe")]

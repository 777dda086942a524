import gzip
import hashlib
import json
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from botwarden.app.features import write_features
from botwarden.app.rows import RowStream, open_rows
from botwarden.core.errors import CaptureError, ConfigError, DataError
from botwarden.core.row import PROTOCOLS, Group, Rows, concatenate
from botwarden.features.schema import NBAIOT115
from botwarden.sources.tables.names import DEVICES
from captures import SYN, pcap, tcp_frame
from examples.recording import BREAK_IN, BREAK_IN_LABELS, HOUSE, HOUSE_LABELS, number_of_frames
from tables import TWO, written

LABELS = HOUSE_LABELS
SHARED = Path(os.environ.get("BOTWARDEN_SHARED", Path(__file__).parents[3] / "shared")) / "data"


def counts(stream: RowStream) -> Counter[Group]:
    found: Counter[Group] = Counter()
    for rows in stream:
        assert 0 < len(rows) <= 8192
        found.update(rows.groups[code] for code in rows.group.tolist())
    return found


def whole(stream: RowStream) -> Rows:
    return concatenate(list(stream))


def test_several_tables_are_one_stream(tmp_path: Path) -> None:
    one = written(tmp_path / "cam/benign_traffic.csv", "a,b\n1,2\n3,4\n")
    two = written(tmp_path / "rows.csv.gz", "a,b,label,more\n5,6,mirai.udp,x\n7,8,benign,x\n")
    stream = open_rows([one, two], TWO)
    rows = whole(stream)
    assert rows.values.tolist() == [[1, 2], [3, 4], [5, 6], [7, 8]]
    assert [rows.groups[code] for code in rows.group] == [
        Group("cam"),
        Group("cam"),
        Group("", "mirai", "udp"),
        Group(),
    ]
    assert stream.count == 4
    assert stream.progress() == 1.0
    assert [(file.name, file.rows, file.label) for file in stream.files] == [
        ("benign_traffic.csv", 2, "benign"),
        ("rows.csv.gz", 2, "labelled"),
    ]
    assert stream.files[1].sha256 == hashlib.sha256(two.read_bytes()).hexdigest()
    assert stream.notes == [f"{two}: not read: more."]


def test_the_caller_says_what_files_do_not(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.csv", "a,b\n1,2\n")
    stream = open_rows(path, TWO, Group(attack="attack"))
    assert counts(stream) == {Group(attack="attack"): 1}
    assert stream.files[0].label == "attack"


def test_progress_goes_from_nothing_to_everything(tmp_path: Path) -> None:
    text = "a,b,more\n" + ("1,2," + "x" * 600 + "\n") * 20_000
    paths = [written(tmp_path / f"{n}.csv", text) for n in range(2)]
    stream = open_rows(paths, TWO)
    shares = [stream.progress()]
    for _ in stream:
        shares.append(stream.progress())
    assert shares[0] == 0.0
    assert shares == sorted(shares)
    assert len(set(shares)) > 4


def test_a_fault_names_file_line_and_column(tmp_path: Path) -> None:
    good = written(tmp_path / "1.csv", "a,b\n1,2\n")
    bad = written(tmp_path / "2.csv", "a,b\n1,2\n1,inf\n")
    stream = open_rows([good, bad], TWO)
    with pytest.raises(DataError, match=r"2\.csv, line 3, column b: 'inf' is not finite"):
        list(stream)
    assert [file.name for file in stream.files] == ["1.csv"]


def test_a_capture_with_its_labels() -> None:
    stream = open_rows(HOUSE, labels=LABELS)
    found = counts(stream)
    assert found[Group("porch-camera", "mirai", "scan")] > 1320
    assert found[Group("porch-camera", "mirai", "syn")] >= 3000
    assert found[Group("annas-laptop")] > 300
    assert sum(found.values()) == stream.count == number_of_frames(HOUSE)
    [file] = stream.files
    assert (file.name, file.rows, file.label) == (HOUSE.name, stream.count, "labelled")
    assert file.sha256 == json.loads(LABELS.read_text())["sha256"]
    assert stream.progress() == 1.0


@pytest.mark.parametrize("name", ["rows.csv.gz", "rows.parquet"])
def test_what_features_writes_is_what_is_read(tmp_path: Path, name: str) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    write_features(HOUSE, tmp_path / name, labels=LABELS)
    stream = open_rows(tmp_path / name)
    table, capture = whole(stream), whole(open_rows(HOUSE, labels=LABELS))
    assert stream.notes == []
    np.testing.assert_allclose(table.values, capture.values, rtol=1e-11)
    np.testing.assert_allclose(table.ts, capture.ts, atol=1e-6)
    assert (table.proto == capture.proto).all()
    assert table.labels.tolist() == capture.labels.tolist()
    assert table.devices.tolist() == capture.devices.tolist()


def test_tables_and_captures_in_one_call(tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    write_features(HOUSE, table)
    stream = open_rows([BREAK_IN, table], labels=BREAK_IN_LABELS)
    found = counts(stream)
    assert found[Group()] == number_of_frames(HOUSE)
    assert found[Group("porch-camera", "mirai", "bruteforce")] > 100
    assert [file.name for file in stream.files] == ["rows.csv", BREAK_IN.name]


def test_captures_are_merged_and_counted_each() -> None:
    stream = open_rows([HOUSE, BREAK_IN], default=Group("home"))
    rows = whole(stream)
    assert (np.diff(rows.ts) >= -1).all()
    assert [(file.name, file.rows) for file in stream.files] == [
        (path.name, number_of_frames(path)) for path in (HOUSE, BREAK_IN)
    ]
    assert rows.groups == (Group("home"),)
    assert {PROTOCOLS[code] for code in rows.proto} == {"other", "arp", "icmp", "tcp", "udp"}


def test_labels_of_another_capture_are_refused() -> None:
    with pytest.raises(DataError, match=r"labels\.json: no packet belongs to any of its 6 attacks: is it of another"):
        list(open_rows(BREAK_IN, labels=LABELS))


def test_captures_that_are_said_to_be_benign_need_no_attack() -> None:
    stream = open_rows(BREAK_IN, default=Group(), labels=LABELS)
    assert all(group.benign for group in counts(stream))
    assert stream.notes == [f"{LABELS}: no packet belongs to interval 1, 2, 3, 4, 5 and 1 more."]


def test_intervals_without_packets_are_noted(tmp_path: Path) -> None:
    labels = json.loads(LABELS.read_text())
    labels["intervals"][1]["start"] = labels["intervals"][1]["end"] = 5.0
    path = written(tmp_path / "labels.json", json.dumps(labels))
    stream = open_rows(HOUSE, labels=path)
    list(stream)
    assert stream.notes == [f"{path}: no packet belongs to interval 2."]


def test_labels_are_for_captures(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.csv", "a,b\n1,2\n")
    with pytest.raises(ConfigError, match="a labels file is for captures"):
        open_rows(path, labels=LABELS)


def test_damage_of_a_capture_is_noted(tmp_path: Path) -> None:
    frames = [(float(n), tcp_frame("192.168.0.9", n, "192.168.0.8", 80, SYN)) for n in range(1, 30)]
    path = written(tmp_path / "cut.pcap", pcap(frames)[:-3])
    stream = open_rows(path)
    assert len(whole(stream)) == 28
    [note] = stream.notes
    assert "damaged" in note


def test_what_is_neither_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    with pytest.raises(DataError, match="is no table"):
        list(open_rows(path))
    with pytest.raises(FileNotFoundError):
        open_rows(tmp_path / "missing.csv")
    with pytest.raises(CaptureError):
        list(open_rows(written(tmp_path / "usb.pcap", pcap([(1.0, b"xx")], link_type=189))))


@pytest.mark.skipif(not (SHARED / "nbaiot").is_dir(), reason="needs the shared data")
def test_a_tree_as_downloaded_made_of_published_rows(tmp_path: Path) -> None:
    """A few rows for every device, in both layouts: all eleven classes come out."""
    with gzip.open(SHARED / "nbaiot/benign.csv.gz") as file:
        head = b"".join(file.readline() for _ in range(4))
    attacks = {"gafgyt": ["combo", "junk", "scan", "tcp", "udp"], "mirai": ["ack", "scan", "syn", "udp", "udpplain"]}
    for number, device in enumerate(DEVICES, 1):
        written(tmp_path / "uci" / device / "benign_traffic.csv", head)
        written(tmp_path / "kaggle" / f"{number}.benign.csv", head)
        for botnet, kinds in attacks.items():
            for kind in kinds:
                written(tmp_path / "uci" / device / f"{botnet}_attacks" / f"{kind}.csv", head)
                written(tmp_path / "kaggle" / f"{number}.{botnet}.{kind}.csv", head)
    written(tmp_path / "uci/demonstrate_structure.csv", head)
    uci, kaggle = (open_rows(tmp_path / name) for name in ("uci", "kaggle"))
    found = counts(uci)
    assert found == counts(kaggle)
    assert set(found.values()) == {3}
    assert len(found) == 99
    assert len({group.label for group in found}) == 11
    assert uci.files[0].name == "uci/Danmini_Doorbell/benign_traffic.csv"
    assert "demonstrate_structure.csv" in uci.notes[0]


@pytest.mark.skipif(not (SHARED / "nbaiot").is_dir(), reason="needs the shared data")
def test_the_shared_folders() -> None:
    assert counts(open_rows(SHARED / "nbaiot")) == {Group(): 22_196, Group(attack="attack"): 32_491}
    assert counts(open_rows(SHARED / "kitsune")) == {Group(): 9_502, Group(attack="attack"): 10_000}
    assert NBAIOT115.columns == next(iter(open_rows(SHARED / "kitsune"))).schema.columns

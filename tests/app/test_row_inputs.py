import os
from pathlib import Path

import pytest

from botwarden.app.row_inputs import Inputs, inputs
from botwarden.core.errors import ConfigError, DataError
from botwarden.core.row import Group
from captures import SYN, pcap, tcp_frame
from tables import BENIGN, written

ATTACK = Group(attack="attack")
CAPTURE = pcap([(1.0, tcp_frame("192.168.0.9", 4000, "192.168.0.8", 80, SYN))])


def tables(found: Inputs) -> list[tuple[str, Group | None]]:
    return [(table.name, table.default) for table in found.tables]


def test_tables_and_captures_are_told_by_their_content(tmp_path: Path) -> None:
    capture = written(tmp_path / "x.csv", CAPTURE)
    packed = written(tmp_path / "y.pcap.gz", CAPTURE)
    table = written(tmp_path / "x.pcap", "a,b\n")
    found = inputs([table, capture, "-", packed], BENIGN)
    assert found.captures == [str(capture), "-", str(packed)]
    assert tables(found) == [("x.pcap", BENIGN)]


def test_the_path_adds_to_what_the_caller_says(tmp_path: Path) -> None:
    path = written(tmp_path / "cam/mirai_attacks/udp.csv", "")
    named = Group("cam", "mirai", "udp")
    assert tables(inputs([path], None)) == tables(inputs([path], ATTACK)) == [("udp.csv", named)]
    plain = written(tmp_path / "attack.csv", "")
    assert tables(inputs([plain], BENIGN)) == [("attack.csv", BENIGN)]
    assert tables(inputs([plain], None)) == [("attack.csv", None)]


def test_a_table_of_attacks_is_not_taken_as_benign(tmp_path: Path) -> None:
    path = written(tmp_path / "1.mirai.udp.csv", "")
    with pytest.raises(ConfigError, match=r"by its name it holds mirai\.udp rows, but it was given as benign"):
        inputs([path], BENIGN)
    path = written(tmp_path / "cam/benign_traffic.csv", "")
    with pytest.raises(ConfigError, match="holds benign rows, but it was given as attacks"):
        inputs([path], ATTACK)


def test_a_name_that_says_the_opposite_is_noted(tmp_path: Path) -> None:
    benign, attack = written(tmp_path / "benign.csv", ""), written(tmp_path / "attack.csv.gz", "")
    assert inputs([benign], BENIGN).notes == inputs([attack], ATTACK).notes == inputs([attack], None).notes == []
    [note] = inputs([attack], BENIGN).notes
    assert note.endswith("attack.csv.gz: by its name it holds attacks, but it was given as benign.")
    [note] = inputs([benign], ATTACK).notes
    assert note.endswith("benign.csv: by its name it holds benign rows, but it was given as attacks.")


def test_nothing_is_read_twice(tmp_path: Path) -> None:
    table, capture = written(tmp_path / "rows.csv", "a,b\n"), written(tmp_path / "x" / "a.pcap", CAPTURE)
    (tmp_path / "link.csv").symlink_to(table)
    for paths in ([table, table], [table, tmp_path / "link.csv"], [capture.parent, capture], [capture, capture]):
        with pytest.raises(ConfigError, match="named twice"):
            inputs(paths, None)


def test_names_of_no_text_are_made_printable(tmp_path: Path) -> None:
    """They go into models, which hold text."""
    folder = tmp_path / "c\udcffm\x1b"
    for name in ("benign_traffic.csv", "mirai_attacks/s\udcffn.csv"):
        written(folder / name, "")
    assert tables(inputs([folder], None)) == [
        ("c\ufffdm\ufffd/benign_traffic.csv", Group("c\ufffdm\ufffd")),
        ("c\ufffdm\ufffd/mirai_attacks/s\ufffdn.csv", Group("c\ufffdm\ufffd", "mirai", "s\ufffdn")),
    ]
    assert tables(inputs([folder / "mirai_attacks" / "s\udcffn.csv"], None))[0][0] == "s\ufffdn.csv"


def test_in_a_folder_the_paths_say_and_what_is_left_out_is_noted(tmp_path: Path) -> None:
    root = tmp_path / "nbaiot"
    for name in ("cam/benign_traffic.csv", "cam/mirai_attacks/ack.csv", "cam/gafgyt_attacks.rar", "features.csv"):
        written(root / name, "")
    found = inputs([root], BENIGN)
    assert tables(found) == [
        ("nbaiot/cam/benign_traffic.csv", Group("cam")),
        ("nbaiot/cam/mirai_attacks/ack.csv", Group("cam", "mirai", "ack")),
    ]
    packed, skipped = found.notes
    assert packed.endswith("cam/gafgyt_attacks.rar must be unpacked before it can be read.")
    assert "left out: features.csv." in skipped


def test_a_folder_of_plain_tables(tmp_path: Path) -> None:
    for name in ("benign.csv.gz", "attack.csv.gz", "other.csv"):
        written(tmp_path / name, "")
    folder = tmp_path.name
    named = Group("cam", "mirai", "attack")
    assert tables(inputs([tmp_path], named)) == [
        (f"{folder}/attack.csv.gz", Group("cam", "", "attack")),
        (f"{folder}/benign.csv.gz", Group("cam")),
        (f"{folder}/other.csv", named),
    ]


def test_a_folder_of_captures(tmp_path: Path) -> None:
    written(tmp_path / "a.pcap", CAPTURE)
    assert inputs([tmp_path], None).captures == [str(tmp_path / "a.pcap")]
    written(tmp_path / "rows.csv", "")
    with pytest.raises(ConfigError, match="1 table and 1 capture: name the ones to read"):
        inputs([tmp_path], None)


def test_nothing_is_said_to_be_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no table and no capture was named"):
        inputs([], None)
    written(tmp_path / "notes.txt", "")
    with pytest.raises(DataError, match=r"no table .* and no capture is in it"):
        inputs([tmp_path], None)


def test_a_pipe_is_left_alone(tmp_path: Path) -> None:
    for name in ("rows.csv", "packets"):
        os.mkfifo(tmp_path / name)
    found = inputs([tmp_path / "rows.csv", tmp_path / "packets"], None)
    assert tables(found) == [("rows.csv", None)]
    assert found.captures == [str(tmp_path / "packets")]

from pathlib import Path

import pytest

from botwarden.core.row import Group
from botwarden.sources.tables.names import DEVICES, group_named, group_of_part, table_stem


@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("Danmini_Doorbell/benign_traffic.csv", Group("Danmini_Doorbell")),
        ("x/Ecobee_Thermostat/mirai_attacks/udpplain.csv", Group("Ecobee_Thermostat", "mirai", "udpplain")),
        ("x/cam/gafgyt_attacks/combo.csv.gz", Group("cam", "gafgyt", "combo")),
        ("x/cam/BASHLITE/Junk.parquet", Group("cam", "gafgyt", "junk")),
        ("x/cam/bashlite_attacks/scan.csv", Group("cam", "gafgyt", "scan")),
        ("x/cam/mirai_attacks/mirai_attacks/syn.csv", Group("cam", "mirai", "syn")),
        ("1.benign.csv", Group("Danmini_Doorbell")),
        ("9.mirai.udp.csv.gz", Group("SimpleHome_XCS7_1003_WHT_Security_Camera", "mirai", "udp")),
        ("x/3.gafgyt.combo.parquet", Group("Ennio_Doorbell", "gafgyt", "combo")),
        ("0.benign.csv", None),
        ("10.benign.csv", None),
        ("1.mirai.csv", None),
        ("1.hajime.udp.csv", None),
        ("features.csv", None),
        ("rows/udp.csv", None),
        ("cam/mirai_attacks/udp.txt", None),
        ("benign.csv", None),
    ],
)
def test_paths_of_the_published_layouts(path: str, group: Group | None) -> None:
    assert group_named(Path("/data") / path) == group


def test_there_are_nine_devices() -> None:
    assert len(set(DEVICES)) == 9
    assert [group_named(Path(f"{n}.benign.csv")) for n in range(1, 10)] == [Group(name) for name in DEVICES]


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("benign.csv.gz", Group()),
        ("benign_test.csv", Group()),
        ("attack.csv", Group(attack="attack")),
        ("attacks-2.csv", Group(attack="attack")),
        ("benignity.csv", None),
        ("rows.csv", None),
        ("2.benign.csv", Group("Ecobee_Thermostat")),
    ],
)
def test_parts_of_a_folder_may_be_named_plainly(name: str, group: Group | None) -> None:
    assert group_of_part(Path(name)) == group


def test_tables_are_told_by_their_suffix() -> None:
    names = ["a.csv", "a.b.CSV", "a.csv.gz", "a.csv.zst", "a.parquet", "a.txt", "a.gz", ".csv", "a.pcap"]
    assert [table_stem(Path(name)) for name in names] == ["a", "a.b", "a", "a", "a", None, None, None, None]


def test_a_path_relative_to_the_device_is_resolved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cam").mkdir()
    monkeypatch.chdir(tmp_path / "cam")
    assert group_named(Path("benign_traffic.csv")) == Group("cam")
    assert group_named(Path("mirai_attacks/ack.csv")) == Group("cam", "mirai", "ack")

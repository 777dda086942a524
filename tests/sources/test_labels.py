import json
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botwarden.core.errors import DataError
from botwarden.sources import labels as module
from botwarden.sources.labels import read_labels
from botwarden.sources.tables.names import DEVICES
from examples.recording import BREAK_IN_LABELS, EXAMPLES, HOUSE, HOUSE_LABELS

CAM = "44:19:b6:5a:21:0c"
INTERVAL = {"label": "scan.mirai", "mac": CAM, "role": "attacker", "start": 1.0, "end": 2.0}


def stored(folder: Path, **fields: object) -> Path:
    path = folder / "labels.json"
    path.write_text(json.dumps(fields))
    return path


def test_the_labels_of_the_examples() -> None:
    labels = read_labels(HOUSE_LABELS)
    assert labels.capture == HOUSE.name
    assert [device.name for device in labels.devices][1:3] == ["porch-camera", "garage-dvr"]
    assert [interval.label for interval in labels.intervals].count("bruteforce.telnet") == 3
    broken_into = read_labels(BREAK_IN_LABELS)
    assert broken_into.intervals[0].source == "198.51.100.66"


def test_the_labels_file_of_the_page_about_data(tmp_path: Path) -> None:
    page = (EXAMPLES.parent / "docs/data.md").read_text()
    [shown] = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    path = tmp_path / "labels.json"
    path.write_text(shown)
    labels = read_labels(path)
    assert (labels.intervals[0].label, labels.intervals[0].attack) == ("flood.udp", "udp")
    assert [device for device in DEVICES if device not in page] == []


def test_the_labels_of_the_recorded_cases() -> None:
    path = EXAMPLES / "cases/labels.json"
    one = read_labels(path, "somewhere/cnc-irc.pcap")
    assert [interval.label for interval in one.intervals] == ["cnc.irc"]
    assert one.devices[0].ips == ["192.168.10.20"]
    assert one.capture == "cnc-irc.pcap"
    assert read_labels(path, "cnc-irc-benign.pcap").intervals == []
    every = read_labels(path)
    assert len(every.intervals) > 5
    assert len({device.mac for device in every.devices}) == len(every.devices)
    with pytest.raises(DataError, match=r"no labels for other\.pcap"):
        read_labels(path, "other.pcap")


def test_what_a_lab_adds_is_read_and_what_nobody_knows_is_skipped(tmp_path: Path) -> None:
    interval = INTERVAL | {"botnet": "mirai", "attack": "scan", "phase": "scan", "colour": "red"}
    labels = read_labels(stored(tmp_path, intervals=[interval], made_by="a lab"))
    assert (labels.intervals[0].botnet, labels.intervals[0].phase) == ("mirai", "scan")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"version": 2}, "it is of version 2; this botwarden reads version 1"),
        ({"intervals": [{}]}, r"no labels file: .*label.* - at `\$\.intervals\[0\]`"),
        ({"intervals": [INTERVAL | {"start": "noon"}]}, r"no labels file: .*`\$\.intervals\[0\]\.start`"),
        ({"intervals": [INTERVAL | {"label": "flood.nonsense"}]}, "interval 1: 'flood.nonsense' is no label"),
        ({"intervals": [INTERVAL | {"label": ""}]}, "interval 1: it has neither a label nor an attack"),
        ({"intervals": [INTERVAL | {"label": "", "attack": "p2p", "also": [""]}]}, "interval 1: '' is no label"),
        ({"intervals": [INTERVAL | {"also": ["x\x1b"]}]}, "interval 1: 'x\ufffd' is no label"),
        ({"intervals": [INTERVAL, INTERVAL | {"mac": "cam"}]}, "interval 2: 'cam' is no MAC address"),
        ({"intervals": [INTERVAL | {"role": "bystander"}]}, "interval 1: the role is 'bystander'"),
        ({"intervals": [INTERVAL | {"end": 0.5}]}, "interval 1: it ends before it starts"),
        ({"intervals": [INTERVAL | {"target": "10.0.0.0/99"}]}, "interval 1: target '10.0.0.0/99' is no address"),
        ({"intervals": [INTERVAL | {"source": "host"}]}, "interval 1: source 'host' is no address"),
        ({"intervals": [INTERVAL | {"botnet": "Mirai, the"}]}, "interval 1: botnet 'Mirai, the' is not of lower-case"),
        ({"devices": [{"mac": CAM, "ips": ["10.0.0.1/8"]}]}, "device 1: '10.0.0.1/8' is no IP address"),
        ({"devices": [{"mac": ""}]}, "device 1: '' is no MAC address"),
        ({"lan": ["here"]}, "lan 'here' is no address"),
        ({"cases": {"a": {"capture": "a.pcap"}}}, "no labels file: .*verdicts"),
        ({"cases": 3}, "no labels file"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(tmp_path: Path, fields: dict[str, object], said: str) -> None:
    path = stored(tmp_path, **fields)
    with pytest.raises(DataError, match=said) as caught:
        read_labels(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{", b"\xff\xfe", b'{"intervals": ' + b"[" * 100_000, b'{"lan": ["\xff"]}', b"null", b"NaN"]
)
def test_what_is_no_labels_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "labels.json"
    path.write_bytes(data)
    with pytest.raises(DataError, match="no labels file"):
        read_labels(path)


def test_sizes_have_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_INTERVALS", 1)
    monkeypatch.setattr(module, "MAX_DEVICES", 1)
    with pytest.raises(DataError, match="2 intervals, 1 at most"):
        read_labels(stored(tmp_path, intervals=[INTERVAL] * 2))
    with pytest.raises(DataError, match="2 devices, 1 at most"):
        read_labels(stored(tmp_path, devices=[{"mac": CAM}] * 2))
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    with pytest.raises(DataError, match="larger than 100 bytes"):
        read_labels(stored(tmp_path, capture="x" * 100))


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5) | st.just(CAM),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*INTERVAL, "ips", "x"]), inner),
    max_leaves=8,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["version", "lan", "devices", "intervals", "cases", "benign"]), json_values))
def test_any_json_is_labels_or_refused(tmp_path: Path, fields: dict[str, object]) -> None:
    path = tmp_path / "labels.json"
    path.write_bytes(msgspec.json.encode(fields))
    try:
        read_labels(path)
    except DataError as error:
        assert "\n" not in str(error)

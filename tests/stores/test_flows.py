import csv
from pathlib import Path

import pytest

from botwarden.stores.flows import COLUMNS, write_flows
from reports import HOSTILE

ROW = ("lan", 1.25, 1_796_000_000.1234567, "tcp", "10.0.0.1", 5, "10.0.0.2", None, "", 3, 180, "", "", "benign", "")


def test_each_flow_is_a_line_under_the_names(tmp_path: Path) -> None:
    assert write_flows(tmp_path / "flows.csv", [ROW, ROW]) == 2
    head, first, _ = (tmp_path / "flows.csv").read_text().splitlines()
    assert head == ",".join(COLUMNS)
    assert first == "lan,1.250000,1796000000.123457,tcp,10.0.0.1,5,10.0.0.2,,,3,180,,,benign,"


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_in_its_cell(tmp_path: Path, text: str) -> None:
    write_flows(tmp_path / "flows.csv", [(*ROW[:-1], text)])
    with (tmp_path / "flows.csv").open(newline="") as file:
        _, row = csv.reader(file)
    assert len(row) == len(COLUMNS)
    assert not any(ord(c) < 32 for c in row[-1])

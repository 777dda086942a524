import csv
import gzip
import sys
from pathlib import Path

import numpy as np
import pytest

from botwarden.app.lab_table import MEMORY, Aftermath, write_table
from botwarden.core.row import Group
from botwarden.lab import plan
from botwarden.stores.kinds import RowKinds
from floods import STORY, write_flood

CAMERA, AP = Group("camera"), Group("ap")
FLOOD = Group("camera", "mirai", "udp")


def kinds(*groups: Group) -> RowKinds:
    distinct = tuple(dict.fromkeys(groups))
    group = np.array([distinct.index(one) for one in groups], np.int32)
    return RowKinds(distinct, group, np.zeros(len(groups), np.int8))


def told(aftermath: Aftermath, *rows: tuple[float, Group]) -> list[bool]:
    ts = np.array([STORY + at for at, _ in rows])
    found: list[bool] = aftermath.update(ts, kinds(*(group for _, group in rows))).tolist()
    return found


def test_benign_rows_of_who_attacks_carry_the_attack_until_it_is_forgotten() -> None:
    aftermath = Aftermath()
    rows = [(0.0, CAMERA), (1.0, FLOOD), (2.0, CAMERA), (2.0, AP), (3.0, FLOOD)]
    assert told(aftermath, *rows) == [False, False, True, False, False]
    later = [(3.0 + MEMORY, CAMERA), (3.1 + MEMORY, CAMERA), (3.2 + MEMORY, FLOOD), (3.3 + MEMORY, CAMERA)]
    assert told(aftermath, *later) == [True, False, False, True]  # the batch before is remembered


def test_batches_may_be_cut_anywhere() -> None:
    dice = np.random.default_rng(1)
    rows = [(float(at), (CAMERA, AP, FLOOD)[dice.integers(3)]) for at in np.sort(dice.uniform(0, 5_000, 60))]
    whole = told(Aftermath(), *rows)
    aftermath = Aftermath()
    assert [told(aftermath, row)[0] for row in rows] == whole
    assert len(set(whole)) == 2
    assert told(aftermath) == []


def test_the_table_has_the_rows_of_all_runs_with_what_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # as where it is not installed
    flood = [(10 + n / 20, plan.VICTIM_IP) for n in range(20)]
    before, after = [(n, plan.CLOUD_IP) for n in range(5)], [(20 + n, plan.CLOUD_IP) for n in range(3)]
    write_flood(tmp_path / "first", [*before, *flood])
    write_flood(tmp_path / "second", [*before, *flood, *after, (11 + MEMORY, plan.CLOUD_IP)])
    assert write_table(tmp_path, ["first", "second"]) == ("rows.csv.gz", 3)
    with gzip.open(tmp_path / "rows.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    assert [row["attack"] for row in rows] == ["benign"] * 5 + ["udp"] * 20 + ["benign"] * 5 + ["udp"] * 20 + ["benign"]
    assert {(row["device"], row["proto"]) for row in rows} == {("porch-camera", "udp")}
    assert rows[0]["MI_dir_L5_weight"] == rows[25]["MI_dir_L5_weight"]  # statistics begin anew

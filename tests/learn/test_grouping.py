import numpy as np
import pytest

from botwarden.core.row import Group
from botwarden.learn.grouping import MOST, Grouping, by_attack, by_device, by_group
from botwarden.learn.judging import Judged, judge
from botwarden.learn.metrics import Counts, blocks_of
from evaluations import ByColumn, house, part


def grouping(judged: Judged | None = None) -> Grouping:
    judged = judged or judge({"m": ByColumn()}, house())
    said = judged.said["m"]
    return Grouping(judged, said.anomalous, said.anomalous, said.score.astype(np.float64), blocks_of(judged.group))


def test_groups_come_with_their_rates() -> None:
    found = {(one.device, one.attack): one for one in by_group(grouping())}
    assert list(found) == [("camera", "benign"), ("plug", "benign"), ("camera", "mirai.scan"), ("plug", "gafgyt.udp")]
    assert (found["camera", "benign"].flagged.hits, found["camera", "benign"].flagged.rows) == (2, 100)
    assert found["camera", "mirai.scan"].flagged.value == 0.8
    assert found["plug", "gafgyt.udp"].flagged.value == 0
    assert found["plug", "benign"].benign
    assert found["plug", "benign"].at == []


def test_an_attack_is_held_against_the_benign_rows_of_its_device() -> None:
    found = {(one.device, one.attack): one for one in by_group(grouping())}
    scan, flood = found["camera", "mirai.scan"], found["plug", "gafgyt.udp"]
    # camera's benign rows reach 20, the scan 30; plug's reach 2.099, the flood 2.5
    assert (scan.at[0].tpr, scan.at[0].threshold) == (0.8, 20.0)
    assert flood.at[0].tpr == 1.0
    assert flood.auc == 1.0
    assert scan.auc == pytest.approx(0.8 * 1.0 + 0.2 * 0.98)
    assert scan.at[0].certain
    assert not scan.at[1].certain
    assert scan.counts == Counts(tp=8, fp=2, tn=98, fn=2)
    assert flood.counts == Counts(tp=0, fp=0, tn=100, fn=20)
    assert found["camera", "benign"].counts is None


def test_attacks_of_all_devices_come_together() -> None:
    found = {one.attack: one for one in by_attack(grouping())}
    assert list(found) == ["benign", "gafgyt.udp", "mirai.scan"]
    assert found["benign"].flagged.rows == 200
    assert found["gafgyt.udp"].at[0].threshold == pytest.approx(2.099)  # the two of 200 that are above are 1 %


def test_devices_come_with_all_their_attacks() -> None:
    found = [(one.device, one.attack, one.flagged.rows) for one in by_device(grouping())]
    assert found == [("camera", "benign", 100), ("plug", "benign", 100), ("camera", "", 10), ("plug", "", 20)]


def test_without_names_there_are_no_devices() -> None:
    judged = judge({"m": ByColumn()}, house())
    nameless = tuple(type(group)("", group.botnet, group.attack) for group in judged.groups)
    assert by_device(grouping(Judged(**{**_fields(judged), "groups": nameless}))) == []


def test_of_very_many_groups_the_largest_are_told() -> None:
    small = [part(Group(f"d{i}"), [1.0]) for i in range(MOST)]
    large = part(Group("z"), [1.0] * 5)
    found = by_group(grouping(judge({"m": ByColumn()}, [*small, large])))
    assert len(found) == MOST
    assert found[-1].device == "z"


def _fields(judged: Judged) -> dict:
    return {name: getattr(judged, name) for name in Judged.__slots__}

"""docs/lab_data.py, the program that compares the lab's data set with real traffic, on small rows and captures."""

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import ks_2samp

from botwarden.core.row import Group, Rows, concatenate
from botwarden.features.schema import NBAIOT115
from captures import arp_frame, pcap, tcp_frame, udp_frame
from nbaiot import attack_values, benign_values

ROOT = Path(__file__).parents[1]


def imported(name: str) -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "docs"))
        return importlib.import_module(name)


@pytest.fixture(scope="module")
def numbers() -> ModuleType:
    return imported("lab_data_numbers")


@pytest.fixture(scope="module")
def models() -> ModuleType:
    return imported("lab_data_models")


@settings(deadline=None, max_examples=40)
@given(
    arrays.arrays(np.float64, (9, 2), elements=st.integers(-3, 3)),
    arrays.arrays(np.float64, (6, 2), elements=st.integers(-3, 3)),
)
def test_distances_are_those_of_kolmogorov_and_smirnov(numbers: ModuleType, one: np.ndarray, two: np.ndarray) -> None:
    told = numbers.distances(one, two)
    for column in range(2):
        assert told[column] == pytest.approx(ks_2samp(one[:, column], two[:, column], method="asymp").statistic)


def test_a_distance_does_not_hang_on_last_digits(numbers: ModuleType) -> None:
    one = np.linspace(1, 2, 50)[:, None]
    assert numbers.distances(one, one * (1 + 1e-9)) == [0.0]
    assert numbers.distances(one, one + 5) == [1.0]


def test_a_steady_rate_is_read_from_its_weight(numbers: ModuleType) -> None:
    weight = sum(2.0 ** -(n / 200) for n in range(10_000))  # 200 packets a second, a half-life of a second
    values = np.zeros((1, 115))
    values[0, NBAIOT115.columns.index("MI_dir_L1_weight")] = weight
    assert numbers.rates(Rows.of(NBAIOT115, values))[0] == pytest.approx(200, rel=0.01)


def test_packets_of_a_capture_are_counted(numbers: ModuleType, tmp_path: Path) -> None:
    frames = [
        (10.0, udp_frame("10.0.0.1", 5_000, "10.0.0.2", 53)),
        (11.0, tcp_frame("10.0.0.1", 80, "10.0.0.2", 6_000)),
        (12.0, tcp_frame("10.0.0.1", 80, "10.0.0.2", 6_000)),
        (20.0, arp_frame()),
    ]
    (tmp_path / "a.pcap").write_bytes(pcap(frames))
    found = numbers.facts([(tmp_path / "a.pcap", None)])
    assert (found.packets, found.rate) == (4, pytest.approx(0.4))
    assert (found.share("tcp"), found.share("udp"), found.share("arp"), found.six) == (0.5, 0.25, 0.25, 0.0)
    assert found.ports == (("TCP 80", pytest.approx(2 / 3)), ("UDP 53", pytest.approx(1 / 3)))


def test_models_are_judged_on_each_set(models: ModuleType) -> None:
    benign, attack = (
        Rows.of(NBAIOT115, benign_values(300), Group()),
        Rows.of(NBAIOT115, attack_values(200), Group(attack="attack")),
    )
    found = models.judged(models.Told("both", concatenate([benign, attack])), {"itself": (benign, attack)})
    assert found.kind == "classifier"
    assert found.false["itself"] < 0.05 and found.recall["itself"] > 0.95


def test_what_detectors_find_is_told_by_device_and_class() -> None:
    finding = imported("lab_data_finding")
    camera, laptop = Group("porch-camera"), Group("annas-laptop")
    benign = [Rows.of(NBAIOT115, benign_values(300, seed), group) for seed, group in ((1, camera), (2, laptop))]
    attack = Rows.of(NBAIOT115, attack_values(100), Group("porch-camera", "mirai", "udp"))
    told = "\n".join(finding.finding(concatenate(benign), concatenate([*benign, attack])))
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in told.splitlines() if line.startswith("|")]
    (flood,) = [row for row in rows if row[0] == "mirai.udp"]
    assert flood[1:3] == ["porch-camera", "100"] and len(flood) == 6
    (quiet,) = [row for row in rows if row[:2] == ["benign", "annas-laptop"]]
    assert quiet[2] == "300" and quiet[4] == "–"  # it is not asked about who was left out


def test_attacks_with_forged_senders_are_those_of_the_list() -> None:
    found = imported("lab_data_finding").forgers()
    assert found == {("attic-ap", f"mirai.{attack}") for attack in ("syn", "ack", "udp")}

"""Small data in the layouts of N-BaIoT, made up: benign rows near a bent surface, attacks elsewhere."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from botwarden.core.row import Group, Rows, concatenate
from botwarden.features.schema import DATE_COLUMNS, NBAIOT115

WIDTH = len(NBAIOT115.columns)
ATTACKS = {
    "gafgyt": ("combo", "junk", "scan", "tcp", "udp"),
    "mirai": ("ack", "scan", "syn", "udp", "udpplain"),
}


def benign_values(n: int, seed: int = 0) -> NDArray[np.float64]:
    """float64[n, 115]: rows of three dimensions and a little noise; the surface is always the same."""
    mix = np.random.default_rng(7).normal(size=(3, WIDTH))
    chance = np.random.default_rng(seed)
    values = 100 + 20 * np.tanh(chance.normal(size=(n, 3)) @ mix) + chance.normal(size=(n, WIDTH))
    return _dated(values, 1.5e9)


def attack_values(n: int, kind: int = 0, seed: int = 1) -> NDArray[np.float64]:
    """float64[n, 115]: rows that lie off the surface, each kind in a place of its own."""
    values = benign_values(n, seed)
    place = np.random.default_rng(100 + kind).choice(WIDTH, 40, replace=False)
    values[:, place] += 60 + 5 * kind
    return _dated(values, 1.6e9)


def rows(n: int = 300, attacks: int = 60, device: str = "", seed: int = 0) -> Rows:
    """Benign rows and attacks ``mirai.syn`` and ``gafgyt.udp``, float32, benign first."""
    parts = [(Group(device), benign_values(n, seed))]
    if attacks:
        parts += [
            (Group(device, "mirai", "syn"), attack_values(attacks, 0, seed + 1)),
            (Group(device, "gafgyt", "udp"), attack_values(attacks, 1, seed + 2)),
        ]
    return concatenate([Rows.of(NBAIOT115, values.astype(np.float32), group) for group, values in parts])


def write_csv(path: Path, values: NDArray[np.float64]) -> Path:
    """A table with the official header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savetxt(path, values, "%.6g", ",", header=",".join(NBAIOT115.columns), comments="")
    return path


def write_uci(
    folder: Path, devices: int = 2, benign: int = 150, attack: int = 30, botnets: str = "gafgyt mirai"
) -> Path:
    """The folder as it is downloaded from UCI."""
    for device in range(devices):
        name = f"Device_{device}"
        write_csv(folder / name / "benign_traffic.csv", benign_values(benign, device))
        for botnet in botnets.split():
            for kind, attack_name in enumerate(ATTACKS[botnet]):
                number = kind + 5 * (botnet == "mirai")
                values = attack_values(attack, number, 10 * device + kind)
                write_csv(folder / name / f"{botnet}_attacks" / f"{attack_name}.csv", values)
    return folder


def _dated(values: NDArray[np.float64], date: float) -> NDArray[np.float64]:
    """With a date in the columns that carry one."""
    for name in DATE_COLUMNS:
        values[:, NBAIOT115.columns.index(name)] = date
    return values

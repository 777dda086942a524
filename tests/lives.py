"""A device's life without a network: folder, clock, certificates where they are needed."""

import time
from pathlib import Path

from botwarden.lab import certificates, plan
from botwarden.lab.life import Life

NAMES = ("localhost.example", "cloud.example")


def life_of(role: str, folder: Path, *, speed: float = 1.0, story: float = 1_000_000.0) -> Life:
    life = Life(plan.BY_ROLE[role], folder, seed=5)
    life.own.mkdir(exist_ok=True)
    life.clock.start(story, speed)
    return life


def with_certificates(folder: Path) -> Path:
    certificates.make(folder / "tls", NAMES, [time.time()])
    return folder

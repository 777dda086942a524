"""The lab: made, looked at, removed."""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import msgspec

from botwarden.core.errors import ConfigError
from botwarden.lab import census, scenario
from botwarden.lab.census import Census, Resident
from botwarden.lab.clock import check_speed
from botwarden.lab.errors import LabError
from botwarden.lab.house import House
from botwarden.lab.network import ALREADY_UP, Network, check_machine

__all__ = ["Census", "Listed", "Resident", "down", "parse_start", "scenarios", "status", "up"]

YEARS: Final = (1971, 2100)
Notice = Callable[[str], None]


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario that the lab brings."""

    name: str
    what: str
    device: str
    labels: list[str]
    """The verdicts that are right of it; none for a harmless one."""


def up(*, speed: float = 1.0, seed: int = 1, start: str | None = None, notice: Notice = lambda _: None) -> None:
    """Make the lab and switch everything on; it stays when this process ends.

    start : when the story begins, as 2026-11-27T18:00, UTC; now where not given
    notice : gets a line about each step

    Raises ConfigError; then nothing is left.
    """
    story = parse_start(start) if start is not None else None
    check_speed(speed)
    check_machine()
    network = Network()
    if network.is_up:
        raise LabError(ALREADY_UP)
    house = House(network, seed, speed)
    notice("making the namespaces and the ways between them")
    network.up(story=story)
    try:
        notice("starting the internet")
        house.start_internet()
        notice("starting the router and the devices")
        house.start_home()
        network.set_speed(speed)
    except BaseException:
        network.down()
        raise
    network.release()


def down() -> bool:
    """Remove the lab and every trace of one that was killed; whether there was anything. Raises ConfigError."""
    _need_root()
    network = Network()
    network.hold()
    was = network.is_up or network.folder.exists()
    network.down()
    return was


def status() -> Census | None:
    """Who is in the lab; None where none is up. Raises ConfigError."""
    _need_root()
    return census.take(Network())


def scenarios() -> list[Listed]:
    """The scenarios that the lab brings. Raises ConfigError where one of them is damaged."""
    found = []
    for name in scenario.names():
        one = scenario.cast(name).scenario
        labels = {label for step in one.step for label in (step.label, step.victim) if label}
        found.append(Listed(name=name, what=one.what, device=one.device, labels=sorted(labels)))
    return found


def parse_start(text: str) -> float:
    """A date and time, UTC where it names no other zone, in s since 1970. Raises ConfigError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or not YEARS[0] <= moment.year < YEARS[1]:
        raise ConfigError(f"{text!r} is no date and time; write it as 2026-11-27T18:00")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _need_root() -> None:
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        raise LabError("the lab needs Linux and root, to make network namespaces")

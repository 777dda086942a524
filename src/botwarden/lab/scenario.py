"""Scenarios: small files that say what somebody in the house does, step by step.

A scenario is a TOML file (``scenarios/*.toml``, or any file that a user names):

    what = "one sentence"
    botnet = "mirai"              # the class that its attacks get; empty for harmless ones
    device = "camera"             # who does it, unless it is asked for on another: `mirai@dvr`
    forward = { 2323 = "camera:23" }  # ports of the gateway's outside that lead to a device while this is played

    [[step]]
    act = "scan"                  # one of `botwarden.lab.acts.ACTS`
    phase = "scan"
    label = "scan.mirai"          # the verdict that is right; without one the step is harmless
    also = ["scan.horizontal"]
    attack = "scan"               # the class of its packets; without one it is told by the label
    after = 20.0                  # s of the story before it begins
    speed = 1.0                   # of the story while it lasts
    options = { rate = 120.0, count = 1200 }

Options are those of the act's function; unknown ones are refused before anything starts.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Final

import msgspec

from botwarden.core.label import LABELS
from botwarden.lab import guard, links, plan
from botwarden.lab.errors import LabError

FOLDER: Final = Path(__file__).with_name("scenarios")
MAX_BYTES: Final = 100_000
MAX_STEPS: Final = 100
MAX_DOORS: Final = 100
TELNET: Final = 23
ENDS: Final = ("target", "host", "victim")
"""Options that say who is at the other end: a role or an address."""

Option = str | int | float | bool | list[str]
Class = Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,63})?\Z")]
"""A class of a classifier, as labels files name it (`botwarden.sources.labels`), or nothing."""


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that somebody does. See the module."""

    act: str
    what: str = ""
    """For people; the act says it itself where this is empty."""
    phase: str = ""
    label: str = ""
    also: list[str] = []
    victim: str = ""
    """The verdict that is right of the device at the other end, where that is one of the house."""
    victim_also: list[str] = []
    attack: Class = ""
    after: float = 5.0
    speed: float = 1.0
    by: str = ""
    """Who does it, where not the scenario's device: a role, or ``internet`` for a stranger."""
    options: dict[str, Option] = {}


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens, in order."""

    name: str = ""
    """The file's name without its suffix."""
    what: str
    device: str
    botnet: Class = ""
    forward: dict[str, str] = {}
    """TCP ports of the gateway's outside, and the role (and port, where it is another) to which each leads."""
    step: list[Step]

    def doors(self) -> list[tuple[int, str, int]]:
        """`forward` for `Network.forward`: (port outside, role, port inside). Raises ValueError."""
        found = []
        for outside, inside in self.forward.items():
            role, _, port = inside.partition(":")
            found.append((int(outside), role, int(port or outside)))
        return found


class Casting(msgspec.Struct, frozen=True):
    """A scenario with the one who plays it."""

    scenario: Scenario
    device: str
    """A role of `plan.BY_ROLE`, or ``internet`` where the scenario itself is about a stranger."""


def load(path: Path) -> Scenario:
    """Read a scenario. Raises LabError for what is none, OSError for what cannot be read."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise LabError(f"{path}: a scenario has at most {MAX_BYTES} bytes")
    try:
        read = tomllib.loads(data.decode())
        scenario = msgspec.convert({**read, "name": path.stem}, Scenario)
    except (ValueError, msgspec.ValidationError, RecursionError) as error:  # ValueError: of TOML, of a huge number too
        raise LabError(f"{path}: {error}") from None
    _check(scenario, path)
    return scenario


def _check(scenario: Scenario, path: Path) -> None:
    actors = {scenario.device, *(step.by for step in scenario.step if step.by)}
    unknown = actors - plan.BY_ROLE.keys() - {"internet"}
    if unknown:
        raise LabError(f"{path}: nobody in the lab is called {min(unknown)!r}")
    _check_doors(scenario, path)
    if not 1 <= len(scenario.step) <= MAX_STEPS:
        raise LabError(f"{path}: a scenario has 1 to {MAX_STEPS} steps")
    for step in scenario.step:
        for label in filter(None, (step.label, *step.also, step.victim, *step.victim_also)):
            if label not in LABELS:
                raise LabError(f"{path}: there is no label {label!r}")
        if not (0 <= step.after < 86_400 * 7 and 0 < step.speed <= 600):
            raise LabError(f"{path}: a step waits up to a week and has a speed of at most 600")
        _check_ends(step, path)


def _check_ends(step: Step, path: Path) -> None:
    """Who acts is refused other targets, too; here it is said before anything starts."""
    for name in ENDS:
        end = step.options.get(name)
        if isinstance(end, str):
            try:
                guard.check_target(links.address_of(end))
            except guard.Refused as refusal:
                raise LabError(f"{path}: {step.act}: {name}: {refusal}") from None


def _check_doors(scenario: Scenario, path: Path) -> None:
    try:
        doors = scenario.doors()
    except ValueError as error:
        raise LabError(f"{path}: forward: {error}") from None
    if len(doors) > MAX_DOORS:
        raise LabError(f"{path}: forward: up to {MAX_DOORS} ports can lead to devices")
    for outside, role, inside in doors:
        if role not in plan.BY_ROLE or not (0 < outside < 65_536 and 0 < inside < 65_536):
            raise LabError(f"{path}: port {outside} cannot lead to {role!r}, port {inside}")


def names() -> list[str]:
    """The scenarios that the lab brings."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def cast(asked: str) -> Casting:
    """A scenario by ``name``, ``name@device``, ``file.toml`` or ``file.toml@device``. Raises LabError, OSError."""
    name, _, role = asked.partition("@")
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if not name.endswith(".toml") and name not in names():
        raise LabError(f"there is no scenario {name!r}; there is {', '.join(names())}")
    scenario = load(path)
    if role and role not in plan.BY_ROLE:
        raise LabError(f"nobody in the lab is called {role!r}; there is {', '.join(plan.BY_ROLE)}")
    casting = Casting(scenario, role or scenario.device)
    _check_telnet(casting)
    return casting


def _check_telnet(casting: Casting) -> None:
    """A stranger who guesses needs something to guess at."""
    for _, role, inside in casting.scenario.doors():
        device = plan.BY_ROLE[casting.device if role == casting.scenario.device else role]
        if inside == TELNET and device.telnet is None:
            some = ", ".join(one.role for one in plan.DEVICES if one.telnet)
            raise LabError(f"{casting.scenario.name}: the {device.role} has no telnet to lead to; these have: {some}")

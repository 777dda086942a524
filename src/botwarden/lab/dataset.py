"""The list of what a labelled data set is made of: `dataset.toml`, a run of the lab each."""

import itertools
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from botwarden.lab import acts, scenario
from botwarden.lab.clock import MAX_SPEED
from botwarden.lab.errors import LabError
from botwarden.lab.scenario import Casting, Option

LIST: Final = Path(__file__).with_name("dataset.toml")
MAX_BYTES: Final = 100_000
MAX_RUNS: Final = 100
MAX_PEACE: Final = 7 * 24 * 60.0
QUICK_PEACE: Final = 10.0
"""A quick data set has so many times less ordinary life."""
QUICK_COUNT: Final = 4.0
"""And so many times less of everything that is counted."""
COUNTED: Final = ("count", "times")
"""Options that count."""
NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
BUILDING: Final = 20.0
"""s of machine time that making and removing a lab take, roughly."""
ACTING: Final = 3.0
"""s of machine time that an act takes besides what its options say, roughly."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scenario of the lab, who plays it, and the options of its acts where they are others than the scenario's."""

    scenario: str
    device: str
    options: dict[str, Option] = {}


class Run(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One lab that is made, lives, and is recorded. See `dataset.toml`."""

    name: str
    what: str
    start: str
    peace: float
    """min of the story."""
    speed: float
    play: list[Part]
    quick: bool = True
    """Whether a quick data set has it."""

    def castings(self) -> list[Casting]:
        """What is played, as `botwarden.lab.play` takes it. Raises LabError."""
        return [_casting(part) for part in self.play]

    def seconds(self) -> float:
        """How long it takes, roughly, s of the machine's time."""
        steps = [step for casting in self.castings() for step in casting.scenario.step]
        return BUILDING + self.peace * 60 / self.speed + sum(ACTING + _lasts(step.options) for step in steps)


class _List(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    run: list[Run]


def runs(path: Path = LIST, *, quick: bool = False) -> list[Run]:
    """The runs of a data set, in the order of their stories.

    quick : with less of everything, for a try

    Raises LabError for what is no such list, OSError for what cannot be read.
    """
    data = path.read_bytes()[: MAX_BYTES + 1]
    if len(data) > MAX_BYTES:
        raise LabError(f"{path}: a list of runs has at most {MAX_BYTES} bytes")
    try:
        found = msgspec.convert(tomllib.loads(data.decode()), _List).run
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise LabError(f"{path}: {error}") from None
    try:
        _check(found)
    except LabError as error:
        raise LabError(f"{path}: {error}") from None
    return [_quick(one) for one in found if one.quick] if quick else found


def _check(found: list[Run]) -> None:
    if not 1 <= len(found) <= MAX_RUNS:
        raise LabError(f"a data set has 1 to {MAX_RUNS} runs")
    if len({one.name for one in found}) < len(found):
        raise LabError("two runs have the same name")
    for one in found:
        if not NAME.fullmatch(one.name):
            raise LabError(f"a run's name is made of a-z, 0-9 and -, not {one.name!r}")
        if not (0 <= one.peace <= MAX_PEACE and 0 < one.speed <= MAX_SPEED) or not one.play:
            raise LabError(f"{one.name}: it has up to a week of peace, a speed of at most {MAX_SPEED:g}, and plays")
        for casting in one.castings():
            for step in casting.scenario.step:
                acts.check(step.act, dict(step.options))
    begins = [_moment(one) for one in found]
    if any(later <= earlier for earlier, later in itertools.pairwise(begins)):
        raise LabError("the runs stand in the order of their stories")


def _moment(one: Run) -> datetime:
    try:
        moment = datetime.fromisoformat(one.start)
    except ValueError:
        raise LabError(f"{one.name}: {one.start!r} is no date and time; write it as 2026-11-27T18:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _casting(part: Part) -> Casting:
    """A scenario with the options of its part: each goes to the acts that have it, and one of them has to."""
    cast = scenario.cast(f"{part.scenario}@{part.device}")
    known = {name for step in cast.scenario.step for name in acts.options_of(step.act)}
    unknown = part.options.keys() - known
    if unknown:
        raise LabError(f"{part.scenario} has no option {min(unknown)!r}; it has {', '.join(sorted(known))}")
    steps = [
        msgspec.structs.replace(
            step,
            options={
                **step.options,
                **{name: value for name, value in part.options.items() if name in acts.options_of(step.act)},
            },
        )
        for step in cast.scenario.step
    ]
    return Casting(msgspec.structs.replace(cast.scenario, step=steps), cast.device)


def _quick(one: Run) -> Run:
    play = []
    for part in one.play:
        told = _told(part)
        less = {name: max(1, round(value / QUICK_COUNT)) for name, value in told.items() if isinstance(value, int)}
        play.append(msgspec.structs.replace(part, options={**part.options, **less}))
    return msgspec.structs.replace(one, peace=one.peace / QUICK_PEACE, play=play)


def _told(part: Part) -> dict[str, Option]:
    """The options of a part that count, its own before its scenario's."""
    steps = scenario.cast(part.scenario).scenario.step
    told = {name: value for step in steps for name, value in step.options.items()} | part.options
    return {name: value for name, value in told.items() if name in COUNTED}


def _lasts(options: dict[str, Option]) -> float:
    """s that an act lasts, where its options tell."""
    told = {name: float(value) for name, value in options.items() if isinstance(value, int | float)}
    if told.get("rate", 0.0) > 0:
        return told.get("count", 0.0) / told["rate"]
    return told.get("times", 0.0) * told.get("every", 0.0)

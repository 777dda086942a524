"""When things happen: habits with jitter, and people who are at home in the evening. All times are the story's."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar

Who = TypeVar("Who")
Likely = Callable[[float], float]
"""How likely something is (0 to 1) at a time of the story."""

# How much of what people can do they do, by the hour: asleep, breakfast, away, home, in bed.
WORKDAY: Final = (0.05,) * 6 + (0.4, 0.5) + (0.1,) * 8 + (0.3, 0.6) + (0.9,) * 4 + (0.6, 0.2)
FREE_DAY: Final = (0.1,) * 7 + (0.2, 0.4) + (0.6,) * 9 + (0.9,) * 4 + (0.6, 0.3)
SATURDAY: Final = 5


def always(_: float) -> float:
    """What machines do: at any hour."""
    return 1.0


def people(story: float) -> float:
    """What people do: mostly in the evening, by day at weekends, hardly at night. The house lives in UTC."""
    moment = datetime.fromtimestamp(story, UTC)
    return (FREE_DAY if moment.weekday() >= SATURDAY else WORKDAY)[moment.hour]


@dataclass(frozen=True, slots=True)
class Habit(Generic[Who]):
    """Something that is done again and again.

    name : unlike those of the same device; part of the seed
    do : does it once; gets who does it, and dice
    every : s from one time to the next
    jitter : the part of ``every`` by which it varies, evenly
    first : s after the device has started, varied by a half
    likely : whether it is done when it is due
    """

    name: str
    do: Callable[[Who, random.Random], None]
    every: float
    jitter: float = 0.1
    first: float = 5.0
    likely: Likely = always


def dice(seed: int, role: str, habit: str, boot: int) -> random.Random:
    """Dice that fall the same way for the same habit of the same device of the same lab."""
    return random.Random(f"{seed}/{role}/{habit}/{boot}")


def pauses(every: float, jitter: float, thrown: random.Random) -> Iterator[float]:
    """s between one time and the next, for ever."""
    while True:
        yield every * thrown.uniform(1 - jitter, 1 + jitter)

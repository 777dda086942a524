"""The story's clock: it may run faster than the machine's, now this fast and now that.

What is recorded is a *story*. Its hours of ordinary life are played at a multiple of their speed and stretched again in
the recording, its attacks are played as fast as they are. Every program in the lab takes the time from here, every
label is in story time, and the recording is brought to it (`botwarden.lab.stretch`).

The clock is a file with a line per change of speed, which only grows: ``machine story speed``, seconds since 1970, UTC.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from botwarden.lab.errors import LabError

MAX_SPEED: Final = 600.0
"""Above this, programs have no time left for what they do."""
GLANCE: Final = 0.2
"""s of machine time between two looks at the file while waiting."""


def check_speed(speed: float) -> None:
    """Raise LabError for a speed that no clock goes at."""
    if not 0 < speed <= MAX_SPEED:
        raise LabError(f"a speed is above 0 and at most {MAX_SPEED:g}, not {speed:g}")


@dataclass(frozen=True, slots=True)
class Stretch:
    """From ``machine`` on the story goes on from ``story`` at ``speed`` times the machine's pace."""

    machine: float
    story: float
    speed: float

    def at(self, machine: float) -> float:
        """Story time at a machine time of this stretch."""
        return self.story + (machine - self.machine) * self.speed


class Clock:
    """Reads, and for the one who directs writes, the file of the clock."""

    def __init__(self, path: Path) -> None:
        """``path`` : the file, which need not exist yet."""
        self.path = path

    def start(self, story: float | None = None, speed: float = 1.0) -> None:
        """Set the clock going; ``story``: where it starts, s, UTC; now where not given."""
        now = time.time()
        self.path.write_text("")
        self._append(Stretch(now, now if story is None else story, speed))

    def set_speed(self, speed: float) -> None:
        """Let the story go on at another pace from now on; in a lab by `Network.set_speed`, for its lines as well."""
        now = time.time()
        self._append(Stretch(now, self.story_at(now), speed))

    def stretches(self) -> list[Stretch]:
        """All changes so far, in order. Raises LabError where there is no clock."""
        try:
            lines = self.path.read_text().splitlines()
            found = [Stretch(*map(float, line.split())) for line in lines if line]
        except (OSError, ValueError, TypeError) as error:
            raise LabError(f"the lab has no clock ({error})") from None
        if not found:
            raise LabError("the lab's clock does not run")
        return found

    def story_at(self, machine: float) -> float:
        """Story time at a machine time, s, UTC."""
        stretches = self.stretches()
        current = stretches[0]
        for stretch in stretches:
            if stretch.machine <= machine:
                current = stretch
        return current.at(machine)

    def now(self) -> float:
        """Story time now."""
        return self.story_at(time.time())

    @property
    def speed(self) -> float:
        """Story seconds per machine second at the moment."""
        return self.stretches()[-1].speed

    def sleep(self, seconds: float) -> None:
        """Wait until ``seconds`` of the story have passed, however its speed changes meanwhile."""
        end = self.now() + seconds
        while (left := end - self.now()) > 0:
            time.sleep(min(left / self.speed, GLANCE))

    def _append(self, stretch: Stretch) -> None:
        check_speed(stretch.speed)
        with self.path.open("a") as file:  # one short line: written at once
            file.write(f"{stretch.machine!r} {stretch.story!r} {stretch.speed!r}\n")

"""What everybody who acts in a scenario has in common: a permit, the clock, dice from a seed.

    python -m botwarden.lab.act ROLE ACT [OPTIONS AS JSON] [--seed S] [--state FILE]

runs one act in the namespace of a role and prints one JSON line, a `Done`.
"""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec

from botwarden.lab.clock import Clock
from botwarden.lab.guard import Permit


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What an act tells of itself."""

    start: float
    """When it began, in story time, s, UTC."""
    end: float
    """When its last packet, answers included, was seen."""
    count: int
    """Packets, attempts or calls, as ``what`` says."""
    target: str | None = None
    """The other end: an address or a network; None for many of them."""
    what: str
    """One sentence with numbers."""


class Actor:
    """Somebody who acts. All that leaves goes through ``permit``; all pauses through ``clock``.

    permit : says whom it may send to, and how fast
    clock : the story's
    random : dice that fall the same way for the same seed, role and act
    """

    def __init__(self, permit: Permit, clock: Clock, seed: int | str, folder: Path | None = None) -> None:
        """``seed`` : of the dice; ``folder``: the lab's, where orders are given (`orders.give`)."""
        self.permit = permit
        self.clock = clock
        self.random = random.Random(seed)
        self.folder = folder or clock.path.parent
        self.began: float | None = None
        """When what counts began, in story time, where that is later than the act's start."""

    def begin(self) -> None:
        """What counts begins now; what came before was only preparation."""
        self.began = self.clock.now()

    def pause(self, seconds: float, jitter: float = 0.0) -> None:
        """Wait in story time, up to ``jitter`` (a share) more or less."""
        self.clock.sleep(seconds * self.random.uniform(1 - jitter, 1 + jitter))


class Act(Protocol):
    """One thing that somebody can do: a function whose keyword arguments are a scenario's options.

    It raises Refused beyond the limits of the guard, and returns what there is to tell.
    """

    def __call__(self, actor: Actor, /, **options: Any) -> "Outcome":
        """Do it, to the end."""
        ...


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What an act returns; the times are added by who ran it."""

    count: int
    what: str
    target: str | None = None


ActTable = dict[str, Callable[..., Outcome]]
"""Acts by name."""

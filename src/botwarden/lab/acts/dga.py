"""Looking for a controller under the names of the day."""

import random
import string
from typing import Final

from botwarden.lab import links
from botwarden.lab.acting import Actor, Outcome

TOPS: Final = ("com", "net", "org", "info")
SHORTEST, LONGEST = 12, 16


def dga(actor: Actor, /, *, count: int = 60, pause: float = 2.0) -> Outcome:
    """Ask the house's name server for one made-up name after another, none of which exists."""
    found = 0
    for name in made_up(actor.random, min(count, 1_000)):
        found += links.find(actor.permit, name, actor.random) is not None
        actor.pause(pause, 0.5)
    return Outcome(count=count, what=f"{count} made-up names asked for, of which {found} have an address")


def made_up(dice: random.Random, count: int) -> list[str]:
    """Letters at random. Nobody outside the lab is asked for them."""
    letters = string.ascii_lowercase
    return [f"{''.join(dice.choices(letters, k=dice.randint(SHORTEST, LONGEST)))}.{TOPS[n % 4]}" for n in range(count)]

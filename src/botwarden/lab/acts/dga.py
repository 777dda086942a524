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
    for n in actor.permit.conversations(count, 50.0):
        name = made_up(actor.random, n)
        found += links.find(actor.permit, name, actor.random) is not None
        actor.pause(pause, 0.5)
    return Outcome(count=count, what=f"{count} made-up names asked for, of which {found} have an address")


def made_up(dice: random.Random, number: int) -> str:
    """Letters at random. Nobody outside the lab is asked for them."""
    letters = dice.choices(string.ascii_lowercase, k=dice.randint(SHORTEST, LONGEST))
    return f"{''.join(letters)}.{TOPS[number % len(TOPS)]}"

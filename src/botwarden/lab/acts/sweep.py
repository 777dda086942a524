"""Looking for open ports with ordinary connections: BASHLITE's way, a patient one, and all ports of one machine."""

import socket
import time
from collections import deque
from typing import Final

from botwarden.lab import links, plan
from botwarden.lab.acting import Actor, Outcome
from botwarden.lab.acts.scan import TELNET, targets

PATIENCE: Final = 3.0
"""s of the machine's time that a connection may take; in this time the kernel repeats its SYN once or twice."""
SHORT: Final = 0.4
"""The same where time is compressed: no repetition, which would come too late in the story."""


def bashlite(actor: Actor, /, *, count: int = 600, rate: float = 40.0) -> Outcome:
    """Connections to port 23 of random addresses, many at a time, given up after a few seconds, as BASHLITE scans."""
    chosen = targets(actor.random, count)
    opened: deque[tuple[float, socket.socket]] = deque()
    try:
        for n in actor.permit.conversations(len(chosen), rate):
            opened.append((time.monotonic() + PATIENCE, links.knock(actor.permit, chosen[n], TELNET)))
            while opened and opened[0][0] < time.monotonic():
                opened.popleft()[1].close()
        time.sleep(PATIENCE)
    finally:
        for _, link in opened:
            link.close()
    said = f"{len(chosen)} connections to port 23 of as many addresses, of which hardly any answers"
    return Outcome(count=len(chosen), target=str(plan.SCANNED), what=said)


def slow(actor: Actor, /, *, count: int = 32, every: float = 90.0, jitter: float = 0.4) -> Outcome:
    """One connection to port 23 of a random silent address every minute or two, slower than any threshold."""
    dice = actor.random
    steps = actor.permit.conversations(count, 10.0)
    closed = {host for host in targets(dice, plan.SCANNED.num_addresses) if host not in plan.TELNET_HOSTS}
    chosen = dice.sample(sorted(closed), count)
    for n in steps:
        link = links.knock(actor.permit, chosen[n], TELNET)
        time.sleep(SHORT)
        link.close()
        actor.pause(every, jitter)
    said = f"{count} connections to port 23 of as many addresses, {every:g} s apart, give or take {jitter:.0%}"
    return Outcome(count=count, target=str(plan.SCANNED), what=said)


def vertical(actor: Actor, /, *, target: str = "dvr", count: int = 200, rate: float = 25.0) -> Outcome:
    """Connections to one port after the other of one machine, in random order, most of them closed."""
    host = actor.permit.check(links.other(actor.permit, target))
    steps = actor.permit.conversations(count, rate)
    ports = actor.random.sample(range(1, 10_000), count)
    opened = 0
    for n in steps:
        link = links.knock(actor.permit, host, ports[n])
        time.sleep(0.005)
        opened += link.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0 and _is_open(link)
        link.close()
    return Outcome(count=count, target=host, what=f"{count} ports of {host} tried, {opened} of them open")


def _is_open(link: socket.socket) -> bool:
    try:
        link.getpeername()
    except OSError:
        return False
    return True

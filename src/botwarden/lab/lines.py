"""How fast the wires of the house are: a token bucket (tc-tbf) at either end of each.

    camera ──[4]  [4]── gateway ──[10]  [40]── internet        Mbit/s of the story

What leaves an end faster waits in a queue, and is lost where that is full, as in a real router. The kernel counts in
the machine's time, so a rate is the story's times the speed of its clock. There is no delay besides the queue's.
"""

from collections.abc import Mapping
from typing import Final

from botwarden.lab import plan

MEGABIT: Final = 1_000_000
LEAST: Final = 1_000
"""bit/s of the machine's time, however slow the story."""
BURST: Final = 0.001
"""s of the machine's time: what is due in it is sent at once, as no timer of a busy machine is much better."""
FRAMES: Final = 4 * 1_514
"""B that may always be sent at once."""
QUEUE: Final = 0.2
"""s of the story that a queue holds; in bytes it is the same at every speed."""

ENDS: Final[Mapping[str, Mapping[str, float]]] = {
    "gateway": {**{one.role: one.line for one in plan.DEVICES}, "wan": plan.WAN_UP},
    "internet": {"eth0": plan.WAN_DOWN},
    **{one.role: {"eth0": one.line} for one in plan.DEVICES},
}
"""Mbit/s of what leaves each interface, by role."""


def rate(line: float, speed: float) -> int:
    """bit/s of the machine's time of a line with so many Mbit/s of a story that goes at ``speed``."""
    return max(LEAST, round(line * MEGABIT * speed))


def batch(role: str, speed: float) -> str:
    """What ``tc -batch`` is told in a role's namespace; told again, it changes what is there and keeps its queues."""
    return "".join(f"{_replace(interface, line, speed)}\n" for interface, line in ENDS[role].items())


def _replace(interface: str, line: float, speed: float) -> str:
    bits = rate(line, speed)
    burst, queue = (max(FRAMES, round(bits / 8 * BURST)), round(line * MEGABIT / 8 * QUEUE))
    return f"qdisc replace dev {interface} root tbf rate {bits}bit burst {burst}b limit {max(queue, burst)}b"

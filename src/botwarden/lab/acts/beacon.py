"""Signs of life to a fixed address, now and then: what most bots do most of the time."""

from botwarden.lab import links, plan
from botwarden.lab.acting import Actor, Outcome


def beacon(
    actor: Actor, /, *, host: str = plan.BEACON_IP, port: int = plan.BEACON_PORT, calls: int = 45, every: float = 60.0,
    jitter: float = 0.15,
) -> Outcome:  # fmt: skip
    """Connect, send a few bytes, get two back, hang up; about once a minute."""
    answered = 0
    for n in actor.permit.conversations(calls, 50.0):
        with links.connect(actor.permit, host, port) as link:
            link.sendall(b"\x00\x01" + actor.random.randbytes(6))
            answered += bool(link.recv(16))
        if n + 1 < calls:
            actor.pause(every, jitter)
    said = (
        f"{calls} calls of {host}, TCP port {port}, {every:g} s apart, give or take {jitter:.0%}; {answered} answered"
    )
    return Outcome(count=calls, target=host, what=said)

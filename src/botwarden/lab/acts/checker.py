"""The owner's vulnerability checker: looks which doors of the house are open, without knocking everything down."""

import contextlib
import socket
from typing import Final

from botwarden.lab import links, plan
from botwarden.lab.acting import Actor, Outcome

PORTS: Final = (22, 23, 80, 443, 554)
WAIT: Final = 1.0


def checker(actor: Actor, /, *, every: float = 3.0, devices: int = 8) -> Outcome:
    """Connect to five well-known ports of each device of the house, one after another, a few seconds apart."""
    others = [device.ip for device in plan.DEVICES if device != actor.permit.device][:devices]
    found = 0
    places = [(host, port) for host in others for port in PORTS]
    for host, port in places:
        found += _is_open(actor, host, port)
        actor.pause(every, 0.2)
    said = f"{len(places)} connections to {len(PORTS)} ports of {len(others)} devices, {every:g} s apart; {found} open"
    return Outcome(count=len(places), target=str(plan.LAN), what=said)


def _is_open(actor: Actor, host: str, port: int) -> bool:
    try:
        with links.connect(actor.permit, host, port, WAIT) as link:
            link.settimeout(WAIT)
            with contextlib.suppress(TimeoutError):
                link.recv(64)  # a banner, where one is shown
            link.shutdown(socket.SHUT_RDWR)
    except OSError:
        return False
    return True

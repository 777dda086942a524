"""Looking for telnet servers the way Mirai does (published source of 2016, bot/scanner.c)."""

import itertools
import random
from typing import Final

from botwarden.lab import packets, plan, raw
from botwarden.lab.acting import Actor, Outcome

TELNET: Final = 23
OTHER_TELNET: Final = 2323
EVERY: Final = 10
"""One in so many SYNs goes to the other port."""


def scan(actor: Actor, /, *, count: int = 1_200, rate: float = 120.0) -> Outcome:
    """SYNs to random addresses, nine in ten to port 23 and the rest to 2323, each with the target as its number."""
    permit, dice = actor.permit, actor.random
    chosen = targets(dice, count)
    port = dice.randrange(1_024, 65_536)
    steps = permit.paced(count, rate)
    with raw.Packets(permit) as out:
        for n in itertools.islice(steps, len(chosen)):
            packet = packets.tcp(
                permit.source,
                chosen[n],
                src_port=port,
                dst_port=OTHER_TELNET if n % EVERY == 0 else TELNET,
                seq=packets.address_value(chosen[n]),
                flags=packets.SYN,
                window=dice.getrandbits(16),
                ip_id=dice.getrandbits(16),
            )
            out.send(packet)
    said = f"{len(chosen)} SYNs to as many addresses, nine in ten on port 23, the others on 2323, with Mirai's mark"
    return Outcome(count=len(chosen), target=str(plan.SCANNED), what=said)


def targets(dice: random.Random, count: int) -> list[str]:
    """So many different addresses of the scanned range, the telnet servers among them, in random order."""
    count = min(count, plan.SCANNED.num_addresses - 2)
    places = [place for place in range(count) if place % EVERY]  # the others are probed on the other port
    servers = dict(zip(dice.sample(places, min(len(plan.TELNET_HOSTS), len(places))), plan.TELNET_HOSTS, strict=False))
    others = [str(host) for host in plan.SCANNED.hosts() if str(host) not in plan.TELNET_HOSTS]
    silent = iter(dice.sample(others, count - len(servers)))
    return [servers.get(place) or next(silent) for place in range(count)]

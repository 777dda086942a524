"""A bot without a controller, as Hajime and Hide and Seek: it asks other infected machines over UDP (see `peers`)."""

import socket
import time
from typing import Final

from botwarden.lab import links, peers, plan
from botwarden.lab.acting import Actor, Outcome

WAIT: Final = 0.3
"""s of the machine's time for a peer's answer."""


def p2p(actor: Actor, /, *, known: int = 16, dead: int = 6, rounds: int = 8, every: float = 30.0) -> Outcome:
    """Ask peers of a list over UDP, from one port, round after round; some of them are gone and stay silent."""
    dice, permit = actor.random, actor.permit
    gone = [str(host) for host in plan.PEERS.hosts() if str(host) not in plan.PEER_HOSTS]
    alive = list(plan.PEER_HOSTS)
    listed = dice.sample(alive, min(known, len(alive))) + dice.sample(gone, min(dead, len(gone)))
    asked = answered = 0
    steps = permit.conversations(rounds, 20.0)
    with links.bound(permit, WAIT) as link:
        for _ in steps:
            dice.shuffle(listed)
            for peer in listed:
                question = peers.question(dice)
                links.tell(permit, link, question, peer, peers.port_of(peer))
                asked += 1
                answered += _answered(link, peer, question[: peers.TOKEN])
            actor.pause(every, 0.3)
    said = f"{asked} questions to {len(listed)} peers on as many ports, {answered} of them answered"
    return Outcome(count=asked, target=str(plan.PEERS), what=said)


def _answered(link: socket.socket, peer: str, token: bytes) -> bool:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        try:
            said, (host, _) = link.recvfrom(2_048)
        except OSError:
            return False
        if host == peer and said.startswith(token):
            return True
    return False

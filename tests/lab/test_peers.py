import random
import socket

from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab import peers, plan


def test_every_peer_has_a_port_of_its_own_that_never_changes() -> None:
    ports = [peers.port_of(address) for address in plan.PEER_HOSTS]
    assert len(set(ports)) == len(ports)
    assert all(10_000 <= port < 60_000 for port in ports)
    assert ports == [peers.port_of(address) for address in plan.PEER_HOSTS]


@given(st.binary(max_size=200), st.integers())
def test_an_answer_begins_with_the_askers_bytes(asked: bytes, seed: int) -> None:
    said = peers.answer(asked, random.Random(seed))
    assert (said is None) == (len(asked) < 16)
    assert said is None or said[: peers.TOKEN] == asked[: peers.TOKEN]


def test_all_peers_answer() -> None:
    peers.serve(["127.0.0.1", "127.0.0.2"], random.Random(1))
    asked = peers.question(random.Random(2))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(5)
        for address in ("127.0.0.1", "127.0.0.2"):
            link.sendto(b"short", (address, peers.port_of(address)))
            link.sendto(asked, (address, peers.port_of(address)))
            said, who = link.recvfrom(2_048)
            assert (said[: peers.TOKEN], who[0]) == (asked[: peers.TOKEN], address)

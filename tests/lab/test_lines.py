import itertools
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from botwarden.lab import acts, dataset, lines, plan, scenario
from botwarden.lab.network import Network, run
from botwarden.lab.play import Player
from botwarden.lab.scenario import Casting, Option, Scenario, Step

HEADERS = 80  # B of a frame that carry no payload, at most
PAYLOAD = 512  # B of acts that do not let one choose
SEND = """
import socket, sys
with socket.create_server((sys.argv[1], 80)) as server:
    link, _ = server.accept()
    try:
        while True:
            link.sendall(bytes(65536))
    except OSError:
        pass
"""
RECEIVE = """
import socket, sys, time
with socket.create_connection((sys.argv[1], 80), 10) as link:
    got, begun = 0, time.monotonic()
    while (took := time.monotonic() - begun) < 1.0:
        got += len(link.recv(65536))
print(got, took)
"""


@pytest.fixture
def wired(network: Network) -> Iterator[Network]:
    network.ip("camera", f"address add {plan.CAMERA.ip}/24 dev eth0", f"route add default via {plan.GATEWAY_IP}")
    yield network


def transfer(network: Network, sender: str, address: str, receiver: str) -> tuple[int, float]:
    """Bytes that arrive in about a second, and that second, as who receives them sees it."""
    server = network.start(sender, sys.executable, "-c", SEND, address)
    network.wait_for_port(sender, 80)
    command = ["ip", "netns", "exec", plan.namespace(receiver), sys.executable, "-c", RECEIVE, address]
    got, took = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    network.stop(server)
    return int(got), float(took)


def shown(network: Network, role: str) -> dict[str, int]:
    """B/s of each interface that has a rate."""
    assert network.is_up
    found = json.loads(run("tc", "-netns", plan.namespace(role), "-json", "qdisc", "show"))
    return {one["dev"]: one["options"]["rate"] for one in found if one["kind"] == "tbf"}


@pytest.mark.parametrize("way", ["down", "up"])
def test_no_transfer_is_faster_than_the_line(wired: Network, way: str) -> None:
    ends = ("internet", plan.NEWS_IP, "camera") if way == "down" else ("camera", plan.CAMERA.ip, "gateway")
    got, took = transfer(wired, *ends)
    second = plan.CAMERA.line * lines.MEGABIT / 8
    assert 0 < got < 1.5 * second * (took + 2 * lines.QUEUE)


def test_a_story_at_twenty_times_the_speed_has_lines_twenty_times_as_fast(wired: Network) -> None:
    wired.set_speed(20.0)
    assert wired.clock.speed == 20.0
    got, took = transfer(wired, "internet", plan.NEWS_IP, "camera")
    second = plan.CAMERA.line * lines.MEGABIT / 8
    assert 1.5 * second * (took + 2 * lines.QUEUE) < got < 1.5 * 20 * second * (took + 2 * lines.QUEUE)


@pytest.mark.parametrize("speed", [0.5, 30.0, 600.0])
def test_both_ends_of_every_line_follow_the_speed(network: Network, speed: float) -> None:
    assert shown(network, "internet") == {"eth0": plan.WAN_DOWN * lines.MEGABIT / 8}
    network.set_speed(speed)
    for role in plan.ROLES:
        wanted = {interface: line * lines.MEGABIT / 8 * speed for interface, line in lines.ENDS[role].items()}
        assert shown(network, role) == wanted
    assert set(shown(network, "gateway")) == {*plan.BY_ROLE, "wan"}


def test_a_queue_holds_whole_frames_at_any_speed_and_the_same_bytes() -> None:
    limits = set()
    for speed in (0.01, 1.0, 30.0):
        words = lines.batch("camera", speed).split()
        told = dict(itertools.pairwise(words))
        burst, limit = (int(told[name].removesuffix("b")) for name in ("burst", "limit"))
        assert 2 * 1_514 <= burst <= limit
        limits.add(limit)
    assert len(limits) == 1


def bits(step: Step) -> float:
    """Mbit/s that a step sends, at most."""
    told = {option: default for option, (_, default) in acts.options_of(step.act).items()} | step.options
    floods = step.act.startswith(("flood", "scan")) or step.act == "obey"
    return (HEADERS + int(told.get("size", PAYLOAD))) * 8 * float(told.get("rate", 0)) / lines.MEGABIT if floods else 0


def test_every_flood_of_the_lab_passes_the_line_of_who_plays_it() -> None:
    listed = [casting for one in dataset.runs() for casting in one.castings()]
    played = [*map(scenario.cast, scenario.names()), *listed]
    sent = {
        (cast.scenario.name, cast.device, step.act): (bits(step), plan.BY_ROLE[cast.device].line)
        for cast in played
        for step in cast.scenario.step
    }
    assert {name: pair for name, pair in sent.items() if pair[0] > 0.95 * pair[1]} == {}
    assert max(megabits for megabits, _ in sent.values()) > 3


def test_nothing_of_a_flood_is_lost(wired: Network) -> None:
    many: dict[str, Option] = {"count": 400, "rate": 600.0, "port": 9}
    flood = Step(act="flood-udpplain", label="flood.udpplain", after=0.0, options=many)
    told = Scenario(name="one", what="a flood", device="camera", step=[flood])
    (played,) = Player(wired).play([Casting(told, "camera")])
    assert played.done.count == 400
    for role, interface in (("camera", "eth0"), ("gateway", "wan")):
        (found,) = json.loads(
            run("tc", "-netns", plan.namespace(role), "-s", "-json", "qdisc", "show", "dev", interface)
        )
        assert found["packets"] >= 400 and found["drops"] == 0, role

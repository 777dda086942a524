import time

import pytest

from botwarden.lab import plan
from botwarden.lab.errors import LabError
from botwarden.lab.network import Network, run
from botwarden.lab.play import Player, check
from botwarden.lab.scenario import Casting, Option, Scenario, Step

FEW: dict[str, Option] = {"count": 60, "rate": 60.0, "port": 9}
FLOOD = Step(act="flood-udp", label="flood.udp", after=2.0, options=FEW)


def casting(
    *steps: Step, name: str = "story", device: str = "camera", forward: dict[str, str] | None = None
) -> Casting:
    told = Scenario(name=name, what="a story", device=device, botnet="mirai", step=[*steps], forward=forward or {})
    return Casting(told, device)


@pytest.fixture
def wired(network: Network) -> Network:
    """Two devices with addresses; nobody serves anything."""
    for device in (plan.CAMERA, plan.DVR):
        network.ip(device.role, f"address add {device.ip}/24 dev eth0", f"route add default via {plan.GATEWAY_IP}")
    return network


def programs(network: Network) -> str:
    """Process numbers of all that runs in the lab."""
    assert network.is_up
    return "".join(run("ip", "netns", "pids", plan.namespace(role)) for role in plan.ROLES)


def test_what_cannot_be_played_is_refused_before_anything_starts() -> None:
    with pytest.raises(LabError, match="no act 'dance'"):
        check([casting(FLOOD), casting(Step(act="dance"))])
    with pytest.raises(LabError, match="has no option 'loud'"):
        check([casting(Step(act="flood-udp", options={"loud": True}))])
    with pytest.raises(LabError, match="a speed is above 0"):
        Player(Network(), peace=601)


def test_steps_are_played_in_order_each_at_its_own_speed(wired: Network) -> None:
    lines: list[str] = []
    player = Player(wired, peace=20.0, notice=lines.append)
    fast = Step(act="flood-udp", label="flood.udp", speed=5.0, after=10.0, options=FEW)
    first, second = player.play([casting(FLOOD, fast)])
    assert (first.scenario, first.botnet, first.actor, first.step) == ("story", "mirai", "camera", FLOOD)
    assert first.done.count == 60
    assert first.done.target == plan.VICTIM_IP
    assert first.began <= first.done.start < first.done.end < second.began
    assert second.began - first.done.end >= 10.0
    speeds = [stretch.speed for stretch in wired.clock.stretches()]
    assert speeds == [1.0, 20.0, 1.0, 20.0, 5.0, 20.0]
    assert lines[0] == "story, camera: flood-udp (count 60, rate 60.0, port 9)"
    assert "at 5 times the clock" in lines[2]


def test_together_goes_as_slow_as_the_slowest(wired: Network) -> None:
    slow = Step(act="flood-udp", label="flood.udp", after=0.0, options={**FEW, "count": 120})
    fast = Step(act="flood-udp", label="flood.udp", after=0.0, speed=10.0, options={**FEW, "count": 120})
    played = Player(wired, peace=20.0).play([casting(slow), casting(fast, name="other", device="dvr")], together=True)
    assert sorted((one.scenario, one.number, one.actor) for one in played) == [
        ("other", 1, "dvr"), ("story", 0, "camera"),
    ]  # fmt: skip
    one, other = played
    assert one.done.start < other.done.end
    assert other.done.start < one.done.end
    both = max(one.began, other.began) + 0.5
    assert wired.clock.stretches()[-1].speed == 20.0
    assert any(stretch.speed == 1.0 and stretch.story <= both for stretch in wired.clock.stretches())


def test_an_act_that_fails_says_why_and_the_others_end(wired: Network) -> None:
    alone = Step(act="call", after=0.0)  # nobody answers there
    long = Step(act="flood-udp", after=0.0, options={"count": 6000, "rate": 10.0})
    with pytest.raises(LabError, match=r"^call failed with status 1: call: .*[Rr]efused"):
        Player(wired).play([casting(alone), casting(long, device="dvr")], together=True)
    assert programs(wired) == ""


def test_what_falls_over_ends_the_play(wired: Network) -> None:
    begun = time.monotonic()

    def watch() -> None:
        if time.monotonic() - begun > 1.5:
            raise LabError("the roof has come down")

    long = Step(act="flood-udp", after=0.0, options={"count": 6000, "rate": 10.0})
    with pytest.raises(LabError, match="the roof has come down"):
        Player(wired, watch=watch).play([casting(long)])
    assert programs(wired) == ""


def test_doors_lead_to_who_plays(wired: Network) -> None:
    told = Scenario(what="a story", device="camera", step=[FLOOD], forward={"2323": "camera:23", "80": "ap"})
    player = Player(wired, peace=20.0)
    player.play([Casting(told, "dvr"), Casting(told, "dvr")])
    rules = run("ip", "netns", "exec", plan.namespace("gateway"), "nft", "list", "ruleset")
    assert rules.count(f"tcp dport 2323 dnat to {plan.DVR.ip}:23") == 1
    assert f"tcp dport 80 dnat to {plan.AP.ip}:80" in rules


def test_rest_lasts_as_long_in_the_story(wired: Network) -> None:
    wired.set_speed(50.0)
    begun = wired.clock.now()
    Player(wired, peace=50.0).rest(40.0)
    assert 40.0 <= wired.clock.now() - begun < 60.0

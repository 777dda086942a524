import json
from pathlib import Path

import msgspec
import pytest

from botwarden.core.labels import Labels
from botwarden.lab import plan
from botwarden.lab.acting import Done
from botwarden.lab.labelling import BEYOND, Played, lan_labels, wan_labels
from botwarden.lab.scenario import Step, cast, names
from botwarden.sources.labels import read_labels

START = 1_796_000_000.0
WAN_MAC = "02:11:22:33:44:55"


def played(step: Step, target: str | None = plan.VICTIM_IP, *, actor: str = "camera", at: float = 0.0) -> Played:
    done = Done(start=START + at + 10.00042, end=START + at + 20.00042, count=7, target=target, what="7 of them")
    return Played(scenario="story", number=0, botnet="mirai", actor=actor, step=step, began=START + at, done=done)


def reread(labels: Labels, folder: Path) -> Labels:
    """As the reader of labels files takes it: it refuses what contradicts itself."""
    path = folder / "labels.json"
    path.write_bytes(msgspec.json.encode(labels))
    return read_labels(path)


SYN = Step(act="flood-syn", label="flood.syn", also=["flood.tcp"], attack="syn", phase="attack")


def test_an_attack_is_an_interval_of_who_does_it(tmp_path: Path) -> None:
    labels = reread(lan_labels([played(SYN)]), tmp_path)
    (one,) = labels.intervals
    assert (one.mac, one.role, one.label, one.botnet, one.attack) == (
        plan.CAMERA.mac, "attacker", "flood.syn", "mirai", "syn",
    )  # fmt: skip
    assert (one.target, one.phase, one.what) == (plan.VICTIM_IP, "attack", "camera: 7 of them")
    assert one.also == ["flood.tcp"]
    assert START + 10 <= one.start <= START + 10.00042 < START + 20.00042 <= one.end < START + 20.01
    assert labels.lan == [str(network) for network in (plan.LAN, plan.LAN6, plan.LAN6_GLOBAL)]
    assert len(labels.devices) == 1 + len(plan.DEVICES)
    assert labels.benign == []


def test_beyond_nat_it_is_the_router_s(tmp_path: Path) -> None:
    labels = reread(wan_labels([played(SYN)], WAN_MAC), tmp_path)
    (one,) = labels.intervals
    assert (one.mac, one.target, one.label) == (WAN_MAC, plan.VICTIM_IP, "flood.syn")
    assert one.what == "camera: 7 of them"
    (router,) = labels.devices
    assert (router.role, router.ips[0]) == (BEYOND, plan.WAN_GATEWAY)
    assert {f"{plan.WAN_GATEWAY}/32", str(plan.LAN6_GLOBAL)} <= set(labels.lan)


def test_what_began_first_comes_first() -> None:
    call = Step(act="call", label="cnc.beacon")
    story = [played(SYN, at=500), played(call, plan.CNC_IP, at=100)]
    for labels in (lan_labels(story), wan_labels(story, WAN_MAC)):
        assert [one.label for one in labels.intervals] == ["cnc.beacon", "flood.syn"]


def test_who_suffers_in_the_house_is_labelled_too(tmp_path: Path) -> None:
    guess = Step(act="guess", label="bruteforce.telnet", victim="bruteforce.telnet", victim_also=["infection"])
    labels = reread(lan_labels([played(guess, plan.AP.ip)]), tmp_path)
    attacker, victim, infected = labels.intervals
    assert (attacker.mac, attacker.target, attacker.role) == (plan.CAMERA.mac, plan.AP.ip, "attacker")
    assert (victim.mac, victim.target, victim.source) == (plan.AP.mac, plan.AP.ip, plan.CAMERA.ip)
    assert (victim.role, victim.also) == ("victim", ["infection"])
    assert (infected.mac, infected.role, infected.label) == (plan.AP.mac, "attacker", "infection")
    assert (infected.target, infected.attack) == (plan.LOADER_IP, "infection")
    assert wan_labels([played(guess, plan.AP.ip)], WAN_MAC).intervals == []
    assert len(lan_labels([played(guess, plan.DVR.ip)]).intervals) == 2  # its password is good


def test_strangers_are_in_the_labels_of_their_victims_only(tmp_path: Path) -> None:
    intrude = Step(
        act="intrude", by="internet", victim="bruteforce.telnet", victim_also=["infection"], attack="bruteforce"
    )
    one = played(intrude, plan.CAMERA.ip, actor="internet")
    inside, infected = reread(lan_labels([one]), tmp_path).intervals
    assert (inside.mac, inside.role, inside.source) == (plan.CAMERA.mac, "victim", plan.INTRUDER_IP)
    assert (infected.mac, infected.label, infected.target) == (plan.CAMERA.mac, "infection", plan.LOADER_IP)
    outside, fetched = reread(wan_labels([one], WAN_MAC), tmp_path).intervals
    assert (fetched.mac, fetched.label, fetched.target) == (WAN_MAC, "infection", plan.LOADER_IP)
    assert (outside.mac, outside.target, outside.source) == (WAN_MAC, plan.WAN_GATEWAY, plan.INTRUDER_IP)


def test_a_weakness_is_no_attack(tmp_path: Path) -> None:
    upnp = Step(act="upnp", victim="exposure.port_mapping", attack="exposure")
    (one,) = reread(lan_labels([played(upnp, plan.CAMERA.ip)]), tmp_path).intervals
    assert (one.mac, one.role, one.label, one.attack, one.source) == (
        plan.CAMERA.mac, "victim", "exposure.port_mapping", "", None,
    )  # fmt: skip
    assert wan_labels([played(upnp, plan.CAMERA.ip)], WAN_MAC).intervals == []
    weak = played(Step(act="intrude", victim="exposure.credentials"), plan.CAMERA.ip, actor="internet")
    assert [one.label for one in lan_labels([weak]).intervals] == ["exposure.credentials"]
    assert wan_labels([weak], WAN_MAC).intervals == []  # beyond NAT nobody sees whose it is


def test_attacks_without_a_name_have_a_class(tmp_path: Path) -> None:
    peers = Step(act="p2p", attack="p2p")
    (one,) = reread(lan_labels([played(peers, str(plan.PEERS))]), tmp_path).intervals
    assert (one.label, one.also, one.attack, one.target) == ("", ["anomaly"], "p2p", str(plan.PEERS))


def test_before_an_order_the_controller_is_called(tmp_path: Path) -> None:
    obey = Step(act="obey", label="flood.syn", attack="syn")
    call = Step(act="call", label="cnc.beacon", phase="command and control")
    contact, flood = reread(lan_labels([played(obey)]), tmp_path).intervals
    assert (contact.label, contact.attack, contact.target) == ("", "cnc", plan.CNC_IP)
    assert contact.start == START
    assert flood.start == START + 10
    story = [played(call, plan.CNC_IP), played(obey, at=50), played(obey, at=100)]
    for labels in (lan_labels(story), wan_labels(story, WAN_MAC)):
        known, *floods = reread(labels, tmp_path).intervals
        assert (known.label, known.target) == ("cnc.beacon", plan.CNC_IP)
        assert known.start == START + 10
        assert known.end == floods[-1].end
        assert [one.label for one in floods] == ["flood.syn", "flood.syn"]
    others = [played(obey), played(obey, actor="dvr")]
    assert len(wan_labels(others, WAN_MAC).intervals) == len(lan_labels(others).intervals) == 4


def test_made_up_names_are_asked_of_the_router(tmp_path: Path) -> None:
    dga = played(Step(act="dga", label="cnc.dga", attack="dga"), None, actor="doorbell")
    assert lan_labels([dga]).intervals[0].target == plan.GATEWAY_IP
    assert wan_labels([dga], WAN_MAC).intervals[0].target == plan.DNS_IP


def test_a_flood_of_questions_is_the_router_s_to_suffer_and_to_pass_on(tmp_path: Path) -> None:
    flood = played(Step(act="flood-dns", label="flood.dns", attack="dns"), plan.GATEWAY_IP)
    attacker, victim = reread(lan_labels([flood]), tmp_path).intervals
    assert (attacker.role, attacker.target) == ("attacker", plan.GATEWAY_IP)
    assert (victim.mac, victim.role, victim.label, victim.source) == (
        plan.GATEWAY_MAC, "victim", "flood.dns", plan.CAMERA.ip,
    )  # fmt: skip
    (passed_on,) = reread(wan_labels([flood], WAN_MAC), tmp_path).intervals
    assert (passed_on.mac, passed_on.target, passed_on.role) == (WAN_MAC, plan.DNS_IP, "attacker")


def test_what_is_harmless_is_a_note() -> None:
    backup = played(Step(act="backup"), None, actor="laptop")
    assert backup.harmless
    for labels, mac in ((lan_labels([backup]), plan.LAPTOP.mac), (wan_labels([backup], WAN_MAC), WAN_MAC)):
        assert labels.intervals == []
        assert (labels.benign[0].mac, labels.benign[0].what) == (mac, "story, laptop: 7 of them")


@pytest.mark.parametrize("name", names())
def test_every_scenario_gives_labels_that_can_be_read(name: str, tmp_path: Path) -> None:
    casting = cast(name)
    story = [
        played(step, plan.AP.ip if step.victim else None, actor=step.by or casting.device, at=50.0 * n)
        for n, step in enumerate(casting.scenario.step)
    ]
    for labels in (lan_labels(story), wan_labels(story, WAN_MAC)):
        assert json.loads(msgspec.json.encode(reread(labels, tmp_path)))["version"] == 1

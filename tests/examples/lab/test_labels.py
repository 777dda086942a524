from lab.labels import Done, devices, intervals

from botwarden.core.label import LABELS
from lab import plan


def test_guessing_on_the_recorder_has_an_attacker_and_a_victim() -> None:
    attack, suffered = intervals(Done("guess", plan.DVR.ip, 10.0, 20.0, 14))
    assert (attack["mac"], attack["role"], attack["target"]) == (plan.CAMERA.mac, "attacker", plan.DVR.ip)
    assert (suffered["mac"], suffered["role"], suffered["source"]) == (plan.DVR.mac, "victim", plan.CAMERA.ip)
    assert (suffered["start"], suffered["end"]) == (10.0, 20.0)


def test_every_phase_has_a_label_that_exists() -> None:
    named = [
        intervals(Done(phase, plan.VICTIM_IP, 0.0, 1.0, 5))[0] for phase in ("scan", "guess", "synflood", "udpflood")
    ]
    assert [entry["label"] for entry in named] == ["scan.mirai", "bruteforce.telnet", "flood.syn", "flood.udp"]
    assert all(label in LABELS for entry in named for label in entry["also"])


def test_ipv6_addresses_follow_from_the_mac() -> None:
    camera = next(device for device in devices() if device["role"] == "camera")
    assert camera["ips"][1:] == ["fd6b:1c2e:9a01:10:4619:b6ff:fe5a:210c", "fe80::4619:b6ff:fe5a:210c"]

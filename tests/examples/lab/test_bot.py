import ipaddress
import random

from lab import bot, guard, plan


def test_scan_targets_are_distinct_addresses_of_the_scanned_range() -> None:
    targets = bot.scan_targets(random.Random(1))
    assert len(set(targets)) == len(targets) == bot.SCAN_TARGETS
    assert all(ipaddress.ip_address(target) in plan.SCANNED for target in targets)
    assert bot.scan_targets(random.Random(1)) == targets


def test_the_telnet_servers_are_probed_on_port_23() -> None:
    targets = bot.scan_targets(random.Random(1))
    assert all(targets.index(host) % 10 for host in plan.TELNET_HOSTS)


def test_every_phase_stays_within_the_limits() -> None:
    phases = [
        (bot.SCAN_TARGETS, bot.SCAN_RATE),
        (bot.SYN_PACKETS, bot.SYN_RATE),
        (bot.UDP_PACKETS, bot.UDP_RATE),
    ]
    permit = guard.Permit(plan.CAMERA.ip)
    assert [next(permit.paced(count, rate)) for count, rate in phases] == [0, 0, 0]


def test_guessing_outside_the_lab_is_refused_before_any_connection() -> None:
    try:
        bot.guess(guard.Permit(plan.CAMERA.ip), "127.0.0.1")
    except guard.Refused as refusal:
        assert "outside the lab" in str(refusal)
    else:
        raise AssertionError("not refused")

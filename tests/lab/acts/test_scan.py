import ipaddress
import random

from botwarden.lab import plan
from botwarden.lab.acts.scan import EVERY, targets


def test_targets_are_different_addresses_of_the_scanned_range() -> None:
    chosen = targets(random.Random(4), 1_000)
    assert len(set(chosen)) == 1_000
    assert all(ipaddress.ip_address(host) in plan.SCANNED for host in chosen)
    assert chosen == targets(random.Random(4), 1_000)
    assert chosen != targets(random.Random(5), 1_000)


def test_the_telnet_servers_are_probed_on_port_23() -> None:
    for seed in range(20):
        chosen = targets(random.Random(seed), 100)
        assert all(chosen.index(host) % EVERY for host in plan.TELNET_HOSTS)


def test_no_more_targets_than_there_are() -> None:
    assert len(targets(random.Random(1), 10**6)) == plan.SCANNED.num_addresses - 2
    assert len(targets(random.Random(1), 2)) == 2

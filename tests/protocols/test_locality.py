import ipaddress

import pytest

from botwarden.protocols.locality import PRIVATE_ADDRESS_SPACE, locality


@pytest.mark.parametrize("ip", ["192.168.1.9", "10.0.0.1", "127.0.0.1", "fe80::1", "fd00::5", "::", "240.1.2.3"])
def test_private(ip: str) -> None:
    assert locality(PRIVATE_ADDRESS_SPACE)(ip)


@pytest.mark.parametrize("ip", ["8.8.8.8", "172.32.0.1", "2a00::1", "ff02::1", "no address", ""])
def test_not_private(ip: str) -> None:
    assert not locality(PRIVATE_ADDRESS_SPACE)(ip)


def test_only_the_networks_that_are_named_count() -> None:
    is_local = locality([ipaddress.ip_network("203.0.113.0/28")])
    assert is_local("203.0.113.15")
    assert not is_local("203.0.113.16")
    assert not is_local("192.168.1.1")


@pytest.mark.parametrize("text", ["0.0.0.0/0", "128.0.0.0/2", "10.0.0.0/7", "203.0.113.0/28", "2001:db8::/32", "::/0"])
def test_every_address_of_a_network_counts_and_no_other(text: str) -> None:
    network = ipaddress.ip_network(text)
    is_local = locality([network])
    first, last = int(network.network_address), int(network.broadcast_address)
    kind = type(network.network_address)
    for value in (first - 1, first, first + 1, (first + last) // 2, last - 1, last, last + 1):
        if 0 <= value < 1 << network.max_prefixlen:
            assert is_local(str(kind(value))) == (first <= value <= last)

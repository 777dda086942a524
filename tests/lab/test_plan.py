import ipaddress

from botwarden.lab import plan
from botwarden.stores.vendor import vendor

RESERVED = [
    ipaddress.ip_network(text)
    for text in ("203.0.113.0/24", "198.51.100.0/24", "198.18.0.0/15", "192.168.0.0/16", "2001:db8::/32", "fc00::/7")
]


def test_every_address_of_the_lab_is_reserved_for_private_use_documentation_or_benchmarks() -> None:
    networks = [plan.LAN, plan.LAN6, plan.LAN6_GLOBAL, plan.WAN, plan.WAN6, *plan.INTERNET, *plan.INTERNET6]
    for network in networks:
        assert any(network.version == r.version and network.subnet_of(r) for r in RESERVED), network  # type: ignore[arg-type]


def test_devices_differ_in_role_name_and_addresses_and_live_on_the_lan() -> None:
    assert len(plan.DEVICES) >= 8
    for fact in ("role", "mac", "ip", "name"):
        assert len({getattr(device, fact) for device in plan.DEVICES}) == len(plan.DEVICES), fact
    assert all(ipaddress.ip_address(device.ip) in plan.LAN for device in plan.DEVICES)


def test_macs_are_registered_to_the_vendor_that_the_plan_names() -> None:
    for mac, name in [(d.mac, d.vendor) for d in plan.DEVICES] + [(plan.GATEWAY_MAC, plan.GATEWAY_VENDOR)]:
        assert name.lower() in (vendor(mac) or "").lower(), mac


def test_weak_passwords_are_in_the_dictionary_and_strong_ones_are_not() -> None:
    weak = {device.role: device.telnet in plan.MIRAI_GUESSES for device in plan.DEVICES if device.telnet}
    assert weak == {device.role: device.weak for device in plan.DEVICES if device.telnet}
    assert set(weak.values()) == {True, False}


def test_hosts_and_names_lie_in_the_internet() -> None:
    for host in [*plan.INTERNET_HOSTS, *plan.NAMES.values()]:
        assert any(ipaddress.ip_address(host) in network for network in plan.INTERNET), host
    for host in [*plan.WEB_IPS6, *plan.NAMES6.values()]:
        assert any(ipaddress.ip_address(host) in network for network in plan.INTERNET6), host


def test_addresses_made_from_a_mac() -> None:
    assert plan.link_local("44:19:b6:5a:21:0c") == "fe80::4619:b6ff:fe5a:210c"
    assert plan.lan6("44:19:b6:5a:21:0c") == "fd6b:1c2e:9a01:10:4619:b6ff:fe5a:210c"
    assert plan.global6("44:19:b6:5a:21:0c") == "2001:db8:10:0:4619:b6ff:fe5a:210c"

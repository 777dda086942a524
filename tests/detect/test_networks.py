import ipaddress

import numpy as np
import pytest

from botwarden.core.address import ip_halves
from botwarden.core.errors import ConfigError
from botwarden.detect.networks import PRIVATE, given_networks, guess_networks, network_rows, parse_networks
from botwarden.detect.state import MAX_NETWORKS
from captures import batch_of, icmp_frame, ipv6, tcp_frame
from detect.traffic import CAMERA, GATEWAY_MAC, LAPTOP, Host, arp_request, household, packets_of, session


def guessed(frames: list[bytes], link_type: int = 1) -> list[str]:
    """What is guessed beyond the private networks."""
    networks = guess_networks(batch_of([(1.0, frame) for frame in frames], link_type=link_type).packets)
    assert networks[: len(PRIVATE)] == PRIVATE
    return [str(net) for net in networks[len(PRIVATE) :]]


def test_networks_as_a_user_names_them() -> None:
    assert parse_networks(["192.168.1.7/24", "fd00::/64", "203.0.113.9"]) == (
        ipaddress.ip_network("192.168.1.0/24"),
        ipaddress.ip_network("fd00::/64"),
        ipaddress.ip_network("203.0.113.9/32"),
    )


@pytest.mark.parametrize("text", ["", "home", "192.168.1.0/33", "1.2.3.4-5", "::1/129"])
def test_what_is_no_network_is_refused_by_name(text: str) -> None:
    with pytest.raises(ConfigError, match=f"'{text}' is no network"):
        parse_networks([text])


def test_no_more_networks_than_there_is_room_for() -> None:
    with pytest.raises(ConfigError, match="100 local networks given; at most 62"):
        parse_networks([f"10.0.{n}.0/24" for n in range(100)])
    most = parse_networks([f"10.0.{n}.0/24" for n in range(MAX_NETWORKS - 2)])
    assert len(network_rows(given_networks(most))) == MAX_NETWORKS


def test_given_networks_leave_the_private_ones_out_and_keep_the_link_local() -> None:
    named = [str(net) for net in given_networks(parse_networks(["203.0.113.0/24"]))]
    assert named == ["203.0.113.0/24", "169.254.0.0/16", "fe80::/10"]


def test_a_private_network_is_all_that_is_local() -> None:
    assert guess_networks(packets_of(household()).packets) == PRIVATE


def test_public_addresses_are_local_where_each_is_alone_behind_its_mac() -> None:
    a, b = Host("198.51.100.10", CAMERA.mac), Host("198.51.100.11", LAPTOP.mac)
    frames = [frame for n in range(5) for _, frame in session(n, a, Host(f"203.0.113.{n}"), 443)]
    frames += [frame for _, frame in session(9, b, a, 80)]
    assert guessed(frames) == ["198.51.100.10/32", "198.51.100.11/32"]


def test_who_asks_by_arp_is_local() -> None:
    gateway = Host("198.51.100.1", GATEWAY_MAC)
    frames = [frame for _, frame in arp_request(0, gateway, "198.51.100.10")]
    frames += [frame for n in range(3) for _, frame in session(n, Host(f"203.0.113.{n}"), gateway, 80)]
    assert "198.51.100.1/32" in guessed(frames)


def test_without_macs_it_is_the_address_that_is_in_most_packets() -> None:
    frames = [tcp_frame(f"203.0.113.{n}", 1, "198.51.100.10", 80)[14:] for n in range(9)]
    assert guessed(frames, link_type=101) == ["198.51.100.10/32"]


def test_a_prefix_of_which_neighbours_tell_is_local() -> None:
    """Neighbour discovery has a hop limit of 255, which no router leaves (RFC 4861)."""
    asks = icmp_frame("2001:db8:1:2::a", "2001:db8:1:2::1", 135)
    routed = bytearray(asks)
    routed[21] = 255
    private = tcp_frame("192.168.0.10", 1, "192.168.0.1", 80)
    assert guessed([private, asks]) == []
    assert guessed([private, bytes(routed)]) == ["2001:db8:1:2::/64"]


def test_rows_hold_ipv4_first_as_mapped_ipv6() -> None:
    rows = network_rows(parse_networks(["fd00::/8", "10.0.0.0/8"]))
    assert rows.tolist() == [
        [*ip_halves("10.0.0.0"), -1, ip_halves("ffff:ffff::")[0] & 0 | -(1 << 24)],
        [*ip_halves("fd00::"), ip_halves("ff00::")[0], 0],
    ]
    assert network_rows(()).shape == (0, 4)
    assert network_rows(()).dtype == np.int64


def test_frames_without_addresses_say_nothing() -> None:
    assert guessed([ipv6(b"")[:20] + bytes(60)]) == []

"""Local networks: those a user names, or a guess from the first packets."""

import ipaddress
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.address import IPAddress, IPNetwork, ip_address, ip_halves, is_multicast_mac
from botwarden.core.errors import ConfigError
from botwarden.core.packet import ETHERTYPE_ARP, HAS_IP, ICMPV6
from botwarden.detect.state import MAX_NETWORKS

PRIVATE: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8",  # RFC 1918
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",  # RFC 6598
        "169.254.0.0/16",  # RFC 3927
        "fc00::/7",  # RFC 4193
        "fe80::/10",  # RFC 4291
    )
)
_NDP: Final = (133, 137)  # types of neighbour discovery's messages
_UNROUTED: Final = 255  # hop limit that they have
_MAX_ON_LINK: Final = 8  # prefixes: a home has one or two
_LINK_LOCAL: Final = tuple(net for net in PRIVATE if net.is_link_local)


def parse_networks(texts: Sequence[str]) -> tuple[IPNetwork, ...]:
    """The networks that a user names with ``--lan``. Raises ConfigError for what is none."""
    if len(texts) > MAX_NETWORKS - len(_LINK_LOCAL):
        raise ConfigError(f"{len(texts)} local networks given; at most {MAX_NETWORKS - len(_LINK_LOCAL)} can be used")
    networks = []
    for text in texts:
        try:
            networks.append(ipaddress.ip_network(text, strict=False))
        except ValueError:
            raise ConfigError(f"'{text}' is no network; write it as 192.168.1.0/24 or fd00::/64") from None
    return tuple(networks)


def given_networks(networks: Sequence[IPNetwork]) -> tuple[IPNetwork, ...]:
    """Networks that a user named, with the link-local ones, which are local everywhere."""
    return (*networks, *_LINK_LOCAL)


def guess_networks(packets: NDArray[Any]) -> tuple[IPNetwork, ...]:
    """The local networks, guessed from the first packets of a capture (PACKET[n]).

    The private ranges, and the /64 of every IPv6 address that its neighbours are told of or ask from (RFC 4861: such
    messages do not pass a router); where no private unicast address is in use, also every address that is the only one
    behind its MAC; and where there are no MACs either, the address that takes part in most packets.
    """
    rows = packets[(packets["flags"] & HAS_IP) != 0]
    senders = [(int(m), int(h), int(low)) for m, h, low in _unique(rows, "src")]
    receivers = [(int(m), int(h), int(low)) for m, h, low in _unique(rows, "dst")]
    ends = {(m, ip_address(h, low)) for m, h, low in senders + receivers}
    unicast = {(m, ip) for m, ip in ends if not (is_multicast_mac(m) or ip.is_multicast or ip.is_unspecified)}
    private = [ip for _, ip in unicast if any(ip in net for net in PRIVATE if net not in _LINK_LOCAL)]
    on_link = _on_link(rows)
    if private or not unicast:
        return (*PRIVATE, *on_link)
    arp = {ip_address(int(h), int(low)) for _, h, low in _unique(rows[rows["ethertype"] == ETHERTYPE_ARP], "src")}
    by_mac: dict[int, set[Any]] = {}
    for mac, ip in unicast:
        if mac and not ip.is_link_local:
            by_mac.setdefault(mac, set()).add(ip)
    own = {next(iter(ips)) for ips in by_mac.values() if len(ips) == 1} | {ip for ip in arp if not ip.is_unspecified}
    if not own and not by_mac:
        own = {_busiest(rows)}
    found = sorted(own, key=lambda ip: (ip.version, int(ip)))[: MAX_NETWORKS - len(PRIVATE) - len(on_link)]
    return (*PRIVATE, *on_link, *(ipaddress.ip_network(ip) for ip in found))


def _on_link(rows: NDArray[Any]) -> tuple[IPNetwork, ...]:
    kinds = rows["icmp_type"]
    rows = rows[(rows["proto"] == ICMPV6) & (kinds >= _NDP[0]) & (kinds <= _NDP[1]) & (rows["ttl"] == _UNROUTED)]
    addresses = (ip_address(int(h), int(low)) for _, h, low in _unique(rows, "src"))
    found = {ipaddress.ip_network((int(ip) >> 64 << 64, 64)) for ip in addresses if _is_routed(ip)}
    return tuple(sorted(found, key=lambda net: int(net.network_address))[:_MAX_ON_LINK])


def _is_routed(ip: IPAddress) -> bool:
    return ip.version == 6 and not (ip.is_multicast or ip.is_unspecified or any(ip in net for net in PRIVATE))


def _unique(rows: NDArray[Any], end: str) -> NDArray[Any]:
    columns = np.stack([rows[f"{end}_mac"], rows[f"{end}_ip_hi"], rows[f"{end}_ip_lo"]], axis=1)
    return np.unique(columns, axis=0) if len(rows) else columns


def _busiest(rows: NDArray[Any]) -> Any:
    ends = np.concatenate(
        [
            np.stack([rows["src_ip_hi"], rows["src_ip_lo"]], axis=1),
            np.stack([rows["dst_ip_hi"], rows["dst_ip_lo"]], axis=1),
        ]
    )
    values, counts = np.unique(ends, axis=0, return_counts=True)
    hi, lo = values[np.argmax(counts)]
    return ip_address(int(hi), int(lo))


def network_rows(networks: Sequence[IPNetwork]) -> NDArray[np.int64]:
    """int64[n, 4]: address and mask of each network as halves, IPv4 as IPv4-mapped IPv6, IPv4 first."""
    rows = []
    for net in sorted(networks, key=lambda net: net.version):
        bits = net.prefixlen + (96 if net.version == 4 else 0)
        mask = ipaddress.IPv6Address(((1 << bits) - 1) << (128 - bits))
        rows.append((*ip_halves(net.network_address), *ip_halves(mask)))
    return np.array(rows, np.int64).reshape(-1, 4)

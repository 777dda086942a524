"""`Profile`: what one device, at one address, has been heard to say of itself."""

from collections.abc import Hashable, Iterable
from typing import Final, TypeVar

from botwarden.core.device import DhcpFingerprint, HostName, Service
from botwarden.core.text import printable

MAX_NAMES: Final = 16
MAX_TEXTS: Final = 16  # user agents, banners, models, fingerprints, of each kind
MAX_TYPES: Final = 32  # service types of mDNS and UPnP
MAX_SERVICES: Final = 64  # ports; a device has a handful
MAX_DOMAINS: Final = 64
MAX_TEXT: Final = 96  # characters of a text
MAX_PEERS: Final = 2  # clients of a port that are told apart

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Profile:
    """Facts about a device, bounded: of each kind the first ones stay. Texts are printable.

    What others say of it with forged frames is in here too: nothing of it is proof.
    """

    __slots__ = (
        "_ports", "agents", "announced", "banners", "dhcp", "domains", "ja3", "ja4", "models", "names", "paths",
        "roles", "weight",
    )  # fmt: skip

    def __init__(self) -> None:
        """Know nothing."""
        self.names: dict[HostName, None] = {}
        self.models: dict[str, None] = {}
        self.announced: dict[str, None] = {}  # types of services: "_hue._tcp", "urn:schemas-upnp-org:device:Basic:1"
        self.banners: dict[str, None] = {}
        self.agents: dict[str, None] = {}
        self.ja4: dict[str, None] = {}
        self.ja3: dict[str, None] = {}
        self.paths: dict[str, None] = {}  # that others ask its web server for
        self.roles: dict[str, None] = {}  # what it does for others: "dhcp server"
        self.domains: dict[str, int] = {}
        self.dhcp: DhcpFingerprint | None = None
        self.weight = 0
        """How often it was heard of."""
        self._ports: dict[tuple[str, int], _Port] = {}

    def call(self, name: str | None, origin: str) -> None:
        """Its name according to a protocol."""
        text = printable(name or "", MAX_TEXT).strip("\ufffd ")
        if text and text.lower() not in _NAMELESS:
            _keep(self.names, HostName(name=text, origin=origin), MAX_NAMES)

    def say(self, kind: str, text: str | None) -> None:
        """A text of one of the kinds ``models announced banners agents ja4 ja3 paths roles``."""
        value = printable(text or "", MAX_TEXT).strip("\ufffd ")
        if value and value.lower() not in _NAMELESS:
            _keep(getattr(self, kind), value, MAX_TYPES if kind == "announced" else MAX_TEXTS)

    def ask(self, domain: str | None) -> None:
        """A name on the internet that it looks for."""
        if domain in self.domains:
            self.domains[domain] += 1
            return
        name = printable(domain or "", MAX_TEXT).rstrip(".").lower()
        if name in self.domains:
            self.domains[name] += 1
        elif name and len(self.domains) < MAX_DOMAINS:
            self.domains[name] = 1

    def serve(self, proto: str, port: int, ts: float, name: str | None, peer: str | None) -> None:
        """A port where it serves; ``peer`` : whom it answered, None where it only says so."""
        found = self._ports.get((proto, port))
        if found is None:
            if len(self._ports) >= MAX_SERVICES:
                return
            found = self._ports[proto, port] = _Port(ts)
        found.add(ts, name, peer)

    @property
    def services(self) -> list[Service]:
        """By port; UDP ports that clients use too only where two machines were answered."""
        return [
            Service(
                port=number,
                proto=proto,
                name=",".join(port.names) or None,
                first_ts=port.first_ts,
                answered=bool(port.peers),
            )
            for (proto, number), port in sorted(self._ports.items(), key=lambda item: (item[0][1], item[0][0]))
            if proto == "tcp" or number < _EPHEMERAL or len(port.peers) >= MAX_PEERS
        ]

    def merge(self, other: "Profile") -> None:
        """Add what another profile of the same device knows."""
        for name in other.names:
            _keep(self.names, name, MAX_NAMES)
        for kind in ("models", "announced", "banners", "agents", "ja4", "ja3", "paths", "roles"):
            for text in getattr(other, kind):
                _keep(getattr(self, kind), text, MAX_TYPES if kind == "announced" else MAX_TEXTS)
        for domain, count in other.domains.items():
            if domain in self.domains or len(self.domains) < MAX_DOMAINS:
                self.domains[domain] = self.domains.get(domain, 0) + count
        self.dhcp = other.dhcp or self.dhcp
        for key, port in other._ports.items():
            if key in self._ports or len(self._ports) < MAX_SERVICES:
                self._ports.setdefault(key, _Port(port.first_ts)).merge(port)


class _Port:
    __slots__ = ("first_ts", "names", "peers")

    def __init__(self, ts: float) -> None:
        self.first_ts = ts
        self.names: dict[str, None] = {}
        self.peers: dict[str, None] = {}

    def add(self, ts: float, name: str | None, peer: str | None) -> None:
        self.first_ts = min(self.first_ts, ts)
        for part in (name or "").split(","):
            if part:
                _keep(self.names, part, MAX_PEERS)
        if peer:
            _keep(self.peers, peer, MAX_PEERS)

    def merge(self, other: "_Port") -> None:
        self.first_ts = min(self.first_ts, other.first_ts)
        _keep_all(self.names, other.names, MAX_PEERS)
        _keep_all(self.peers, other.peers, MAX_PEERS)


_EPHEMERAL: Final = 32_768  # the first port that Linux gives to clients
# what clients send whose name nobody set
_NAMELESS: Final = frozenset({"localhost", "localhost.localdomain", "(none)", "none", "null", "unknown", "unspecified"})


def _keep(kept: dict[K, None], value: K, most: int) -> None:
    if value not in kept and len(kept) < most:
        kept[value] = None


def _keep_all(kept: dict[K, None], values: Iterable[K], most: int) -> None:
    for value in values:
        _keep(kept, value, most)

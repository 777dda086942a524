"""`Inventory`: what all records and packets say about the devices of the local network."""

import re
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Final

from botwarden.core.address import mac_value
from botwarden.core.device import AddressUse, Device, DhcpFingerprint
from botwarden.core.packet import PacketBatch
from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dhcp import DhcpRecord
from botwarden.core.records.dns import DnsRecord
from botwarden.core.records.http import HttpRecord
from botwarden.core.records.mqtt import MqttRecord
from botwarden.core.records.ssdp import SsdpRecord, UpnpRecord
from botwarden.core.records.ssh import SshRecord
from botwarden.core.records.ssl import SslRecord
from botwarden.core.records.telnet import TelnetRecord
from botwarden.core.text import printable
from botwarden.detect.inventory.addresses import AddressBook
from botwarden.detect.inventory.kind import guess, model
from botwarden.detect.inventory.profile import Profile

MAX_PROFILES: Final = 2048  # pairs of device and address that said something, of at most 30 kB each
_OLDEST: Final = 8  # of the pairs longest silent, the one heard of least makes room
MAX_LISTED: Final = 16  # addresses and domains that are told of a device

Key = tuple[int, str]
"""MAC (0: not known) and IP address ("": not known)."""


class Inventory:
    """Learns from records, in any order and from any source; `observe` adds what only packets show.

    Facts belong to a pair of MAC and address, and are put together for whatever turns out to be one device. Memory is
    bounded by the limits of this package.
    """

    def __init__(self, is_local: Callable[[str], bool]) -> None:
        """Know nobody. ``is_local`` : whether an address, as text, is on a local network."""
        self._is_local = is_local
        self._book = AddressBook(is_local)
        self._profiles: dict[Key, Profile] = {}
        self._observed = False

    def observe(self, batch: PacketBatch) -> None:
        """Learn from packets who has which address; to be called before their records come."""
        self._observed = True
        self._book.observe(batch)

    def update(self, record: Record) -> None:
        """Learn from a record; those of types that say nothing about devices are passed over."""
        hear = _HEAR.get(type(record))
        if hear is not None:
            hear(self, record)

    def describe(self, devices: Sequence[Device]) -> None:
        """Fill in what is known of devices, found by their ``mac``, or their ``ips`` where they have none.

        All devices of a capture at once: what is said at an address of a device without a MAC is not its router's.
        """
        without = {ip for device in devices if not device.mac for ip in device.ips}
        by_mac: dict[int, list[Key]] = {}
        by_ip: dict[str, list[Key]] = {}
        for key in self._profiles:
            by_mac.setdefault(key[0], []).append(key)
            by_ip.setdefault(key[1], []).append(key)
        uses: dict[int | str, list[AddressUse]] = {}
        for ip, use in self._book.uses():
            told = AddressUse(address=ip, first_ts=use.first_ts, last_ts=use.last_ts)
            uses.setdefault(ip if ip in without else use.mac, []).append(told)
        for device in devices:
            if device.mac:
                mac = mac_value(device.mac)
                keys = [key for key in by_mac.get(mac, ()) if key[1] not in without]
                keys += [(0, ip) for ip in device.ips if (0, ip) in self._profiles]
                _fill(device, self._whole(keys), uses.get(mac, []))
            else:
                found = [key for ip in device.ips for key in by_ip.get(ip, ())]
                _fill(device, self._whole(found), [use for ip in device.ips for use in uses.get(ip, ())])

    def _whole(self, keys: Sequence[Key]) -> Profile:
        whole = Profile()
        for key in keys:
            whole.merge(self._profiles[key])
        return whole

    def _of(self, ip: str, ts: float) -> Profile | None:
        """The profile of who has an address; None where it is not local."""
        return self._profile((self._book.mac(ip, ts), ip)) if self._is_local(ip) else None

    def _profile(self, key: Key) -> Profile:
        profile = self._profiles.pop(key, None)
        if profile is None:
            if len(self._profiles) >= MAX_PROFILES:
                oldest = islice(self._profiles.items(), _OLDEST)
                del self._profiles[min(oldest, key=lambda item: item[1].weight)[0]]
            profile = Profile()
        profile.weight += 1
        self._profiles[key] = profile
        return profile

    # -- one method per type of record ----------------------------------------------------------------------------

    def _conn(self, record: ConnRecord) -> None:
        if not self._observed:  # packets tell it better
            for ip, mac in ((record.orig_h, record.orig_l2_addr), (record.resp_h, record.resp_l2_addr)):
                if mac:
                    self._book.note(ip, _mac(mac), record.ts)
        if _served(record):
            profile = self._of(record.resp_h, record.ts)
            if profile is not None:
                profile.serve(record.proto, record.resp_p, record.ts, record.service, record.orig_h)

    def _dhcp(self, record: DhcpRecord) -> None:
        mac = _mac(record.mac or "")
        client = record.assigned_addr or record.client_addr
        if mac:
            if client:
                self._book.note(client, mac, record.ts)
            profile = self._profile((mac, ""))
            profile.call(record.host_name, "DHCP")
            profile.call(record.client_fqdn, "DHCP")
            if record.param_list or record.vendor_class:
                vendor_class = printable(record.vendor_class or "", 64) or None
                profile.dhcp = DhcpFingerprint(params=list(record.param_list or ()), vendor_class=vendor_class)
        if record.server_addr:
            server = self._of(record.server_addr, record.ts)
            if server is not None:
                server.say("roles", "DHCP server")

    def _dns(self, record: DnsRecord) -> None:
        profile = self._of(record.orig_h, record.ts)
        if profile is None:
            return
        if record.resp_p == _MDNS:
            _hear_mdns(profile, record)
        elif record.resp_p == _NETBIOS:
            if record.opcode == _REGISTRATION:
                profile.call(record.query, "NetBIOS")
        elif record.resp_p != _LLMNR and record.query and not record.query.endswith(_NOT_INTERNET):
            if "." in record.query:
                profile.ask(record.query)
            if record.answers:
                server = self._of(record.resp_h, record.ts)
                if server is not None:
                    server.say("roles", "DNS server")

    def _http(self, record: HttpRecord) -> None:
        client, server = self._of(record.orig_h, record.ts), self._of(record.resp_h, record.ts)
        if client is not None:
            client.say("agents", record.user_agent)
            host = _PORT.sub("", record.host or "")
            if server is None and host and not _ADDRESS.match(host):
                client.ask(host)
        if server is not None:
            server.say("banners", record.server)
            server.say("paths", (record.uri or "").partition("?")[0])

    def _ssl(self, record: SslRecord) -> None:
        client, server = self._of(record.orig_h, record.ts), self._of(record.resp_h, record.ts)
        if client is not None:
            client.say("ja4", record.ja4)
            client.say("ja3", record.ja3)
            if record.server_name and not _ADDRESS.match(record.server_name):
                client.ask(record.server_name)
        if server is not None:
            server.say("banners", record.subject)

    def _ssdp(self, record: SsdpRecord) -> None:
        if record.method == "M-SEARCH":
            profile = self._of(record.orig_h, record.ts)
            if profile is not None:
                profile.say("agents", record.user_agent)
            return
        where = _LOCATION.match(record.location or "")
        host = where[1].strip("[]") if where else ""
        sender = record.orig_h
        if host == record.resp_h or (not host and record.method == "RESPONSE" and record.resp_p == _SSDP):
            sender = record.resp_h
        profile = self._of(sender, record.ts)
        if profile is None or record.nts == "ssdp:byebye":
            return
        profile.say("banners", record.server)
        for text in (record.target, record.usn):
            found = _URN.search(text or "")
            if found:
                profile.say("announced", found[0])
        if where and host == sender and int(where[2] or 80) < 1 << 16:
            profile.serve("tcp", int(where[2] or 80), record.ts, None, None)

    def _upnp(self, record: UpnpRecord) -> None:
        profile = self._of(record.resp_h, record.ts) if record.kind == "description" else None
        if profile is None:
            return
        profile.call(record.friendly_name, "UPnP")
        maker, model = record.manufacturer or "", record.model_name or ""
        number = record.model_number or ""
        parts = [maker if maker.lower() not in model.lower() else "", model, number if number not in model else ""]
        profile.say("models", " ".join(part for part in parts if part))
        profile.say("announced", record.device_type)

    def _mqtt(self, record: MqttRecord) -> None:
        profile = self._of(record.orig_h, record.ts) if record.action == "connect" else None
        if profile is not None:
            profile.call(record.client_id, "MQTT")

    def _telnet(self, record: TelnetRecord) -> None:
        self._greet(record, record.banner)

    def _ssh(self, record: SshRecord) -> None:
        self._greet(record, record.server)

    def _greet(self, record: Any, text: str | None) -> None:
        profile = self._of(record.resp_h, record.ts)
        if profile is not None:
            profile.say("banners", text)


_HEAR: Final[dict[type[Record], Callable[[Inventory, Any], None]]] = {
    ConnRecord: Inventory._conn,
    DhcpRecord: Inventory._dhcp,
    DnsRecord: Inventory._dns,
    HttpRecord: Inventory._http,
    SslRecord: Inventory._ssl,
    SsdpRecord: Inventory._ssdp,
    UpnpRecord: Inventory._upnp,
    MqttRecord: Inventory._mqtt,
    TelnetRecord: Inventory._telnet,
    SshRecord: Inventory._ssh,
}

_MDNS: Final = 5353
_LLMNR: Final = 5355
_NETBIOS: Final = 137
_SSDP: Final = 1900
_CLIENTS: Final = frozenset({68, 546})  # UDP ports that clients of DHCP have, of both versions
_REGISTRATION: Final = 5  # opcode (RFC 1002, 4.2.1.1)
_NOT_INTERNET: Final = (".arpa", ".local", ".lan", ".localdomain", ".home", ".internal")
_PORT: Final = re.compile(r":\d{1,5}$")
_ADDRESS: Final = re.compile(r"^[\d.]+$|^\[?[0-9a-fA-F:]*:[0-9a-fA-F:]*\]?$")
_LOCATION: Final = re.compile(r"^https?://([\d.]{7,15}|\[[0-9a-fA-F:]{2,45}\])(?::(\d{1,5}))?(?:/|$)")
_URN: Final = re.compile(r"urn:[\w.-]{1,64}:(?:device|service):[\w.-]{1,64}:\d{1,3}")
_TEXT: Final = re.compile(r"TXT \d+ (md|fn|ty|model|am|product)=(.*?)(?= TXT \d+ |$)")
_TRANSPORTS: Final = ("_tcp", "_udp")


def _fill(device: Device, profile: Profile, uses: list[AddressUse]) -> None:
    device.addresses = sorted(uses, key=lambda use: (use.last_ts, use.address))[-MAX_LISTED:]
    device.host_names = list(profile.names)
    device.services = profile.services
    device.domains = sorted(profile.domains, key=lambda name: -profile.domains[name])[:MAX_LISTED]
    device.user_agents = list(profile.agents)
    device.banners = list(profile.banners)
    device.dhcp = profile.dhcp
    device.ja4, device.ja3 = list(profile.ja4), list(profile.ja3)
    device.model = model(profile)
    device.name = device.name or next((name.name for name in profile.names), None)
    device.guess = guess(profile, device.vendor, device.gateway)


def _mac(text: str) -> int:
    try:
        return mac_value(text)
    except ValueError:
        return 0


def _served(record: ConnRecord) -> bool:
    """Whether the responder was seen to answer as a server does; TCP: to its handshake."""
    if record.proto == "tcp":
        history = record.history or ""
        return history.startswith("S") and "h" in history and record.conn_state != "REJ"
    return record.proto == "udp" and record.resp_p not in _CLIENTS and bool(record.resp_bytes)


def _hear_mdns(profile: Profile, record: DnsRecord) -> None:
    """What a response says of its sender: service types, instances, host names, models."""
    if not record.answers:
        return
    for text in (record.query or "", *record.answers):
        if text.startswith("TXT "):
            for key, value in _TEXT.findall(text):
                if key == "fn":
                    profile.call(value, "mDNS")
                else:
                    profile.say("models", value.strip("()"))
        elif text.endswith(".local"):
            _hear_name(profile, text)


def _hear_name(profile: Profile, text: str) -> None:
    labels = text.split(".")[:-1]
    if len(labels) == 1:
        profile.call(labels[0], "mDNS")
    elif len(labels) >= 2 and labels[-1] in _TRANSPORTS and labels[-2].startswith("_"):
        if labels[-2] == "_dns-sd":  # the question which types there are
            return
        profile.say("announced", f"{labels[-2]}.{labels[-1]}")
        if len(labels) > 2 and not labels[-3].startswith("_"):
            profile.call(".".join(labels[:-2]), "mDNS")

"""`DhcpAnalyzer`: who asked for an address, as what, and what was answered, joined over connections."""

from dataclasses import dataclass, field
from typing import ClassVar, Final

from botwarden.core.address import mac_text
from botwarden.core.records.dhcp import DhcpRecord
from botwarden.protocols.analyzer import Flow, Session
from botwarden.protocols.dhcp import MESSAGE_TYPES, DhcpMessage, is_dhcp, parse_dhcp

MAX_EXCHANGES: Final = 1024
"""Transactions that are followed at a time. A starvation attack makes up identifiers: the oldest make room."""

# as in Zeek: looked at after 10 s, then every 5 s; over when silent for more than 5 s, or older than 30 s
_FIRST_LOOK: Final = 10.0
_LOOK_AGAIN: Final = 5.0
_SILENCE: Final = 5.0
_MAX_AGE: Final = 30.0

_NO_ADDRESS: Final = frozenset({"0.0.0.0", "255.255.255.255"})  # noqa: S104 - nothing is bound to it


class DhcpAnalyzer:
    """Hands the messages of a connection to `DhcpExchanges`, which joins them."""

    name: ClassVar[str] = "dhcp"
    tcp_ports: ClassVar[frozenset[int]] = frozenset()
    udp_ports: ClassVar[frozenset[int]] = frozenset({67, 68, 4011})

    __slots__ = ("_flow",)

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        self._flow = flow

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """By the cookie."""
        return proto == "udp" and is_dhcp(head)

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """One datagram."""
        message = parse_dhcp(data)
        if message is None:
            self._flow.done = not self._flow.services
            return
        self._flow.confirm(self.name)
        self._flow.session.shared(DhcpExchanges, _exchanges).add(ts, self._flow, is_orig, message)

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """There are none between datagrams."""

    def eof(self, ts: float, is_orig: bool) -> None:
        """There is none over UDP."""

    def end(self, ts: float) -> None:
        """Nothing is pending here: an exchange ends by its own clock."""


@dataclass(slots=True)
class _Exchange:
    """What the messages of one transaction said so far. Fields are those of `DhcpRecord`."""

    ts: float
    last_ts: float
    look_at: float
    uids: list[str] = field(default_factory=list)
    msg_types: list[str] = field(default_factory=list)
    client_addr: str | None = None
    server_addr: str | None = None
    mac: int = 0
    chaddr: int = 0
    """What the client's messages have as hardware address; the last resort, as in Zeek."""
    host_name: str | None = None
    client_fqdn: str | None = None
    domain: str | None = None
    requested_addr: str | None = None
    assigned_addr: str | None = None
    lease_time: float | None = None
    client_message: str | None = None
    server_message: str | None = None
    circuit_id: str | None = None
    agent_remote_id: str | None = None
    subscriber_id: str | None = None
    vendor_class: str | None = None
    param_list: tuple[int, ...] = ()
    client_options: tuple[int, ...] = ()

    def hear_client(self, sender: str, message: DhcpMessage) -> None:
        address = message.client_addr if message.relayed else sender
        if address and address not in _NO_ADDRESS:
            self.client_addr = address
        self.host_name = message.host_name or self.host_name
        self.client_fqdn = message.client_fqdn or self.client_fqdn
        self.requested_addr = message.requested_addr or self.requested_addr
        self.client_message = message.message or self.client_message
        self.mac = message.client_id or self.mac
        if not message.client_id:
            self.chaddr = message.mac or self.chaddr
        self.vendor_class = self.vendor_class or message.vendor_class
        self.param_list = self.param_list or message.param_list
        self.client_options = self.client_options or message.options

    def hear_server(self, sender: str, message: DhcpMessage) -> None:
        if message.assigned_addr:
            self.server_addr = sender
            self.assigned_addr = message.assigned_addr
        self.mac = self.mac or message.mac
        self.client_addr = self.client_addr or self.assigned_addr
        self.domain = message.domain or self.domain
        self.server_message = message.message or self.server_message
        if message.lease_time is not None:
            self.lease_time = message.lease_time

    def over(self, now: float) -> bool:
        """Whether nothing more is to be expected."""
        if now < self.look_at:
            return False
        if now - self.last_ts > _SILENCE or now - self.ts > _MAX_AGE:
            return True
        self.look_at = now + _LOOK_AGAIN
        return False


class DhcpExchanges:
    """Joins messages by their transaction identifier, whichever connections they are on.

    max_uids, max_messages : a record with so many connections or messages is written, and a new one begun
    """

    def __init__(self, session: Session, max_uids: int, max_messages: int) -> None:
        """Know no transaction."""
        self._session = session
        self._max_uids = max_uids
        self._max_messages = max_messages
        self._exchanges: dict[int, _Exchange] = {}

    def add(self, ts: float, flow: Flow, is_orig: bool, message: DhcpMessage) -> None:
        """Take a message that one end of a connection sent."""
        exchange = self._exchange(ts, message.xid)
        exchange.last_ts = ts
        if flow.uid not in exchange.uids:
            exchange.uids.append(flow.uid)
        kind = message.msg_type
        exchange.msg_types.append(MESSAGE_TYPES.get(kind) or f"unknown-message-type-{kind}")
        sender = flow.orig_h if is_orig else flow.resp_h
        if message.from_client:
            exchange.hear_client(sender, message)
        else:
            exchange.hear_server(sender, message)
        exchange.circuit_id = message.circuit_id or exchange.circuit_id
        exchange.agent_remote_id = message.agent_remote_id or exchange.agent_remote_id
        exchange.subscriber_id = message.subscriber_id or exchange.subscriber_id
        if len(exchange.uids) >= self._max_uids or len(exchange.msg_types) >= self._max_messages:
            del self._exchanges[message.xid]
            self._write(exchange)

    def tick(self, now: float) -> None:
        """Write the transactions that are over."""
        over = [xid for xid, exchange in self._exchanges.items() if exchange.over(now)]
        for xid in over:
            self._write(self._exchanges.pop(xid))

    def end(self, now: float) -> None:
        """Write them all."""
        for exchange in self._exchanges.values():
            self._write(exchange)
        self._exchanges.clear()

    def _exchange(self, ts: float, xid: int) -> _Exchange:
        """The transaction that a message at ``ts`` belongs to."""
        exchange = self._exchanges.get(xid)
        if exchange is not None and exchange.over(ts):
            self._write(self._exchanges.pop(xid))
            exchange = None
        if exchange is None:
            if len(self._exchanges) >= MAX_EXCHANGES:
                self._write(self._exchanges.pop(next(iter(self._exchanges))))
            exchange = self._exchanges[xid] = _Exchange(ts, ts, ts + _FIRST_LOOK)
        return exchange

    def _write(self, exchange: _Exchange) -> None:
        mac = exchange.mac or exchange.chaddr
        self._session.write(
            DhcpRecord(
                ts=exchange.ts,
                uids=tuple(exchange.uids),
                client_addr=exchange.client_addr,
                server_addr=exchange.server_addr,
                mac=mac_text(mac) if mac else None,
                host_name=exchange.host_name,
                client_fqdn=exchange.client_fqdn,
                domain=exchange.domain,
                requested_addr=exchange.requested_addr,
                assigned_addr=exchange.assigned_addr,
                lease_time=exchange.lease_time,
                client_message=exchange.client_message,
                server_message=exchange.server_message,
                msg_types=tuple(exchange.msg_types),
                duration=exchange.last_ts - exchange.ts,
                circuit_id=exchange.circuit_id,
                agent_remote_id=exchange.agent_remote_id,
                subscriber_id=exchange.subscriber_id,
                vendor_class=exchange.vendor_class,
                param_list=exchange.param_list or None,
                client_options=exchange.client_options or None,
            )
        )


def _exchanges(session: Session) -> DhcpExchanges:
    return DhcpExchanges(session, session.settings.dhcp_max_uids, session.settings.dhcp_max_messages)

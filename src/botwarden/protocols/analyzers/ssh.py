"""``ssh.log``: what both sides run and agree on, and whether anyone got in."""

from typing import ClassVar, Final

from botwarden.core.records.ssh import SshRecord
from botwarden.protocols import ssh
from botwarden.protocols.analyzer import Flow
from botwarden.protocols.ssh_login import Login

MAX_CLEAR: Final = 100
"""Messages in the clear; a key exchange takes eight."""
MAX_QUIET: Final = 65_536
"""Encrypted bytes of which nothing can be learned, after which the flow is left alone."""


class SshAnalyzer:
    """The record is written when a login succeeded, else at the end of the connection."""

    name: ClassVar[str] = "ssh"
    tcp_ports: ClassVar[frozenset[int]] = frozenset({22})
    udp_ports: ClassVar[frozenset[int]] = frozenset()

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        self._flow = flow
        self._ts: float | None = None
        self._sides = {True: ssh.Side(), False: ssh.Side()}
        self._client_is_orig = True
        self._banners: dict[bool, str] = {}  # by whether the originator said it
        self._offers: dict[bool, ssh.KeyExchangeInit] = {}
        self._host_key: bytes | None = None
        self._chosen: ssh.Algorithms | None = None
        self._login: Login | None = None
        self._blind = False  # whether a direction was lost before its keys were changed
        self._clear = 0
        self._quiet = 0

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """A banner."""
        return ssh.starts_ssh(head) if proto == "tcp" else False

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """The next bytes of a direction."""
        for kind, content in self._sides[is_orig].feed(data):
            if kind == ssh.ENCRYPTED:
                self._encrypted(ts, is_orig, content, len(content))
            elif kind == ssh.BANNER:
                self._banner(ts, is_orig, content)
            elif kind == ssh.BROKEN:
                self._finish()
            else:
                self._message(is_orig, kind, content)
            if self._flow.done:
                return

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """Bytes that were not captured: among encrypted ones their number is enough."""
        if self._sides[is_orig].gap(size) == ssh.ENCRYPTED:
            self._encrypted(ts, is_orig, None, size)
        elif self._blind:
            self._finish()
        else:
            self._blind = True

    def eof(self, ts: float, is_orig: bool) -> None:
        """A direction is over."""
        if self._login is not None:
            self._login.eof(ts, is_orig == self._client_is_orig)

    def end(self, ts: float) -> None:
        """Write what is known."""
        if self._login is not None:
            self._login.end()
        self._finish()

    def _banner(self, ts: float, is_orig: bool, line: bytes) -> None:
        if self._ts is None:
            self._ts = ts
        self._banners[is_orig] = line.decode("utf-8", "backslashreplace")
        self._flow.confirm(self.name)
        if ssh.version(self._banners.get(True), self._banners.get(False)) in (0, 1):
            self._finish()  # SSH 1 is not followed

    def _message(self, is_orig: bool, kind: int, content: bytes) -> None:
        self._clear += 1
        if self._clear > MAX_CLEAR:
            self._finish()
        elif kind == ssh.KEXINIT and is_orig not in self._offers:
            offer = ssh.parse_kexinit(content)
            if offer is not None:
                self._offers[is_orig] = offer
        elif kind in (ssh.KEX_INIT, ssh.GEX_REQUEST):
            self._client_is_orig = is_orig
        elif kind in (ssh.KEX_REPLY, ssh.GEX_REPLY) and self._host_key is None:
            self._client_is_orig = not is_orig
            self._choose()
            chosen = self._chosen
            grouped = chosen is not None and "group-exchange" in (chosen.kex or "")
            if grouped == (kind == ssh.GEX_REPLY):
                self._host_key = ssh.parse_host_key(content)

    def _choose(self) -> None:
        client = self._offers.get(self._client_is_orig)
        server = self._offers.get(not self._client_is_orig)
        if self._chosen is None and client is not None and server is not None:
            self._chosen = ssh.agree(client, server)

    def _encrypted(self, ts: float, is_orig: bool, data: bytes | None, size: int) -> None:
        if self._login is None:
            self._choose()
            if self._chosen is not None:
                self._login = Login(self._chosen)
        login = self._login
        if login is not None and not login.decided and not self._blind:
            login.data(ts, is_orig == self._client_is_orig, data, size)
            if login.success:
                self._finish()
            return
        self._quiet += size
        if self._quiet > MAX_QUIET:
            self._finish()

    def _finish(self) -> None:
        if self._banners and not self._flow.done:
            self._flow.write(self._record())
        self._flow.done = True

    def _record(self) -> SshRecord:
        flow, login = self._flow, self._login
        self._choose()
        chosen = self._chosen
        client = self._banners.get(self._client_is_orig)
        server = self._banners.get(not self._client_is_orig)
        offers = self._offers.get(self._client_is_orig), self._offers.get(not self._client_is_orig)
        return SshRecord(
            ts=self._ts or flow.ts,
            **flow.id,
            version=ssh.version(client, server),
            auth_success=login.success if login else None,
            auth_attempts=login.attempts if login else 0,
            direction=self._direction(),
            client=client,
            server=server,
            cipher_alg=_both(chosen.ciphers) if chosen else None,
            mac_alg=_both(chosen.macs) if chosen else None,
            compression_alg=_both(chosen.compression) if chosen else None,
            kex_alg=chosen.kex if chosen else None,
            host_key_alg=chosen.host_key if chosen else None,
            host_key=ssh.fingerprint(self._host_key) if self._host_key else None,
            hassh=ssh.hassh(offers[0]) if offers[0] else None,
            hassh_server=ssh.hassh_server(offers[1]) if offers[1] else None,
        )

    def _direction(self) -> str | None:
        is_local = self._flow.session.is_local
        orig, resp = is_local(self._flow.orig_h), is_local(self._flow.resp_h)
        if orig and resp:
            return "LOCAL"
        return "OUTBOUND" if orig else "INBOUND" if resp else None


def _both(pair: tuple[str | None, str | None]) -> str | None:
    """One name where both directions have the same."""
    to_server, to_client = pair
    return to_server if to_server == to_client else f"To server: {to_server}, to client: {to_client}"

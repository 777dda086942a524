"""How a TLS or DTLS handshake goes: from messages in the order of the capture to one `SslRecord`, as Zeek tells it.

Zeek's rules (its ssl scripts and analyzer): encryption of a direction begins with its ChangeCipherSpec or, in TLS 1.3,
with its first application data; the handshake is complete with the first encrypted record after both have begun.
"""

import hashlib
from functools import lru_cache
from typing import Any, Final

from botwarden.core.records.ssl import SslRecord
from botwarden.protocols import hellos, ja, tls
from botwarden.protocols.tls_names import DTLSV13, TLSV13, alert_name, cipher_name, group_name, version_name
from botwarden.protocols.x509 import Certificate, parse_certificate

MAX_HISTORY: Final = 100
"""Letters of ``ssl_history``, as in Zeek."""
MAX_SAN: Final = 100
"""Host names of a certificate that are written down; all are compared with the name asked for."""

MAX_KNOWN: Final = 8_192
"""Bytes of certificates that are remembered: devices keep coming to the same few servers."""
_known_certificate: Final = lru_cache(maxsize=128)(parse_certificate)

_LETTERS: Final = {
    0: "h", 1: "c", 2: "s", 3: "v", 4: "t", 5: "e", 6: "j", 8: "o", 11: "x", 12: "k", 13: "r", 14: "n", 15: "y",
    16: "g", 20: "f", 21: "w", 22: "u", 23: "a", 24: "p", 254: "m",
}  # fmt: skip
"""Zeek's letter for each handshake type."""


class Handshake:
    """One handshake in progress.

    transport : ``t`` for TCP, ``d`` for DTLS, as in JA4
    ts : time of its first message; None before that
    established : whether it is complete
    seen_hello : whether a hello of either side was read
    """

    def __init__(self, transport: str) -> None:
        """Before the first message."""
        self.ts: float | None = None
        self.established = False
        self.seen_hello = False
        self._transport = transport
        self._flipped = False
        self._history = ""
        self._encrypted = {True: False, False: False}  # by whether it is the client's direction
        self._client: hellos.ClientHello | None = None
        self._session_id = b""  # offered by the client
        self._ticket_only = False
        self._client_keys = False
        self._client_psk = False
        self._version: int | None = None
        self._cipher: int | None = None
        self._certificate: Certificate | None = None
        self._chains: dict[bool, tuple[str, ...]] = {True: (), False: ()}
        self._fields: dict[str, Any] = {}

    def message(self, ts: float, is_orig: bool, kind: int, body: bytes | None) -> None:
        """Take a handshake message in the clear; ``body`` is None for one that is not read."""
        if not self.seen_hello:
            self._look_who_asks(is_orig, kind)
        self._begin(ts)
        is_client = is_orig != self._flipped
        letter = _LETTERS.get(kind, "z")
        if body is not None:
            if kind == tls.CLIENT_HELLO:
                self._client_hello(hellos.parse_client_hello(body, self._transport == "d"))
            elif kind == tls.SERVER_HELLO:
                letter = self._server_hello(hellos.parse_server_hello(body))
            elif kind == tls.HELLO_RETRY:
                self._server_hello(hellos.parse_retry(body))
            elif kind == tls.CERTIFICATE:
                self._certificates(is_client, hellos.parse_certificates(body))
            elif kind == tls.SERVER_KEY_EXCHANGE:
                self._key_exchange(body)
        if kind == tls.CLIENT_KEY_EXCHANGE and is_client:
            self._client_keys = True
        self._add(is_client, letter)

    def change_cipher(self, ts: float, is_orig: bool) -> None:
        """A direction changes its keys."""
        self._begin(ts)
        is_client = is_orig != self._flipped
        self._encrypted[is_client] = True
        self._add(is_client, "i")
        if is_client and self._ticket_only and not self._client_keys:
            self._fields["resumed"] = True

    def alert(self, ts: float, is_orig: bool, body: bytes) -> None:
        """An alert record in the clear: two bytes an alert."""
        self._begin(ts)
        for at in range(1, len(body), 2):
            self._add(is_orig != self._flipped, "l")
            self._fields["last_alert"] = alert_name(body[at])

    def heartbeat(self, ts: float, is_orig: bool) -> None:
        """A heartbeat in the clear (RFC 6520)."""
        self._begin(ts)
        self._add(is_orig != self._flipped, "b")

    def ciphertext(self, is_orig: bool) -> None:
        """An encrypted record."""
        self._encrypted[is_orig != self._flipped] = True
        self.established = all(self._encrypted.values())

    def encrypts_data(self) -> bool:
        """Whether application data of now is encrypted although no cipher was changed: from TLS 1.3 on it is."""
        return self._version is not None and (self._version > 0x0303 or self._version == DTLSV13)

    def v2_message(self, ts: float, is_orig: bool, body: bytes) -> None:
        """Take a message of SSLv2, from its type on."""
        kind = body[0] if body else -1
        if kind == tls.V2_CLIENT_HELLO:
            self._look_who_asks(is_orig, tls.CLIENT_HELLO)
            self._begin(ts)
            self._client_hello(hellos.parse_v2_client_hello(body))
            self._add(True, "c")
        elif kind == tls.V2_SERVER_HELLO:
            self._begin(ts)
            self._v2_server_hello(body)
        elif kind == tls.V2_CLIENT_MASTER_KEY:
            self.established = self.seen_hello
        elif kind == tls.V2_ERROR and len(body) >= 3:
            self.alert(ts, is_orig, body[1:3])

    def record(self, ids: dict[str, Any]) -> SslRecord:
        """All that was seen; ``ids`` are the fields of `botwarden.protocols.analyzer.Flow.id`."""
        chains = any(self._chains.values())
        return SslRecord(
            ts=self.ts or 0.0,
            **ids,
            version=None if self._version is None else version_name(self._version),
            cipher=None if self._cipher is None else cipher_name(self._cipher),
            established=self.established,
            ssl_history=self._history or None,
            cert_chain_fps=self._chains[False] if chains else None,
            client_cert_chain_fps=self._chains[True] if chains else None,
            **self._fields,
            **self._from_client(),
            **self._from_certificate(),
        )

    def _begin(self, ts: float) -> None:
        if self.ts is None:
            self.ts = ts

    def _add(self, is_client: bool, letter: str) -> None:
        if len(self._history) < MAX_HISTORY:
            self._history += letter.upper() if is_client else letter

    def _look_who_asks(self, is_orig: bool, kind: int) -> None:
        """Who sends the first hello may be who answered the connection, as after STUN."""
        if kind == tls.CLIENT_HELLO:
            self._flipped = not is_orig
        elif kind == tls.SERVER_HELLO:
            self._flipped = is_orig
        else:
            return
        if self._flipped:
            self._encrypted = {True: self._encrypted[False], False: self._encrypted[True]}
            self._history += "^"

    def _client_hello(self, hello: hellos.ClientHello | None) -> None:
        if hello is None:
            return
        self.seen_hello = True
        if any(hello.session_id):  # all zeros would be no session
            self._session_id = hello.session_id
        self._ticket_only = hello.ticket and not any(hello.session_id)
        self._client_psk |= hello.psk
        if self._client is None:
            self._client = hello

    def _server_hello(self, hello: hellos.ServerHello | None) -> str:
        if hello is None:
            return "s"
        self.seen_hello = True
        if hello.selected_version is not None:
            self._version = hello.selected_version
        elif self._version is None:
            self._version = hello.version
        self._cipher = hello.cipher
        if hello.group is not None:
            self._fields["curve"] = group_name(hello.group)
        if hello.alpn is not None:
            self._fields["next_protocol"] = hello.alpn.decode("utf-8", "backslashreplace")
        modern = self._version in (TLSV13, DTLSV13) or self._version >> 8 == 0x7F
        same = bool(self._session_id) and hello.session_id == self._session_id
        if (same and not modern) or (hello.psk and self._client_psk):
            self._fields["resumed"] = True
        if hello.retry:
            return "j"
        self._fields["ja3s"] = ja.ja3s(hello)
        return "s"

    def _v2_server_hello(self, body: bytes) -> None:
        found = hellos.parse_v2_server_hello(body)
        if found is None:
            return
        self.seen_hello = True
        self._version, self._cipher, certificate = found
        self._certificates(False, [certificate] if certificate else [])
        self._add(False, "s")

    def _certificates(self, is_client: bool, chain: list[bytes]) -> None:
        if not chain or self._chains[is_client]:
            return
        self._chains[is_client] = tuple(hashlib.sha256(der).hexdigest() for der in chain)
        if not is_client:
            self._certificate = (_known_certificate if len(chain[0]) <= MAX_KNOWN else parse_certificate)(chain[0])

    def _key_exchange(self, body: bytes) -> None:
        name = cipher_name(self._cipher or 0)
        if "_ECDH" in name:
            curve = hellos.parse_curve(body, with_hint="_PSK_" in name)
            if curve is not None:
                self._fields["curve"] = group_name(curve)

    def _from_client(self) -> dict[str, Any]:
        hello = self._client
        if hello is None:
            return {}
        protocols = tuple(protocol.decode("utf-8", "backslashreplace") for protocol in hello.alpn)
        return {
            "server_name": hello.server_name,
            "client_alpn": protocols or None,
            "ja3": ja.ja3(hello),
            "ja4": ja.ja4(hello, self._transport),
        }

    def _from_certificate(self) -> dict[str, Any]:
        certificate = self._certificate
        if certificate is None:
            return {}
        name = self._client.server_name if self._client else None
        return {
            "sni_matches_cert": None if name is None else certificate.covers(name),
            "subject": certificate.subject,
            "issuer": certificate.issuer,
            "san_dns": certificate.dns_names[:MAX_SAN] or None,
            "not_valid_after": certificate.not_valid_after,
        }

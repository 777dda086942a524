"""``ssl.log``: TLS handshakes, over TCP and, as DTLS, over UDP."""

from typing import Annotated, ClassVar

from botwarden.core.record import Bool, Ecs, Text, TextList, UidRecord


class SslRecord(UidRecord, frozen=True, kw_only=True):
    """One handshake. Zeek's ssl.log, with certificate names and fingerprints of the hellos at its end.

    ``ts`` is the time of its first message, as in Zeek: after STARTTLS well behind that of the connection.
    """

    path: ClassVar[str] = "ssl"

    version: Annotated[Text | None, Ecs("tls.version")] = None
    """TLSv12, TLSv13 …, as the server chose it."""
    cipher: Annotated[Text | None, Ecs("tls.cipher")] = None
    """The cipher suite that the server chose, by its IANA name."""
    curve: Annotated[Text | None, Ecs("tls.curve")] = None
    """The elliptic curve or group of the key exchange."""
    server_name: Annotated[Text | None, Ecs("tls.client.server_name")] = None
    """The name that the client asked for (SNI)."""
    resumed: Annotated[Bool, Ecs("tls.resumed")] = False
    """Whether an earlier session was resumed."""
    last_alert: Text | None = None
    """The last alert in clear."""
    next_protocol: Annotated[Text | None, Ecs("tls.next_protocol")] = None
    """The application protocol that the server chose (ALPN)."""
    established: Annotated[Bool, Ecs("tls.established")] = False
    """Whether the handshake was completed."""
    ssl_history: Text | None = None
    """Handshake messages, a letter each as in Zeek, upper case for the client; ``^``: who answered is the client."""
    cert_chain_fps: TextList | None = None
    """SHA-256 of the server's certificates."""
    client_cert_chain_fps: TextList | None = None
    """SHA-256 of the client's certificates."""
    sni_matches_cert: Bool | None = None
    """Whether the server's certificate covers the name asked for."""
    subject: Annotated[Text | None, Ecs("tls.server.subject")] = None
    """Subject of the server's certificate (TLS 1.2 and older; later ones are encrypted)."""
    issuer: Annotated[Text | None, Ecs("tls.server.issuer")] = None
    """Who issued it; equal to the subject where it is self-signed."""
    san_dns: TextList | None = None
    """Host names that it covers."""
    not_valid_after: Text | None = None
    """When it ends, ISO 8601, UTC."""
    client_alpn: TextList | None = None
    """Application protocols that the client offered."""
    ja3: Annotated[Text | None, Ecs("tls.client.ja3")] = None
    """JA3 of the client's hello, an MD5."""
    ja3s: Annotated[Text | None, Ecs("tls.server.ja3s")] = None
    """JA3S of the server's hello."""
    ja4: Text | None = None
    """JA4 of the client's hello."""

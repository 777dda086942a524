"""``ssh.log``: SSH connections."""

from typing import ClassVar

from botwarden.core.record import Bool, Count, Enum, Text, UidRecord


class SshRecord(UidRecord, frozen=True, kw_only=True):
    """One SSH connection. Zeek's ssh.log; ``ts`` is the time of the first banner."""

    path: ClassVar[str] = "ssh"

    version: Count | None = None
    """Major version of the protocol; 0 where the banners have none in common."""
    auth_success: Bool | None = None
    """Whether a login succeeded, as guessed from sizes; None where that cannot be told."""
    auth_attempts: Count = 0
    """Logins tried, as guessed from sizes; asking for the list of methods counts for none."""
    direction: Enum | None = None
    """INBOUND, OUTBOUND or LOCAL, seen from the local network; None where neither end is local."""
    client: Text | None = None
    """Banner of the client."""
    server: Text | None = None
    """Banner of the server."""
    cipher_alg: Text | None = None
    """Chosen cipher."""
    mac_alg: Text | None = None
    """Chosen message authentication."""
    compression_alg: Text | None = None
    """Chosen compression."""
    kex_alg: Text | None = None
    """Chosen key exchange."""
    host_key_alg: Text | None = None
    """Algorithm of the host key."""
    host_key: Text | None = None
    """MD5 fingerprint of the server's host key."""
    hassh: Text | None = None
    """HASSH of the client's key exchange, an MD5."""
    hassh_server: Text | None = None
    """HASSH of the server's."""

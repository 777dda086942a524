"""``telnet.log``: telnet sessions, on any port."""

from typing import Annotated, ClassVar

from botwarden.core.record import Bool, Count, Ecs, Text, TextList, TextSet, Time, UidRecord


class TelnetRecord(UidRecord, frozen=True, kw_only=True):
    """One telnet session. Zeek has no such log; passwords are never in it."""

    path: ClassVar[str] = "telnet"

    attempts: Count = 0
    """Logins tried: user name, password or both were sent. What bots type on without looking, as ``enable`` and
    ``shell`` at a login prompt, is none."""
    passwords: Count = 0
    """Passwords sent, those for ``su`` and ``enable`` included."""
    users: TextList | None = None
    """User names tried, each once, in their order."""
    user: Annotated[Text | None, Ecs("user.name")] = None
    """The name of the login that succeeded, else the last one tried."""
    dictionary: TextSet | None = None
    """Known password lists that hold one of the pairs tried: ``mirai``, ``default``."""
    dictionary_attempts: Count = 0
    """Logins whose pair is in one of them."""
    refused: Count = 0
    """Logins that the server refused in words, or by asking again."""
    success: Bool | None = None
    """Whether a login succeeded: a shell prompt or output after the password; None where that cannot be told."""
    success_dictionary: TextSet | None = None
    """Known password lists that hold the pair that succeeded."""
    login_ts: Time | None = None
    """When it succeeded."""
    banner: Text | None = None
    """First line that the server says; the prompt itself only where it names the host: ``garage-dvr login:``."""
    commands: TextList | None = None
    """First lines typed after the login, or with no login asked for, without control characters; 32 at most."""
    tokens: TextList | None = None
    """Words that the client asked the shell for to tell a real one by its answer, as bots do: ``ECCHI`` in
    ``/bin/busybox ECCHI``; also those typed where no shell listened."""
    negotiated: Bool = False
    """Whether telnet options were negotiated (RFC 854)."""

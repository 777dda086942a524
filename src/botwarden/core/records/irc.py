"""``irc.log``: IRC commands as Zeek logs them; ``irc_message.log``: what was said."""

from typing import Annotated, ClassVar

from botwarden.core.record import Bool, Count, Ecs, Text, UidRecord


class IrcRecord(UidRecord, frozen=True, kw_only=True):
    """One NICK, USER or JOIN, or a file offered over DCC. Zeek's irc.log."""

    path: ClassVar[str] = "irc"

    nick: Annotated[Text | None, Ecs("user.name")] = None
    """Nickname of the client."""
    user: Text | None = None
    """User name of the client."""
    command: Text | None = None
    """NICK, USER, JOIN."""
    value: Text | None = None
    """Its first argument."""
    addl: Text | None = None
    """What else it says."""
    dcc_file_name: Text | None = None
    """Name of a file offered over DCC."""
    dcc_file_size: Count | None = None
    """Its size."""
    dcc_mime_type: Text | None = None
    """Its type by first bytes."""
    fuid: Text | None = None
    """The file in files.log."""


class IrcMessageRecord(UidRecord, frozen=True, kw_only=True):
    """One PRIVMSG, NOTICE or TOPIC: how IRC bots are ordered about. At most 64 a connection.

    The bare lines between BASHLITE and its controller are told in the same way, as ORDER and REPORT.
    """

    path: ClassVar[str] = "irc_message"

    is_orig: Bool
    """Whether the client said it."""
    command: Text
    """PRIVMSG, NOTICE, TOPIC, ORDER or REPORT."""
    sender: Text | None = None
    """Nickname of who said it."""
    target: Text | None = None
    """Channel or nickname."""
    text: Text | None = None
    """Its first 200 characters."""

"""``ftp.log``: FTP commands about files, and logins."""

from typing import Annotated, ClassVar

from botwarden.core.record import Addr, Bool, Count, Ecs, Port, Text, TextSet, UidRecord

_CHANNEL = {f"data_{name}": f"data_channel.{name}" for name in ("passive", "orig_h", "resp_h", "resp_p")}
_ID = {name: f"id.{name}" for name in ("orig_h", "orig_p", "resp_h", "resp_p")}


class FtpRecord(UidRecord, frozen=True, kw_only=True, rename=_ID | _CHANNEL):
    """One command with its reply: those that Zeek's ftp.log has, PASS, and USER where no password was asked for."""

    path: ClassVar[str] = "ftp"

    user: Annotated[Text | None, Ecs("user.name")] = None
    """User name given before."""
    password: Text | None = None
    """Always absent: passwords are not stored."""
    command: Text | None = None
    """In capitals."""
    arg: Text | None = None
    """Its argument; a file's as a URL; absent where it is secret (PASS, ACCT)."""
    mime_type: Text | None = None
    """Type of the file by its first bytes."""
    file_size: Count | None = None
    """As the server says it."""
    reply_code: Count | None = None
    """Of the last line of the reply."""
    reply_msg: Text | None = None
    """Its words, a password in them hidden."""
    data_passive: Bool | None = None
    """Whether the client opens the data connection."""
    data_orig_h: Addr | None = None
    """Who will open it."""
    data_resp_h: Addr | None = None
    """Who will be connected to."""
    data_resp_p: Port | None = None
    """Its port."""
    fuid: Text | None = None
    """The file in files.log."""
    dictionary: TextSet | None = None
    """Known password lists that hold the login (PASS)."""

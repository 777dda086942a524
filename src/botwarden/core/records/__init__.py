"""The logs: a record type each, and `RECORDS`, the list of them all."""

from typing import Final

from botwarden.core.record import Record
from botwarden.core.records.coap import CoapRecord
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dhcp import DhcpRecord
from botwarden.core.records.dns import DnsRecord
from botwarden.core.records.files import FileRecord
from botwarden.core.records.ftp import FtpRecord
from botwarden.core.records.http import HttpRecord
from botwarden.core.records.irc import IrcMessageRecord, IrcRecord
from botwarden.core.records.mqtt import MqttRecord
from botwarden.core.records.notice import NoticeRecord
from botwarden.core.records.ntp import NtpRecord
from botwarden.core.records.ssdp import SsdpRecord, UpnpRecord
from botwarden.core.records.ssh import SshRecord
from botwarden.core.records.ssl import SslRecord
from botwarden.core.records.telnet import TelnetRecord
from botwarden.core.records.tftp import TftpRecord
from botwarden.core.records.weird import WeirdRecord

_TYPES: Final[tuple[type[Record], ...]] = (
    ConnRecord,
    DnsRecord,
    HttpRecord,
    SslRecord,
    SshRecord,
    TelnetRecord,
    FtpRecord,
    IrcRecord,
    IrcMessageRecord,
    MqttRecord,
    CoapRecord,
    DhcpRecord,
    SsdpRecord,
    UpnpRecord,
    NtpRecord,
    TftpRecord,
    FileRecord,
    WeirdRecord,
    NoticeRecord,
)

RECORDS: Final[dict[str, type[Record]]] = {record.path: record for record in _TYPES}
"""Every record type by the name of its log."""

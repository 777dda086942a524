"""Which analyzers there are, in the order in which they look at a connection's first bytes: the strictest first."""

from typing import Final

from botwarden.protocols.analyzer import Analyzer
from botwarden.protocols.analyzers.bashlite import BashliteAnalyzer
from botwarden.protocols.analyzers.coap import CoapAnalyzer
from botwarden.protocols.analyzers.dhcp import DhcpAnalyzer
from botwarden.protocols.analyzers.dns import DnsAnalyzer
from botwarden.protocols.analyzers.dtls import DtlsAnalyzer
from botwarden.protocols.analyzers.ftp import FtpAnalyzer, FtpDataAnalyzer
from botwarden.protocols.analyzers.http import HttpAnalyzer
from botwarden.protocols.analyzers.irc import IrcAnalyzer, IrcDataAnalyzer
from botwarden.protocols.analyzers.known import KNOWN_ANALYZERS
from botwarden.protocols.analyzers.mqtt import MqttAnalyzer
from botwarden.protocols.analyzers.natpmp import NatPmpAnalyzer
from botwarden.protocols.analyzers.ntp import NtpAnalyzer
from botwarden.protocols.analyzers.quic import QuicAnalyzer
from botwarden.protocols.analyzers.ssdp import SsdpAnalyzer
from botwarden.protocols.analyzers.ssh import SshAnalyzer
from botwarden.protocols.analyzers.ssl import SslAnalyzer
from botwarden.protocols.analyzers.stun import StunAnalyzer
from botwarden.protocols.analyzers.telnet import TelnetAnalyzer
from botwarden.protocols.analyzers.tftp import TftpAnalyzer

ANALYZERS: Final[tuple[type[Analyzer], ...]] = (
    SslAnalyzer,
    SshAnalyzer,
    QuicAnalyzer,
    DtlsAnalyzer,
    StunAnalyzer,
    SsdpAnalyzer,
    HttpAnalyzer,
    MqttAnalyzer,
    BashliteAnalyzer,
    DhcpAnalyzer,
    TftpAnalyzer,
    DnsAnalyzer,
    NtpAnalyzer,
    CoapAnalyzer,
    NatPmpAnalyzer,
    IrcAnalyzer,
    IrcDataAnalyzer,
    FtpAnalyzer,
    FtpDataAnalyzer,
    TelnetAnalyzer,
    *KNOWN_ANALYZERS,
)

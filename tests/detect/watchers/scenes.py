"""Records by hand, and what a watcher says of them: shared by the tests of watchers."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.files import FileRecord
from botwarden.core.records.ftp import FtpRecord
from botwarden.core.records.http import HttpRecord
from botwarden.core.records.mqtt import MqttRecord
from botwarden.core.records.ssdp import UpnpRecord
from botwarden.core.records.ssh import SshRecord
from botwarden.core.records.telnet import TelnetRecord
from botwarden.core.records.tftp import TftpRecord
from botwarden.core.verdict import Verdict
from botwarden.detect.claim import Claim
from botwarden.detect.detector import Findings
from botwarden.detect.fusion import verdicts
from botwarden.detect.state import ATTEMPT, METER
from botwarden.detect.watch import Scene, Watcher

T0 = 1_685_716_200.0  # 2023-06-02 14:30:00 UTC
CAM, DVR, LAPTOP, ROUTER = "192.168.0.20", "192.168.0.21", "192.168.0.40", "192.168.0.1"
DEVICES = {CAM: 1, DVR: 2, LAPTOP: 3, ROUTER: 4}
BOT, LOADER, CNC = "84.54.50.198", "185.10.1.9", "185.10.1.2"
_ports = iter(range(30_000, 2_000_000_000))


def is_local(ip: str) -> bool:
    return ip.startswith("192.168.")


def scene(episodes: Any = None, last_ts: float = T0 + 86_400) -> Scene:
    found = np.zeros(0, METER) if episodes is None else episodes
    findings = Findings((), found, np.zeros(0, ATTEMPT), (), {})
    return Scene(findings, is_local, lambda ip, ts: DEVICES.get(ip), last_ts)


def watch(watcher: type[Watcher], records: Iterable[Record], episodes: Any = None) -> list[Claim]:
    """The claims after all records, which stay the same when they are asked for again."""
    watching = watcher(is_local)
    for record in records:
        watching.update(record)
    claims = list(watching.claims(scene(episodes)))
    assert list(watching.claims(scene(episodes))) == claims
    return claims


def judged(watcher: type[Watcher], records: Iterable[Record], episodes: Any = None) -> dict[str, list[Verdict]]:
    """The verdicts by the device's address."""
    names = {serial: ip for ip, serial in DEVICES.items()}
    return {names[serial]: found for serial, found in verdicts(watch(watcher, records, episodes)).items()}


def ends(client: str, server: str, port: int) -> dict[str, Any]:
    number = next(_ports)
    return {"uid": f"C{number}", "orig_h": client, "orig_p": 1024 + number % 60_000, "resp_h": server, "resp_p": port}


def telnet(client: str, server: str, at: float, port: int = 23, **fields: Any) -> TelnetRecord:
    return TelnetRecord(ts=T0 + at, **ends(client, server, port), negotiated=True, **fields)


def refused(client: str, server: str, at: float, user: str = "root", listed: bool = True, n: int = 1) -> TelnetRecord:
    """``n`` logins over telnet in one connection, all refused."""
    known: dict[str, Any] = {"dictionary": ("mirai",), "dictionary_attempts": n} if listed else {}
    return telnet(client, server, at, attempts=n, passwords=n, refused=n, success=False, users=(user,), **known)


def entered(
    client: str, server: str, at: float, user: str = "root", listed: bool = True, **fields: Any
) -> TelnetRecord:
    """A login over telnet that succeeds."""
    known: dict[str, Any] = {}
    if listed:
        known = {"dictionary": ("mirai",), "dictionary_attempts": 1, "success_dictionary": ("mirai", "default")}
    fields = {"attempts": 1, "passwords": 1, "users": (user,), "user": user, "login_ts": T0 + at + 2} | fields
    return telnet(client, server, at, success=True, **(known | fields))


def ssh(client: str, server: str, at: float, success: bool | None, attempts: int = 1, **fields: Any) -> SshRecord:
    return SshRecord(ts=T0 + at, **ends(client, server, 22), auth_success=success, auth_attempts=attempts, **fields)


def ftp(client: str, server: str, at: float, user: str, code: int, listed: bool = False) -> FtpRecord:
    lists = ("mirai",) if listed else None
    fields = ends(client, server, 21) | {"user": user, "reply_code": code, "dictionary": lists}
    return FtpRecord(ts=T0 + at, command="PASS", **fields)


def http(
    client: str, server: str, at: float, uri: str | None = "/", status: int | None = 200, **fields: Any
) -> HttpRecord:
    fields = {"trans_depth": 1, "method": "GET", "host": server, "port": 80} | fields
    line = ends(client, server, fields.pop("port"))
    return HttpRecord(ts=T0 + at, **line, uri=uri, status_code=status, **fields)


def mqtt(client: str, server: str, at: float, user: str | None, status: str, listed: bool = False) -> MqttRecord:
    lists = ("default",) if listed else None
    fields = {"action": "connect", "username": user, "connect_status": status, "dictionary": lists}
    return MqttRecord(ts=T0 + at, **ends(client, server, 1883), **fields)


def conn(client: str, server: str, at: float, port: int, state: str = "SF", **fields: Any) -> ConnRecord:
    alive = state in ("SF", "S1", "S2", "S3", "RSTO", "RSTR")
    usual: dict[str, Any] = {"proto": "tcp", "duration": 10.0, "history": "ShADadFf" if alive else "S"}
    if alive:
        usual |= {"orig_bytes": 100, "resp_bytes": 100, "orig_pkts": 6, "resp_pkts": 5}
    return ConnRecord(ts=T0 + at, conn_state=state, **(ends(client, server, port) | usual | fields))


def fetched(client: str, server: str, at: float, uri: str, kind: str | None = "ELF 32-bit LSB ARM") -> list[Record]:
    """A download over HTTP: the request, and the file with the same identifier."""
    line = ends(client, server, 80)
    fuid = "F" + line["uid"]
    name = uri.rpartition("/")[2]
    file = FileRecord(
        ts=T0 + at, **line, fuid=fuid, source="HTTP", seen_bytes=45_000, sha256="ab" * 32, executable=kind
    )
    request = HttpRecord(
        ts=T0 + at,
        **line,
        trans_depth=1,
        method="GET",
        host=server,
        uri=uri,
        status_code=200,
        response_body_len=45_000,
        resp_fuids=(fuid,),
        resp_filenames=(name,),
    )
    return [file, request]


def tftp(client: str, server: str, at: float, name: str, size: int = 45_000) -> TftpRecord:
    return TftpRecord(ts=T0 + at, **ends(client, server, 69), wrq=False, filename=name, mode="octet", size=size)


def mapping(
    client: str, at: float, external: int, internal: int, target: str | None = None, **fields: Any
) -> UpnpRecord:
    fields = {"kind": "action", "action": "AddPortMapping", "protocol": "TCP", "status_code": 200} | fields
    line = ends(client, fields.pop("router", ROUTER), 5000)
    ports = {"external_port": external, "internal_port": internal, "internal_client": target or client}
    return UpnpRecord(ts=T0 + at, **line, **ports, **fields)

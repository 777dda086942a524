"""Records and a scene for the tests of watchers: a house on 192.168.0.0/24, everything else is outside."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dns import DnsRecord
from botwarden.detect.claim import Claim
from botwarden.detect.detector import Findings
from botwarden.detect.state import ATTEMPT, METER
from botwarden.detect.watch import Scene, Watcher
from botwarden.protocols.packets import Unwrapper
from botwarden.protocols.tracker import Tracker
from botwarden.sources.capture import CaptureSource

START = 1_700_000_000.0
CAMERA, LAPTOP, PHONE, HUB = (f"192.168.0.{n}" for n in (10, 11, 12, 13))
ROUTER = "192.168.0.1"


def is_local(ip: str) -> bool:
    return ip.startswith("192.168.0.")


def serial(ip: str, ts: float) -> int | None:
    return int(ip.rpartition(".")[2]) if is_local(ip) else None


def scene(rhythms: Any = None, last_ts: float = START + 86_400) -> Scene:
    rows = np.zeros(0, ATTEMPT) if rhythms is None else rhythms
    return Scene(Findings((), np.zeros(0, METER), rows, (), {}), is_local, serial, last_ts)


def conn(
    at: float,
    peer: str,
    port: int,
    *,
    device: str = CAMERA,
    proto: str = "tcp",
    state: str | None = None,
    service: str | None = None,
    sent: int = 200,
    received: int = 400,
    sport: int = 0,
    **fields: Any,
) -> ConnRecord:
    """A conversation that began ``at`` seconds after the start; answered unless ``state`` says otherwise."""
    failed = state in ("S0", "REJ")
    return ConnRecord(
        ts=START + at,
        uid="C1",
        orig_h=device,
        orig_p=sport or 1024 + int(at * 7) % 60_000,
        resp_h=peer,
        resp_p=port,
        proto=proto,
        service=service,
        conn_state=state or "SF",
        orig_bytes=0 if failed else sent,
        resp_bytes=0 if failed else received,
        orig_pkts=3,
        resp_pkts=0 if state == "S0" else 3,
        **{"duration": 0.5, "history": "S" if state == "S0" else "ShADadFf"} | fields,
    )


def dns(
    at: float, query: str, answers: Iterable[str] = (), *, device: str = CAMERA, qtype: str = "A", **fields: Any
) -> DnsRecord:
    """A question to the router's name server; without answers the name does not exist."""
    found = tuple(answers)
    return DnsRecord(
        **{
            "ts": START + at,
            "uid": "C2",
            "orig_h": device,
            "orig_p": 40_000,
            "resp_h": ROUTER,
            "resp_p": 53,
            "proto": "udp",
            "query": query,
            "qtype_name": qtype,
            "rcode": 0 if found else 3,
            "rcode_name": "NOERROR" if found else "NXDOMAIN",
            "answers": found or None,
        }
        | fields
    )


def records_of(path: Path) -> list[Record]:
    """What the connections of a capture say, recorded by others; skips where it is not here."""
    if not path.exists():
        pytest.skip(f"{path} is not here")
    found: list[Record] = []
    tracker, unwrapper = Tracker(found.append, is_private), Unwrapper()
    for batch in CaptureSource([path]).batches():
        tracker.update(*unwrapper.update(batch))
    tracker.end()
    return found


def is_private(ip: str) -> bool:
    """Who is local in captures."""
    return ip.startswith(("192.168.", "10.", "172.16.", "fd", "fe80"))


def heard(kind: type[Watcher], path: Path) -> list[Claim]:
    """What a watcher claims after a capture."""
    watcher = kind(is_private)
    for record in records_of(path):
        if type(record) in watcher.reads:
            watcher.update(record)
    return list(watcher.claims(replace(scene(), serial=lambda ip, ts: 1 if is_private(ip) else None)))


def watch(kind: type[Watcher], *records: Iterable[Record]) -> list[Claim]:
    """What a watcher claims after some records, in the order of time."""
    watcher = kind(is_local)
    for record in sorted((record for part in records for record in part), key=lambda record: record.ts):
        watcher.update(record)
    first, again = list(watcher.claims(scene())), list(watcher.claims(scene()))
    assert first == again, "asking changes nothing"
    return first

from collections.abc import Callable, Iterable
from typing import ClassVar

import numpy as np

from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dns import DnsRecord
from botwarden.core.report import Series
from botwarden.detect.claim import Claim
from botwarden.detect.detector import Findings, Seen
from botwarden.detect.panel import Panel, serial_finder
from botwarden.detect.state import ATTEMPT, METER
from botwarden.detect.watch import Scene

NOTHING = Findings((), np.zeros(0, METER), np.zeros(0, ATTEMPT), (), {})
CONN = ConnRecord(
    ts=1.0, uid="C1", orig_h="10.0.0.1", orig_p=1, resp_h="10.0.0.2", resp_p=2, proto="tcp", conn_state="SF"
)
DNS = DnsRecord(ts=1.0, uid="C1", orig_h="10.0.0.1", orig_p=1, resp_h="10.0.0.2", resp_p=53, proto="udp")


class Counter:
    """A watcher that claims as many things as it has read."""

    name: ClassVar[str] = "counter"
    reads: ClassVar[tuple[type[Record], ...]] = (ConnRecord,)

    def __init__(self, is_local: Callable[[str], bool]) -> None:
        self.count = 0

    def update(self, record: Record) -> None:
        self.count += 1

    def claims(self, scene: Scene) -> Iterable[Claim]:
        return [Claim(1, "beacon", "attacker", 0.9, "low", 1.0, scene.last_ts, "", 1.0)] * self.count


class Broken(Counter):
    name: ClassVar[str] = "broken"

    def update(self, record: Record) -> None:
        raise ZeroDivisionError("oh")


class Silent(Counter):
    name: ClassVar[str] = "silent"

    def claims(self, scene: Scene) -> Iterable[Claim]:
        raise KeyError("gone")


def test_watchers_get_the_records_that_they_read() -> None:
    panel = Panel(lambda _: True, [Counter])
    for record in (CONN, DNS, CONN):
        panel.update(record)
    assert len(panel.claims(NOTHING, 7.0)) == 2
    assert panel.claims(NOTHING, 7.0)[0].last_ts == 7.0


def test_one_that_fails_is_named_and_the_others_go_on() -> None:
    panel = Panel(lambda _: True, [Broken, Counter, Silent])
    for _ in range(3):
        panel.update(CONN)
    assert len(panel.claims(NOTHING, 7.0)) == 3
    assert set(panel.failed) == {"broken", "silent"}
    assert "ZeroDivisionError" in panel.failed["broken"]
    assert len(panel.claims(NOTHING, 7.0)) == 3


def seen(serial: int, ips: tuple[str, ...], first: float, last: float, sent: int) -> Seen:
    series = Series(0.0, 1.0, *(np.zeros(1) for _ in range(6)))
    return Seen(serial, None, ips, False, first, last, sent, 0, 0, 0, 0, series)


def test_an_address_belongs_to_whoever_had_it_then() -> None:
    find = serial_finder([seen(1, ("10.0.0.5", "10.0.0.6"), 0, 100, 50), seen(2, ("10.0.0.5",), 200, 300, 10)])
    assert find("10.0.0.5", 50.0) == 1
    assert find("10.0.0.5", 250.0) == 2
    assert find("10.0.0.6", 9e9) == 1
    assert find("8.8.8.8", 50.0) is None


def test_of_several_the_one_that_sent_most_has_it() -> None:
    find = serial_finder([seen(1, ("10.0.0.5",), 0, 100, 5), seen(2, ("10.0.0.5",), 0, 100, 50)])
    assert find("10.0.0.5", 50.0) == 2

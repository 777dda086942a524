import hashlib
import importlib
from pathlib import Path
from types import ModuleType

import pytest

from botwarden.app.pipeline import Pipeline
from botwarden.core.packet import PacketBatch
from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dns import DnsRecord
from botwarden.protocols.packets import Unwrapper
from captures import batches_of

PACKETS = 12_000
NAMES = (
    "telnet scan", "SYN flood", "UDP flood", "DNS flood", "ACK flood", "loose requests", "HTTP flood", "slow HTTP",
    "telnet guessing", "fragments", "tiny segments", "holes",
)  # fmt: skip
KEPT = 1100
"""Connections that a flood may leave: `botwarden.protocols.conn.choose.CROWD`, and some that are not the flood's."""


@pytest.fixture
def attacks(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
    return importlib.import_module("attacks")


def capture(attacks: ModuleType, name: str, packets: int = PACKETS) -> list[PacketBatch]:
    return batches_of(b"".join(attacks.attack(name, packets)))


def test_all_of_them_are_here(attacks: ModuleType) -> None:
    assert tuple(attacks.ATTACKS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_is_the_same_each_time(attacks: ModuleType, name: str) -> None:
    first, again = (hashlib.sha256(b"".join(attacks.attack(name, 2000))).digest() for _ in range(2))
    assert first == again


@pytest.mark.parametrize("name", NAMES)
def test_packets_are_whole_and_their_checksums_right(attacks: ModuleType, name: str) -> None:
    batches = capture(attacks, name, 2000)
    assert sum(map(len, batches)) == 2000
    unwrapper = Unwrapper(checksums="check")
    for batch in batches:
        assert (batch.packets["ip_version"] == 4).all()
        if name != "fragments":  # those that it completes are none that anyone would believe
            assert not unwrapper.update(batch)[1].any()


@pytest.mark.parametrize("name", NAMES)
def test_no_attack_keeps_another_device_from_being_read(attacks: ModuleType, name: str) -> None:
    records: list[Record] = []
    pipeline = Pipeline((), 1, (records.append,))
    for batch in capture(attacks, name):
        pipeline.update(batch)
    pipeline.finish()
    own = [r for r in records if isinstance(r, DnsRecord) and r.orig_h == attacks.CAMERA_IP]
    asked = round(PACKETS / attacks.RATE / attacks.ASK_EVERY + 0.49)
    assert [(r.query, r.answers) for r in own] == [(attacks.ASKED, ("192.0.2.10",))] * asked
    assert pipeline.faults == 0
    assert sum(isinstance(r, ConnRecord) for r in records) <= KEPT

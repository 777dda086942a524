from collections import Counter
from dataclasses import replace

import numpy as np
from msgspec.structs import replace as changed
from onnx import helper

from botwarden.app.api import read
from botwarden.app.pipeline import Pipeline
from botwarden.core.packet import PacketBatch
from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.detect.models.scorer import Scorer
from botwarden.learn.graphs import constant
from botwarden.protocols.settings import Settings
from captures import SYN, batch_of, tcp_frame
from examples.recording import HOUSE, ipv4_frames, raw_frames
from models import network, wide


def run(*, thorough: bool) -> tuple[Pipeline, list[Record]]:
    records: list[Record] = []
    pipeline = Pipeline((), 1, (records.append,), thorough=thorough)
    for batch in read(HOUSE):
        pipeline.update(batch)
    pipeline.finish()
    return pipeline, records


def test_a_thorough_one_has_every_connection() -> None:
    pipeline, records = run(thorough=True)
    conns = [record for record in records if isinstance(record, ConnRecord)]
    assert pipeline.faults == 0
    counted = sum(conn.orig_pkts + conn.resp_pkts for conn in conns if ":" not in conn.orig_h)
    assert counted > 0.98 * len(ipv4_frames(raw_frames(HOUSE)))
    assert len(conns) > 6_000


def test_another_one_passes_over_what_repeats_itself() -> None:
    _, all_records = run(thorough=True)
    _, few = run(thorough=False)
    every, chosen = Counter(r.path for r in all_records), Counter(r.path for r in few)
    assert chosen["conn"] < every["conn"] / 2
    assert {name: n for name, n in chosen.items() if name != "conn"} == {
        name: n for name, n in every.items() if name != "conn"
    }


def test_a_thorough_one_may_have_a_budget() -> None:
    pipeline = Pipeline((), 1, thorough=True, settings=Settings(budget=1))
    for batch in read(HOUSE):
        pipeline.update(batch)
    pipeline.finish()
    assert pipeline.evictions["unread packets"] > 100
    assert "unread packets" not in run(thorough=True)[0].evictions


def test_a_model_judges_the_packets_as_well() -> None:
    pipeline = Pipeline((), 1, scorer=Scorer(wide(threshold=2e5, window=5)))
    for batch in read(HOUSE):
        pipeline.update(batch)
    findings, heard = pipeline.finish()
    judged = [claim for claim in heard if claim.model]
    assert {claim.label for claim in judged} == {"anomaly"}
    assert "by hand" in str(judged[0].model)
    assert {claim.serial for claim in judged} <= {seen.serial for seen in findings.devices}
    assert pipeline.failed == []


def test_a_model_that_fails_is_left_out_and_named() -> None:
    held = wide()
    nodes = [helper.make_node("Reshape", ["x", "shape"], ["score"])]
    broken = network(nodes, [constant("shape", np.array([7]))], 3, "score", ["n"])
    part = changed(held.manifest.detectors[0], has_errors=False)
    held = replace(held, networks={"all": broken}, manifest=changed(held.manifest, detectors=[part]))
    pipeline = Pipeline((), 1, scorer=Scorer(held))
    for batch in read(HOUSE):
        pipeline.update(batch)
    _, heard = pipeline.finish()
    assert [claim for claim in heard if claim.model] == []
    [failure] = pipeline.failed
    assert failure.startswith("what the model would find: it failed (the network 'all' cannot be used")


def test_nothing_read_is_nothing_found() -> None:
    findings, heard = Pipeline((), 1).finish()
    assert (findings.devices, heard) == ((), [])


def test_empty_batches_are_no_trouble() -> None:
    pipeline = Pipeline((), 1)
    batch = batch_of([(1.0, tcp_frame(flags=SYN))])
    pipeline.update(PacketBatch(batch.buffer, batch.packets[:0]))
    pipeline.update(batch)
    assert len(pipeline.finish()[0].devices) == 2

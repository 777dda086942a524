"""Ports that a router opens to the internet."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.record import Record
from botwarden.core.records.ssdp import UpnpRecord
from botwarden.detect.watchers.mapping import MAX_MAPPINGS, Mappings
from detect.watchers.scenes import BOT, CAM, LAPTOP, ROUTER, is_local, judged, mapping, watch


def test_a_mapping_is_told_on_the_device_that_it_leads_to() -> None:
    (verdict,) = judged(Mappings, [mapping(CAM, 0, 10023, 23, description="cam", lease=3600)])[CAM]
    assert verdict.label == "exposure.port_mapping"
    assert verdict.reasons == [
        "had the router open port 10023 to the internet at 14:30:00 UTC; it leads to its TCP port 23 "
        '("cam"), for 60 min at a time'
    ]
    assert (verdict.severity, verdict.role, verdict.confidence) == ("high", "victim", 0.95)
    assert verdict.evidence["router"] == ROUTER


@pytest.mark.parametrize(
    ("record", "severity"),
    [
        (mapping(CAM, 0, 80, 80), "high"),
        (mapping(CAM, 0, 10554, 554), "high"),
        (mapping(CAM, 0, 37777, 37777), "high"),
        (mapping(CAM, 0, 990, 990), "medium"),
        (mapping(LAPTOP, 0, 9999, 9999, CAM), "medium"),  # somebody else's port
        (mapping(CAM, 0, 3074, 3074, protocol="UDP", description="Xbox"), "low"),
        (mapping(CAM, 0, 51413, 51413), "low"),
        (mapping(CAM, 0, 9308, 9308, kind="nat-pmp", protocol="UDP", status_code=0), "low"),
    ],
)
def test_some_ports_are_worse_than_others(record: Record, severity: str) -> None:
    (verdict,) = judged(Mappings, [record])[CAM]
    assert verdict.severity == severity


def test_who_asked_for_another_is_named() -> None:
    (verdict,) = judged(Mappings, [mapping(LAPTOP, 0, 8080, 80, CAM)])[CAM]
    assert verdict.reasons[0].startswith(f"{LAPTOP} had the router open port 8080 to the internet")
    assert verdict.evidence["asked_by"] == LAPTOP


def test_a_router_that_leads_outside_is_a_proxy() -> None:
    (verdict,) = judged(Mappings, [mapping(BOT, 0, 8443, 443, "203.0.113.5")])[ROUTER]
    assert verdict.severity == "high"
    assert "TCP port 443 of 203.0.113.5, an outside machine" in verdict.reasons[0]


def test_renewals_are_one_mapping_and_several_mappings_one_verdict() -> None:
    records: list[Record] = [mapping(CAM, 1800 * n, 3074, 3074) for n in range(9)]
    (verdict,) = judged(Mappings, [*records, mapping(CAM, 5, 10023, 23)])[CAM]
    assert verdict.severity == "high"
    assert len(verdict.reasons) == 2
    assert "TCP port 23" in verdict.reasons[0]
    assert verdict.evidence["episodes"][0]["asked"] == 9


def delete(at: float, **fields: Any) -> UpnpRecord:
    return mapping(CAM, at, 0, 0, action="DeletePortMapping").__class__(
        ts=1_685_716_200.0 + at,
        uid="C1",
        orig_h=CAM,
        orig_p=1,
        resp_h=ROUTER,
        resp_p=5000,
        **({"kind": "action", "action": "DeletePortMapping", "protocol": "TCP", "status_code": 200} | fields),
    )


@pytest.mark.parametrize("fields", [{"external_port": 10023}, {"internal_client": CAM, "internal_port": 23}])
def test_what_is_closed_again_is_told_so(fields: dict[str, Any]) -> None:
    records: list[Record] = [mapping(CAM, 0, 10023, 23), delete(60, **fields)]
    (verdict,) = judged(Mappings, records)[CAM]
    assert judged(Mappings, records[::-1])[CAM] == [verdict]
    assert verdict.reasons[0].endswith("; closed again at 14:31:00")
    assert verdict.evidence["closed_ts"] == verdict.last_ts


@pytest.mark.parametrize("record", [
    mapping(CAM, 0, 10023, 23, status_code=500),
    mapping(CAM, 0, 10023, 23, kind="nat-pmp", status_code=2),
    mapping(CAM, 0, 10023, 23, action="GetSpecificPortMappingEntry"),
    mapping(CAM, 0, 0, 0, kind="description", action=None),
    delete(0, external_port=10023),
])  # fmt: skip
def test_what_opens_nothing(record: Record) -> None:
    assert judged(Mappings, [record]) == {}


def test_an_answer_that_was_not_seen_is_told_with_less_certainty() -> None:
    (verdict,) = judged(Mappings, [mapping(CAM, 0, 10023, 23, status_code=None)])[CAM]
    assert verdict.confidence < 0.7


def test_memory_stays_within_its_limits() -> None:
    watcher = Mappings(is_local)
    for n in range(3 * MAX_MAPPINGS):
        watcher.update(mapping(CAM, n, n % 60_000 + 1, n % 60_000 + 1))
    watcher._requests.flush()
    assert len(watcher._mappings) == MAX_MAPPINGS


@given(st.lists(st.builds(
    mapping,
    st.sampled_from([CAM, LAPTOP, BOT]), st.floats(-1e9, 1e9), st.integers(0, 70000), st.integers(0, 70000),
    st.none() | st.sampled_from([CAM, BOT, "", "x"]),
    action=st.sampled_from(["AddPortMapping", "DeletePortMapping", "x"]), status_code=st.sampled_from([None, 0, 200]),
    description=st.none() | st.text(max_size=99), lease=st.none() | st.integers(0, 2**40),
), max_size=40))  # fmt: skip
def test_any_records_are_digested(records: list[Record]) -> None:
    for claim in watch(Mappings, records):
        assert claim.reason

"""A report has found something when any device has a verdict."""

import msgspec

from botwarden.core.report import SCHEMA_VERSION, DeviceReport, Report, ScanStats
from botwarden.core.verdict import Verdict

VERDICT = Verdict(
    label="scan.arp",
    role="attacker",
    confidence=0.9,
    severity="medium",
    first_ts=1.0,
    last_ts=2.0,
    reasons=["asked for 255 local addresses in 1 s"],
    evidence={"targets": 255},
)


def report(*devices: DeviceReport) -> Report:
    return Report(botwarden="0", stats=ScanStats(), devices=list(devices))


def device(*verdicts: Verdict) -> DeviceReport:
    return DeviceReport(mac="44:19:b6:5a:21:0c", first_ts=0.0, last_ts=3.0, verdicts=list(verdicts))


def test_found_is_whether_any_device_has_a_verdict() -> None:
    assert not report().found
    assert not report(device()).found
    assert report(device(), device(VERDICT)).found


def test_the_json_form_has_the_documented_keys() -> None:
    document = msgspec.json.decode(msgspec.json.encode(report(device(VERDICT))))
    assert document["schema"] == SCHEMA_VERSION
    assert {"packets", "bytes", "first_ts", "last_ts", "damaged"} <= document["stats"].keys()
    assert {"mac", "ips", "vendor", "name", "verdicts"} <= document["devices"][0].keys()
    assert set(document["devices"][0]["verdicts"][0]) == {
        *("label", "role", "confidence", "severity", "first_ts", "last_ts", "reasons", "evidence", "advice", "model")
    }


def test_a_report_comes_back_from_json() -> None:
    whole = report(device(VERDICT))
    assert msgspec.json.decode(msgspec.json.encode(whole), type=Report) == whole

import msgspec

import reports
from botwarden.core.device import Guess, Service
from botwarden.web.axis import Axis
from botwarden.web.views import (
    ADDRESSES,
    FACT_LENGTH,
    FACTS,
    REASONS,
    SENTENCE_LENGTH,
    VERDICTS,
    device_view,
    verdict_view,
)

AXIS = Axis(reports.START, reports.START + 724)


def test_a_verdict_is_put_in_words() -> None:
    view = verdict_view(reports.house().report.devices[1].verdicts[0])
    assert view.title == "Its telnet passwords are being guessed"
    assert view.role == "suffers it"
    assert view.confidence == "93 % sure"
    assert view.when == "2024-03-12 14:04:30 – 14:05:31 UTC"
    assert view.length == "1 min 1 s"
    assert view.evidence == [("attacker", "192.168.10.21")]


def test_evidence_is_readable_whatever_its_type() -> None:
    found = reports.verdict(
        "scan.udp",
        "low",
        0,
        1,
        new_targets=1412,
        rate=22.125,
        total=3e9,
        forged=True,
        model=None,
        ports=[23, 2323],
        by_port={"23": 9},
        deep={"a": [1, {"b": 2}]},
    )
    assert verdict_view(found).evidence == [
        ("new targets", "1412"),
        ("rate", "22.125"),
        ("total", "3000000000"),
        ("forged", "yes"),
        ("model", "–"),
        ("ports", "23, 2323"),
        ("by port", "23: 9"),
        ("deep", '{"a": [1, {"b": 2}]}'),
    ]


def test_a_device_without_a_name_is_told_by_its_vendor() -> None:
    camera, recorder, gateway = reports.house().report.devices[:3]
    assert (device_view(0, camera, None, AXIS).title, device_view(0, camera, None, AXIS).subtitle) == (
        "camera-hall",
        "192.168.10.21",
    )
    assert device_view(1, recorder, None, AXIS).subtitle == "Zhejiang Dahua Technology Co., Ltd."
    assert device_view(2, gateway, None, AXIS).subtitle == "gateway"


def test_everything_is_limited() -> None:
    huge = reports.verdict("x", "low", 0, 1, *[reports.HUGE] * 500, advice=reports.HUGE)
    huge = msgspec.structs.replace(huge, evidence={f"k{n}": [reports.HUGE] * 9 for n in range(999)})
    device = reports.device(1, reports.HUGE, reports.HUGE, *[huge] * 500)
    view = device_view(1, msgspec.structs.replace(device, ips=[reports.HUGE] * 500), None, AXIS)
    assert len(view.title) == len(view.vendor) == 64
    assert (len(view.ips), view.more_ips) == (ADDRESSES, 500 - ADDRESSES)
    assert (len(view.verdicts), view.more_verdicts) == (VERDICTS, 500 - VERDICTS)
    found = view.verdicts[0]
    assert len(found.reasons) == REASONS
    assert {len(text) for text in [*found.reasons, found.advice]} == {SENTENCE_LENGTH}
    assert len(found.evidence) == FACTS
    assert {len(value) for _, value in found.evidence} == {FACT_LENGTH}


def test_plots_are_there_where_there_is_a_series() -> None:
    result = reports.house()
    assert device_view(0, result.report.devices[0], None, AXIS).plots == []
    assert len(device_view(0, result.report.devices[0], result.series[0], AXIS).plots) == 3


def test_what_a_device_is_likely_to_be_and_what_it_serves() -> None:
    device = reports.device(7, "box", "Somebody")
    plain = device_view(1, device, None, AXIS)
    assert (plain.kind, plain.services) == ("", "")
    device.guess = Guess(type="access point", confidence=0.6, evidence=[])
    device.services = [
        Service(port=80, proto="tcp", name="http", first_ts=1.0, answered=True),
        Service(port=49153, proto="tcp", first_ts=1.0, answered=False),
        *(Service(port=9000 + n, proto="udp", first_ts=1.0, answered=True) for n in range(9)),
    ]
    known = device_view(1, device, None, AXIS)
    assert known.kind == "likely an access point"
    assert known.services.startswith("tcp/80 http, udp/9000, ")
    assert known.services.endswith(", 2 more")

import msgspec
import pytest

import reports
from botwarden.web.axis import Axis
from botwarden.web.timeline import BARS, NARROWEST, ROWS, lane

AXIS = Axis(reports.START, reports.START + 1000)


def test_a_bar_stands_where_its_verdict_was() -> None:
    device = reports.device(1, "cam", None, reports.verdict("scan.udp", "high", 100, 350, "x"))
    [row] = lane(device, AXIS).rows
    assert (row.title, row.severity, row.role) == ("Scans over UDP", "high", "attacker")
    assert (row.bars[0].left, row.bars[0].width) == (10, 25)
    assert row.bars[0].text == "Scans over UDP, 2024-03-12 14:01:40 – 14:05:50 UTC"
    assert (row.anchor, row.at_end) == (10, False)


def test_text_of_bars_on_the_right_ends_at_the_bar() -> None:
    device = reports.device(1, "cam", None, reports.verdict("scan.udp", "high", 800, 900, "x"))
    [row] = lane(device, AXIS).rows
    assert (row.anchor, row.at_end) == (90, True)


def test_verdicts_of_one_kind_share_a_row_with_the_worst_severity() -> None:
    first = reports.verdict("flood.syn", "medium", 100, 200, "x")
    device = reports.device(
        1,
        "cam",
        None,
        reports.verdict("scan.arp", "low", 0, 50, "x"),
        first,
        reports.verdict("flood.syn", "critical", 400, 500, "x"),
        msgspec.structs.replace(first, role="victim"),
    )
    drawn = lane(device, AXIS)
    assert [(row.label, row.role, row.severity, len(row.bars)) for row in drawn.rows] == [
        ("flood.syn", "attacker", "critical", 2),
        ("flood.syn", "victim", "medium", 1),
        ("scan.arp", "attacker", "low", 1),
    ]
    assert drawn.severity == "critical"


def test_the_shortest_bar_can_be_seen_and_stays_inside() -> None:
    device = reports.device(1, "cam", None, reports.verdict("scan.udp", "high", 1000, 1000, "x"))
    [row] = lane(device, AXIS).rows
    assert (row.bars[0].left, row.bars[0].width) == (100 - NARROWEST, NARROWEST)


def test_rows_and_bars_are_limited() -> None:
    kinds = [reports.verdict(f"flood.kind{n}", "low", 0, 1, "x") for n in range(30)]
    often = [reports.verdict("beacon", "high", n, n + 1, "x") for n in range(900)]
    drawn = lane(reports.device(1, "cam", None, *kinds, *often), AXIS)
    assert len(drawn.rows) == ROWS
    assert drawn.more == 31 - ROWS
    assert drawn.rows[0].label == "beacon"
    assert len(drawn.rows[0].bars) == BARS


@pytest.mark.parametrize("device", reports.hostile().report.devices)
def test_absurd_times_stay_on_the_axis(device: reports.DeviceReport) -> None:
    drawn = lane(device, AXIS)
    for bar in [bar for row in drawn.rows for bar in row.bars]:
        assert 0 <= bar.left <= bar.left + bar.width <= 100

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import reports
from botwarden.core.report import Series
from botwarden.web.axis import Axis
from botwarden.web.charts import HEIGHT, POINTS, WIDTH, plots, sparkline

AXIS = Axis(reports.START, reports.START + 100)
NONE = np.zeros(10)


def ten(sent: list[float], targets: list[float] | None = None) -> Series:
    return Series(reports.START, 10.0, np.array(sent), NONE, NONE, NONE, np.array(targets or NONE), NONE)


def numbers(svg: str) -> list[float]:
    return [float(n) for path in re.findall(r' d="([^"]*)"', svg) for n in re.findall(r"-?[\d.]+", path)]


def test_packets_are_rates_and_targets_are_counts() -> None:
    drawn = plots(ten([0, 0, 1200, *[0] * 7], [0, 0, 0, 35, *[0] * 6]), [], AXIS)
    assert [(plot.title, plot.top) for plot in drawn] == [
        ("Packets per second", "120"),
        ("New addresses and ports contacted, per 10 s", "35"),
    ]
    assert drawn[0].keys == [("sent", "sent"), ("received", "received")]


def test_a_bin_is_drawn_at_its_time_with_its_height() -> None:
    [plot] = plots(ten([0, 0, 1200, 600, *[0] * 6]), [], AXIS)
    line = re.search(r'class="line" d="([^"]*)"', plot.svg)
    assert line is not None
    assert line[1] == "M0.0 100V100.0H200.0V4.0H300.0V52.0H400.0V100.0H1000.0V100"


def test_a_verdicts_time_is_shaded_and_says_so() -> None:
    found = reports.verdict("scan.udp", "high", 20, 40, "x")
    [plot] = plots(ten([5] * 10), [found], AXIS)
    root = ET.fromstring(plot.svg)
    [shade] = root.findall("rect")
    assert (shade.get("class"), shade.get("x"), shade.get("width")) == ("shade s-high", "200.0", "200.0")
    title = shade.find("title")
    assert title is not None
    assert title.text == "Scans over UDP, 2024-03-12 14:00:20 – 14:00:40 UTC"


def test_long_series_are_drawn_in_few_points_and_keep_their_rate() -> None:
    many = np.full(100_001, 30.0)
    [packets, _, _] = plots(Series(0.0, 3.0, many, many, many, many, many, many), [], Axis(0.0, 300_003.0))
    assert packets.top == "10"
    assert len(numbers(packets.svg)) < 6 * POINTS


def test_nothing_is_drawn_of_nothing() -> None:
    assert plots(ten([0] * 10), [], AXIS) == []
    empty = np.zeros(0)
    assert plots(Series(0.0, 1.0, *[empty] * 6), [], AXIS) == []
    assert "path" not in sparkline(Series(0.0, 1.0, *[empty] * 6), AXIS)


def test_absurd_numbers_stay_inside_the_box() -> None:
    device, odd = reports.hostile().report.devices[0], reports.hostile().series[0]
    assert odd is not None
    for svg in [*(plot.svg for plot in plots(odd, device.verdicts, AXIS)), sparkline(odd, AXIS)]:
        ET.fromstring(svg)
        found = numbers(svg)
        assert found
        assert 0 <= min(found) <= max(found) <= max(WIDTH, HEIGHT)


@pytest.mark.parametrize(
    ("start", "width"),
    [(0.0, 0.0), (0.0, -1.0), (0.0, 1e300), (0.0, 5e-324), (1e300, 1.0), (np.nan, 1.0), (0.0, np.nan)],
)
def test_a_clock_that_makes_no_sense_is_not_drawn(start: float, width: float) -> None:
    odd = Series(start, width, *[np.ones(3)] * 6)
    assert plots(odd, [], AXIS) == []
    assert sparkline(odd, AXIS) == ""


def test_texts_of_verdicts_are_escaped() -> None:
    found = reports.verdict(reports.SCRIPT, "high", 20, 40, "x")
    [plot] = plots(ten([5] * 10), [found], AXIS)
    assert "&lt;script&gt;" in plot.svg
    assert "<script" not in plot.svg

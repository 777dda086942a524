import reports
from botwarden.core.comparison import Comparison, JudgedInterval
from botwarden.core.verdict import Verdict
from botwarden.web.axis import Axis
from botwarden.web.comparison_lanes import LANES, ROWS, PairedLane, PairedRow, lanes
from botwarden.web.timeline import Bar

AXIS = Axis(reports.START, reports.START + 1000)
SCAN = reports.verdict("scan.mirai", "critical", 120, 300)


def interval(first: float, last: float, **fields: object) -> JudgedInterval:
    return reports.judged(**{"device": 0, "start": reports.START + first, "end": reports.START + last, **fields})


def drawn(comparison: Comparison, *verdicts: Verdict) -> list[PairedLane]:
    device = reports.device(21, "cam", None, *verdicts)
    return lanes(comparison, [device], {0: "device-0"}, AXIS)[0]


def row(comparison: Comparison, *verdicts: Verdict) -> PairedRow:
    [lane] = drawn(comparison, *verdicts)
    [only] = lane.rows
    return only


def places(bars: list[Bar]) -> list[tuple[float, float, str]]:
    return [(round(bar.left, 6), round(bar.width, 6), bar.style) for bar in bars]


def test_the_labelled_time_stands_above_that_of_the_verdict() -> None:
    only = row(reports.comparison(interval(100, 200, time_to_detect=12.0)), SCAN)
    assert (only.title, only.label, only.words, only.style) == (
        "Scans like Mirai", "scan.mirai", "found after 12 s", "o-found",
    )  # fmt: skip
    assert places(only.labelled) == [(10, 10, "o-found")]
    assert places(only.found) == [(12, 18, "o-found")]
    assert only.labelled[0].text == "labelled, found, 2024-03-12 14:01:40 – 14:03:20 UTC"
    assert (only.anchor, only.at_end) == (10, False)


def test_a_verdict_by_another_name_stands_below_what_it_is_right_for() -> None:
    broad = reports.verdict("scan.horizontal", "high", 120, 300)
    only = row(reports.comparison(interval(100, 200, verdict="scan.horizontal")), broad)
    assert places(only.found) == [(12, 18, "o-found")]


def test_a_verdict_of_several_episodes_is_drawn_where_they_are() -> None:
    episodes = [{"first_ts": reports.START + at, "last_ts": reports.START + at + 50} for at in (100, 600)]
    often = reports.verdict("scan.mirai", "high", 100, 650, episodes=episodes, episode_count=2)
    assert places(row(reports.comparison(interval(100, 650)), often).found) == [
        (10, 5, "o-found"),
        (60, 5, "o-found"),
    ]


def test_what_was_missed_has_nothing_below_and_says_so() -> None:
    missed = interval(400, 500, outcome="missed", verdict=None)
    only = row(reports.comparison(missed))
    assert (only.words, only.style, only.found) == ("missed", "o-missed", [])
    only = row(reports.comparison(interval(100, 200), missed), SCAN)
    assert (only.words, only.style) == ("1 of 2 found", "o-missed")
    assert places(only.labelled) == [(10, 10, "o-found"), (40, 10, "o-missed")]


def test_false_verdicts_have_rows_of_their_own() -> None:
    beacon, other = reports.verdict("beacon", "low", 700, 800), reports.verdict("scan.mirai", "low", 900, 950)
    wrong = reports.unconfirmed(0, beacon), reports.unconfirmed(0, other, labelled=True)
    [lane] = drawn(reports.comparison(interval(100, 200), verdicts=wrong), SCAN, beacon, other)
    assert [(one.label, one.words, one.style) for one in lane.rows] == [
        ("scan.mirai", "found", "o-found"),
        ("beacon", "false", "o-false"),
        ("scan.mirai", "labelled otherwise", "o-otherwise"),
    ]
    assert [len(one.labelled) for one in lane.rows] == [1, 0, 0]
    assert [places(one.found) for one in lane.rows] == [
        [(12, 18, "o-found")],
        [(70, 10, "o-false")],
        [(90, 5, "o-otherwise")],
    ]


def test_an_attack_without_a_label_is_named_by_its_class() -> None:
    only = row(reports.comparison(interval(0, 9, label="", attack="p2p", outcome="unnamed", verdict=None)))
    assert (only.title, only.label, only.words) == ("An attack that no verdict names", "p2p", "unnamed")


def test_devices_are_named_as_the_labels_do_and_else_as_the_capture_does() -> None:
    unseen = interval(0, 9, device=None, mac="02:00:00:00:00:09", outcome="missed")
    three = reports.comparison(interval(0, 9), unseen, interval(0, 9, device=1, name="porch"))
    devices = [reports.device(21, "cam", None), reports.device(22, "recorder", None)]
    drawn, number = lanes(three, devices, {0: "device-0"}, AXIS)
    assert [(lane.name, lane.anchor) for lane in drawn] == [
        ("cam", "device-0"),
        ("02:00:00:00:00:09", ""),
        ("porch", ""),
    ]
    assert number == 3


def test_what_lies_outside_the_capture_is_not_drawn() -> None:
    assert drawn(reports.comparison(interval(5000, 5009, outcome="outside", verdict=None))) == []


def test_bars_that_touch_are_one_and_nothing_is_left_out() -> None:
    often = [interval(at / 12, at / 12 + 0.01) for at in range(12_000)]
    [bar] = row(reports.comparison(*often), SCAN).labelled
    assert (bar.left, round(bar.width, 3)) == (0, 99.993)
    apart = [interval(at, at + 0.1) for at in range(0, 990, 6)]
    bars = row(reports.comparison(*apart), SCAN).labelled
    assert [bar.left for bar in bars] == [AXIS.percent(one.start) for one in apart]


def test_lanes_and_rows_are_limited() -> None:
    kinds = [interval(0, 9, label=f"kind{n}") for n in range(30)]
    crowd = [interval(0, 9, device=None, mac=str(n)) for n in range(40)]
    drawn, number = lanes(reports.comparison(*kinds, *crowd), [reports.device(21, "cam", None)], {}, AXIS)
    assert (len(drawn), number) == (LANES, 41)
    assert (len(drawn[0].rows), drawn[0].more) == (ROWS, f"{30 - ROWS} more kinds")
    assert drawn[1].more == ""


def test_absurd_times_stay_on_the_axis() -> None:
    odd = [interval(-1e300, 1e300), interval(float("nan"), float("nan")), interval(1e300, -1e300)]
    for bar in row(reports.comparison(*odd)).labelled:
        assert 0 <= bar.left <= bar.left + bar.width <= 100

import pytest

from botwarden.detect import words


def test_count() -> None:
    assert words.count(1, "address", "addresses") == "1 address"
    assert words.count(1204.0, "address", "addresses") == "1,204 addresses"
    assert words.count(0, "login") == "0 logins"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "under 1 s"),
        (1, "1 s"),
        (119.4, "119 s"),
        (180, "3 min"),
        (7200, "2 h"),
        (7500, "2 h 5 min"),
        (4 * 86400, "4 days"),
    ],
)
def test_span(seconds: float, text: str) -> None:
    assert words.span(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.0002, "0.2 ms"), (0.0999, "100 ms"), (1.5, "1.5 s"), (80, "80 s")])
def test_gap(seconds: float, text: str) -> None:
    assert words.gap(seconds) == text


def test_rate_of_what_took_no_time() -> None:
    assert words.rate(50, 10) == 5
    assert words.rate(50, 0) == 500


def test_share_says_all_only_of_all() -> None:
    assert words.share(1, 1) == "100 %"
    assert words.share(9999, 10000) == "99 %"
    assert words.share(1, 3) == "33 %"
    assert words.share(1, 1000) == "under 1 %"
    assert words.share(0, 0) == words.share(0, 5) == "0 %"


def test_some() -> None:
    assert words.some(["a"]) == "a"
    assert words.some(["a", "b", "c"]) == "a, b and c"
    assert words.some(["a", "b", "c"], 7) == "a, b, c and 4 more"
    assert words.some(list("abcdef")) == "a, b, c and 3 more"


@pytest.mark.parametrize(("seconds", "text"), [(59.6, "60 s"), (3540, "59 min"), (3600, "hour"), (90_000, "hour")])
def test_watched(seconds: float, text: str) -> None:
    assert words.watched(seconds) == text


def test_a_time_of_day_names_the_day_only_where_it_is_another() -> None:
    ts = 1_685_716_117.6
    assert words.clock(ts) == "14:28:37"
    assert words.clock(ts, ts - 3600) == "14:28:37"
    assert words.clock(ts, ts - 86_400) == "2023-06-02 14:28:37"
    assert words.clock(1e300) == words.clock(float("nan")) == "an unknown time"
    assert words.clock(ts, 1e300) == "2023-06-02 14:28:37"

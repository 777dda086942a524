import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.detect.models import phrases
from botwarden.features.schema import FEATURES

BY_NAME = {feature.name: feature for feature in FEATURES["nbaiot115"]}


@pytest.mark.parametrize("decay", [5.0, 3.0, 1.0, 0.1, 0.01])
@pytest.mark.parametrize("apart", [0.0002, 0.03, 1.7])
def test_distance_gives_back_how_far_packets_were_apart(decay: float, apart: float) -> None:
    weight = 0.0
    for _ in range(int(60 / decay / apart) + 2):  # 60 half-lives: as good as for ever
        weight = weight * 2 ** (-decay * apart) + 1
    assert phrases.distance(weight, decay) == pytest.approx(apart, rel=1e-6)


def test_distance_is_the_rate_that_the_weight_stands_for() -> None:
    rate = 5000.0
    assert 1 / phrases.distance(rate / (0.1 * math.log(2)), 0.1) == pytest.approx(rate, rel=1e-4)


@pytest.mark.parametrize("weight", [1.0, 0.5, 0.0, -3.0, math.nan])
def test_a_weight_of_one_packet_or_less_has_no_distance(weight: float) -> None:
    assert phrases.distance(weight, 1.0) == math.inf


@pytest.mark.parametrize(
    ("decay", "text"),
    [(5.0, "the last 0.3 s"), (1.0, "the last 1.4 s"), (0.1, "the last 14 s"), (0.01, "the last 2 min")],
)
def test_window(decay: float, text: str) -> None:
    assert phrases.window(decay) == text


def test_who_it_is_about_is_told_for_every_family() -> None:
    assert set(phrases.WHO) == {feature.family for feature in FEATURES["nbaiot115"]}


@given(
    st.sampled_from(sorted(BY_NAME)),
    st.floats(allow_nan=True, allow_infinity=True, width=64),
    st.lists(st.floats(-1e300, 1e300), min_size=5, max_size=5),
)
def test_any_number_has_a_phrase(name: str, value: float, normal: list[float]) -> None:
    phrase = phrases.phrase(BY_NAME[name], value, sorted(normal))
    for text in (phrase.fact, phrase.normal):
        assert text
        assert text.isprintable()
        assert "nan" not in text.split()


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_values_that_occur_read_without_exponents(name: str) -> None:
    for value in (0.0, 1.0, 1.2, 60.0, 1434.5, 250_000.0):
        phrase = phrases.phrase(BY_NAME[name], value, [1.0, 1.3, 74.0, 500.0, 1500.0])
        assert "e+" not in phrase.fact + phrase.normal
        assert "e-" not in (phrase.fact + phrase.normal).split()

"""The sentences. Expected texts are written out: they are what people read."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from botwarden.detect.models.words import Reason, about, reasons, sentence, title
from botwarden.features.schema import DECAYS, FEATURES

FEATURE_LIST = FEATURES["nbaiot115"]
COLUMNS = [feature.name for feature in FEATURE_LIST]
INDEX = {name: i for i, name in enumerate(COLUMNS)}
SECONDS, FRAMES, SPREADS, ANY = (1.2, 3, 10, 20, 50), (60, 70, 90, 150, 590), (0, 2, 20, 50, 200), (-0.4, 0, 0, 0, 0.7)


def normal_of(name: str) -> tuple[float, ...]:
    """Percentiles as a camera might have them."""
    feature = FEATURE_LIST[INDEX[name]]
    if feature.family == "HH_jit" and feature.statistic != "weight":
        return (0.01, 0.1, 1, 3, 10)
    squared = tuple(value * value for value in SPREADS)
    return {
        "weight": SECONDS,
        "mean": FRAMES,
        "std": SPREADS,
        "variance": squared,
        "radius": squared,
        "magnitude": (90, 110, 130, 200, 640),
        "covariance": (-400, 0, 0, 0, 900),
        "pcc": ANY,
    }[feature.statistic]


NORMALS = np.array([normal_of(name) for name in COLUMNS]).T
USUAL = NORMALS[2].copy()


def row(**values: float) -> NDArray[np.float64]:
    """A usual row but for the columns named; a name without a decay is all five of them."""
    out = USUAL.copy()
    for name, value in values.items():
        family, _, statistic = name.rpartition("__")
        named = [f"{family}_L{decay:g}_{statistic}" for decay in DECAYS] if family else [name]
        for column in named:
            out[INDEX[column]] = value
    return out


def sentences(values: NDArray[np.float64], weights: NDArray[np.float64]) -> list[str]:
    """The texts of the reasons."""
    return [reason.text for reason in reasons(COLUMNS, values, NORMALS, weights)]


@pytest.mark.parametrize(
    ("column", "value", "normal", "text"),
    [
        (
            "HH_L0.1_weight",
            72_135,
            (2.0, 3.0, 5.0, 5.0, 5.5),
            "packets from the sender to this receiver came every 0.2 ms over the last 14 s; "
            "normal is every 2.9 to 10 s",
        ),
        (
            "MI_dir_L0.01_weight",
            1.0,
            (5.0, 6.0, 7.0, 8.0, 20.0),
            "this is the first packet from the sender for over 33 min, or ever; normal is every 7.4 to 32 s",
        ),
        (
            "HpHp_L0.1_weight",
            1.02,
            (5.0, 6.0, 7.0, 8.0, 20.0),
            "this is the first packet from the sender in this conversation for 57 s; normal is every 0.7 to 3.2 s",
        ),
        (
            "H_L1_mean",
            1434.2,
            FRAMES,
            "frames from the sender's address were 1,434 bytes long on average over the last 1.4 s; "
            "normal is 60 to 590 bytes",
        ),
        (
            "MI_dir_L0.1_variance",
            90_000.0,
            (0, 1, 4, 9, 400),
            "the lengths of frames from the sender varied by 300 bytes over the last 14 s; normal is 0 to 20 bytes",
        ),
        (
            "HH_L0.1_std",
            0.0,
            (2, 3, 4, 5, 20),
            "frames from the sender to this receiver were all of one length over the last 14 s; "
            "normal is 2 to 20 bytes",
        ),
        (
            "HH_L0.1_magnitude",
            60.0,
            (90, 91, 92, 93, 640),
            "taken together, the mean frame lengths of both directions between the sender and this receiver came to "
            "60 bytes over the last 14 s; normal is 90 to 640 bytes",
        ),
        (
            "HpHp_L1_radius",
            250_000.0,
            (0, 0, 0, 1, 100),
            "taken together, the frame lengths of both directions of this conversation varied by 500 bytes over the "
            "last 1.4 s; normal is 0 to 10 bytes",
        ),
        (
            "HH_L1_covariance",
            -10_000.0,
            (-400, 0, 0, 0, 900),
            "the lengths of both directions between the sender and this receiver changed in opposite ways, by about "
            "100 bytes, over the last 1.4 s; normal is -20 to 30 bytes, below 0 in opposite ways",
        ),
        (
            "HpHp_L0.1_pcc",
            0.97,
            ANY,
            "the lengths of both directions of this conversation were correlated by 0.97 over the last 14 s; "
            "normal is -0.40 to 0.70",
        ),
        (
            "HH_jit_L0.1_mean",
            0.0002,
            (3.0, 3.0, 3.0, 3.0, 3.0),
            "packets from the sender to this receiver came 0.2 ms apart on average over the last 14 s; "
            "normal is 3 s apart",
        ),
        (
            "HH_jit_L0.1_mean",
            1.5059e9,
            (0.01, 0.1, 1, 3, 10),
            "this is the first packet ever from the sender to this receiver; normal is 10 ms to 10 s apart",
        ),
        (
            "HH_jit_L0.1_variance",
            1e17,
            (0.01, 0.1, 1, 3, 100),
            "packets from the sender to this receiver have only just begun; normal is 0.1 to 10 s",
        ),
        (
            "MI_dir_L5_mean",
            100.0,
            FRAMES,
            "frames from the sender were 100 bytes long on average over the last 0.3 s, by itself normal "
            "(60 to 590 bytes)",
        ),
        ("entropy", 3.25, (1, 1, 1, 1, 2), "entropy is 3.25; normal is 1 to 2"),
    ],
)
def test_sentence(column: str, value: float, normal: tuple[float, ...], text: str) -> None:
    assert sentence(column, value, normal) == text


@pytest.mark.parametrize("column", COLUMNS)
def test_every_feature_says_who_what_and_what_is_normal(column: str) -> None:
    feature = FEATURE_LIST[INDEX[column]]
    for value in (0.0, 1.0, 74.5, 5e3, 2e9):
        text = sentence(column, value, normal_of(column))
        assert "sender" in text or "conversation" in text
        assert ("receiver" in text) == (feature.family in ("HH", "HH_jit"))
        assert ("; normal is " in text) != (", by itself normal (" in text)
        assert text[0].islower()
        assert not text.endswith(".")
        assert column not in text
        assert not {"nan", "inf", "L5", "weight"} & set(text.replace(",", " ").split())
        unit = text.rsplit("normal", 1)[1]
        if feature.statistic == "pcc":
            assert "0.70" in unit
        elif feature.unit in ("B", "B²"):
            assert "bytes" in unit
        else:
            assert "s" in unit.replace(")", " ").split() or "min" in unit


@pytest.mark.parametrize("column", COLUMNS)
def test_every_feature_calls_its_own_range_normal(column: str) -> None:
    normal = normal_of(column)
    for value in normal:
        assert ", by itself normal (" in sentence(column, value, normal)


@given(st.sampled_from(COLUMNS), st.floats(width=32), st.lists(st.floats(-1e30, 1e30), min_size=5, max_size=5))
def test_no_number_is_too_odd_for_a_sentence(column: str, value: float, normal: list[float]) -> None:
    assert sentence(column, value, sorted(normal)).isprintable()


def test_text_from_a_model_file_cannot_steer_a_terminal() -> None:
    assert sentence("a\x1b[2Jb", 1.0, (1, 1, 1, 1, 1)).isprintable()


def test_what_differs_by_rounding_only_is_not_unusual() -> None:
    assert "by itself normal" in sentence("HH_L1_std", 2e-5, (0, 0, 0, 0, 0))
    assert "by itself normal" in sentence("HH_L1_mean", 590.4, FRAMES)
    assert "normal is" in sentence("HH_L1_mean", 592, FRAMES)


def test_a_flood_is_one_thing_told_once() -> None:
    values = row(MI_dir__weight=900, H__weight=900)
    found = reasons(COLUMNS, values, NORMALS, (values != USUAL).astype(float))
    assert len(found) == 1
    assert set(found[0].columns) >= {f"{family}_L{d:g}_weight" for family in ("MI_dir", "H") for d in DECAYS}
    assert found[0].share == pytest.approx(1)
    assert found[0].text.startswith("packets from the sender")


def test_the_window_that_shows_it_best_is_named() -> None:
    values = row(HH_L5_weight=60, HH_L1_weight=5000)
    (text,) = sentences(values, np.where(values != USUAL, 1.0, 0.0))
    assert "over the last 1.4 s" in text


def test_order_is_by_what_was_contributed_and_length_by_the_limit() -> None:
    values = row(MI_dir_L5_weight=900, HpHp_L5_mean=1400, HH_L5_pcc=0.99)
    weights = np.zeros(115)
    for name, weight in (("MI_dir_L5_weight", 1.0), ("HpHp_L5_mean", 3.0), ("HH_L5_pcc", 2.0)):
        weights[INDEX[name]] = weight
    found = reasons(COLUMNS, values, NORMALS, weights)
    assert [reason.columns[0] for reason in found] == ["HpHp_L5_mean", "HH_L5_pcc", "MI_dir_L5_weight"]
    assert [reason.share for reason in found] == pytest.approx([3 / 6, 2 / 6, 1 / 6])
    assert [reason.text for reason in reasons(COLUMNS, values, NORMALS, weights, 2)] == [r.text for r in found[:2]]


def test_what_is_usual_is_left_out() -> None:
    values = row(HpHp_L5_mean=1400)
    found = reasons(COLUMNS, values, NORMALS, np.ones(115))
    assert [reason.columns[0] for reason in found] == ["HpHp_L5_mean"]
    assert found[0].unusual


def test_what_speaks_against_is_no_reason() -> None:
    values = row(HpHp_L5_mean=1400, MI_dir_L5_weight=900)
    weights = np.zeros(115)
    weights[INDEX["HpHp_L5_mean"]] = -5.0
    weights[INDEX["MI_dir_L5_weight"]] = 1.0
    (found,) = reasons(COLUMNS, values, NORMALS, weights)
    assert found.columns[0] == "MI_dir_L5_weight"
    assert found.share == 1


def test_a_combination_of_normal_values_is_told_as_such() -> None:
    weights = np.zeros(115)
    weights[INDEX["HH_L0.1_mean"]] = 2.0
    weights[INDEX["MI_dir_L1_weight"]] = 1.0
    found = reasons(COLUMNS, USUAL, NORMALS, weights)
    assert [reason.unusual for reason in found] == [False, False]
    assert all("by itself normal" in reason.text for reason in found)


def test_a_forged_sender_is_a_first_packet_and_not_fifty_oddities() -> None:
    """As in SYN floods of N-BaIoT: all weights 1, all means the one frame, no spread, nothing back."""
    values = USUAL.copy()
    for i, feature in enumerate(FEATURE_LIST):
        values[i] = {"weight": 1.0, "mean": 1434.0, "magnitude": 1434.0}.get(feature.statistic, 0.0)
        if feature.family == "HH_jit" and feature.statistic == "mean":
            values[i] = 1.0
    texts = sentences(values, np.ones(115))
    firsts = [text for text in texts if "first packet" in text]
    assert firsts == [
        "this is the first packet from the sender for over 33 min, or ever; normal is every 2.9 s to 4 min"
    ]
    lengths = [text for text in texts if "bytes long" in text]
    assert lengths == [
        "the only frame from the sender over the last 0.3 s is 1,434 bytes long; normal is a mean of 60 to 590 bytes"
    ]


def test_silence_of_the_other_side_is_told_as_such() -> None:
    values = row(HH__mean=60, HH__magnitude=60)
    texts = sentences(values, (values != USUAL).astype(float))
    assert texts[0] == (
        "nothing has come back from this receiver yet; normal is 90 to 640 bytes for the mean lengths of both "
        "directions together"
    )


def test_frames_that_are_all_alike_are_told_as_such() -> None:
    values = row(MI_dir__mean=1400, MI_dir__variance=0)
    (text,) = sentences(values, (values == 1400).astype(float))
    assert text == "frames from the sender were all 1,400 bytes long over the last 0.3 s; normal is 60 to 590 bytes"


def test_nothing_contributed_is_no_reason() -> None:
    assert reasons(COLUMNS, USUAL, NORMALS, np.zeros(115)) == []
    assert reasons(COLUMNS, USUAL, NORMALS, np.full(115, np.nan)) == []


@settings(max_examples=50, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 8))
def test_reasons_of_any_row(random: object, limit: int) -> None:
    rng = np.random.default_rng(random.getrandbits(32))  # type: ignore[attr-defined]
    values = rng.choice([0.0, 1.0, 60.0, -5.0, 1e9, 1e38, np.nan, np.inf], 115)
    weights = rng.choice([0.0, 1.0, -1.0, 1e30, np.inf], 115)
    found = reasons(COLUMNS, values, NORMALS, weights, limit)
    assert len(found) <= limit
    assert all(isinstance(reason, Reason) and reason.text.isprintable() and 0 <= reason.share <= 1 for reason in found)
    assert len({reason.unusual for reason in found}) <= 1
    told = [column for reason in found for column in reason.columns]
    assert len(told) == len(set(told))


def test_titles_tell_features_apart() -> None:
    assert len({title(column) for column in COLUMNS}) == 115
    assert title("HH_L0.1_weight") == "packet rate · to receiver · 14 s"
    assert title("HH_jit_L5_mean") == "mean gap · to receiver · 0.3 s"
    assert title("a\x1bb").isprintable()


def test_features_about_one_thing() -> None:
    assert about("MI_dir_L5_weight") == about("H_L0.01_weight")
    assert about("HH_L5_weight") == about("HH_jit_L1_weight")
    assert len({about(name) for name in ("HH_L5_weight", "HpHp_L5_weight", "HH_L5_mean", "HH_jit_L5_mean", "x")}) == 5

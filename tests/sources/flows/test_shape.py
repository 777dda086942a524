import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.packet import ACK, PSH, RST, SYN
from botwarden.sources.flows.shape import (
    ANSWERS,
    CONFIRMS,
    OPENS,
    ORIG_FIN,
    ORIG_RST,
    RESP_FIN,
    RESP_RST,
    tcp_shape,
)

ALL = OPENS | ANSWERS | CONFIRMS


@pytest.mark.parametrize(
    ("state", "history", "marks"),
    [
        ("S0", "S", OPENS),
        ("REJ", "Sr", OPENS | RESP_RST),
        ("SF", "ShADadFf", ALL | ORIG_FIN | RESP_FIN),
        ("S1", "ShA", ALL),
        ("S3", "ShAdDaf", ALL | RESP_FIN),
        ("RSTO", "ShR", OPENS | ANSWERS | ORIG_RST),  # a half-open scan of an open port
        ("RSTO", "ShAR", ALL | ORIG_RST),
        ("RSTR", "ShADadr", ALL | RESP_RST),
        ("OTH", "Da", 0),
        ("SF", "DdAaFf", ORIG_FIN | RESP_FIN),  # begun before Zeek was
        ("REJ", "D", OPENS | RESP_RST),  # the state is believed where the history was tampered with
        ("SHR", "^hf", ANSWERS | RESP_FIN),
    ],
)
def test_marks_follow_the_history(state: str, history: str, marks: int) -> None:
    assert tcp_shape(state, history).marks == marks


@pytest.mark.parametrize(
    ("state", "marks"),
    [("S0", OPENS), ("SF", ALL | ORIG_FIN | RESP_FIN), ("RSTOS0", OPENS | ORIG_RST), ("OTH", 0), ("nonsense", 0)],
)
def test_without_a_history_the_state_must_do(state: str, marks: int) -> None:
    assert tcp_shape(state, None).marks == marks


def test_other_packets_look_like_what_the_history_tells() -> None:
    assert tcp_shape("S0", "S").orig_flags == SYN
    assert tcp_shape("SF", "ShADadFf")[1:3] == (PSH | ACK, PSH | ACK)
    assert tcp_shape("OTH", "A").orig_flags == ACK
    assert tcp_shape("REJ", "Sr")[1:3] == (SYN, RST)
    assert tcp_shape("SHR", "^h").resp_flags == SYN | ACK
    assert tcp_shape("OTH", "C").orig_flags == 0


def test_marks_stand_for_packets_of_each_side() -> None:
    assert tcp_shape("SF", "ShADadFf")[3:5] == (3, 2)
    assert tcp_shape("REJ", "Sr")[3:5] == (1, 1)
    assert tcp_shape("OTH", "C")[3:5] == (0, 0)


@pytest.mark.parametrize(("history", "packets"), [("C", 1), ("SCCCC", 1000), ("C" * 99, 100_000), ("Sc", 0)])
def test_packets_with_a_wrong_checksum_are_told_by_powers_of_ten(history: str, packets: int) -> None:
    assert tcp_shape("OTH", history).orig_bad == packets


@given(st.text(max_size=12), st.none() | st.text(max_size=30))
def test_anything_has_a_shape(state: str, history: str | None) -> None:
    shape = tcp_shape(state, history)
    assert all(0 <= flags < 256 for flags in shape[:3])

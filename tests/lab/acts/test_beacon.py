from collections.abc import Callable


def test_only_the_lab_is_called(refusal: Callable[..., str]) -> None:
    assert "outside the lab" in refusal("beacon", host="192.0.2.1")
    assert "more than" in refusal("beacon", calls=100_000)

from collections.abc import Callable

from botwarden.lab import plan


def test_only_the_house_is_guessed_at(refusal: Callable[..., str]) -> None:
    assert "outside the lab" in refusal("guess", target="192.0.2.9")
    assert "not for the network namespace" in refusal("guess", target=plan.DVR.ip)

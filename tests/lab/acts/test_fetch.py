from collections.abc import Callable

from botwarden.lab import guard


def test_the_file_is_not_fetched_outside_the_lab(refusal: Callable[..., str]) -> None:
    assert "not for the network namespace" in refusal("download")
    assert "more than" in refusal("download", times=guard.MAX_CONVERSATIONS + 1)

from collections.abc import Callable


def test_peers_are_asked_in_the_lab_only(refusal: Callable[..., str]) -> None:
    assert "not for the network namespace" in refusal("p2p")
    assert "more than" in refusal("p2p", rounds=1_000_000)

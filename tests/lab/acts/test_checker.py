from collections.abc import Callable

from botwarden.lab.acts import options_of
from botwarden.lab.acts.checker import PORTS


def test_a_checker_stays_below_what_a_scan_does() -> None:
    """15 failing ports of one machine in a minute or 50 in an hour would be a scan (docs/detection.md)."""
    every = options_of("checker")["every"][1]
    assert len(PORTS) < 15
    assert 10 / every < 15


def test_a_checker_outside_the_lab_is_refused(refusal: Callable[..., str]) -> None:
    assert "not for the network namespace" in refusal("checker")

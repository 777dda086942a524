import random
from collections.abc import Callable

from botwarden.lab import plan
from botwarden.lab.acts.dga import LONGEST, SHORTEST, made_up


def test_names_are_letters_at_random_that_nobody_has() -> None:
    dice = random.Random(3)
    names = [made_up(dice, n) for n in range(200)]
    assert len(set(names)) == 200
    assert not set(names) & plan.NAMES.keys()
    for name in names:
        label, _, top = name.partition(".")
        assert label.isalpha() and SHORTEST <= len(label) <= LONGEST
        assert top in ("com", "net", "org", "info")


def test_nobody_is_asked_outside_the_lab(refusal: Callable[..., str]) -> None:
    assert "not for the network namespace" in refusal("dga")
    assert "more than" in refusal("dga", count=100_000)

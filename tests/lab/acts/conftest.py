"""Somebody who would like to act but is not in a lab."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from botwarden.lab import acts, plan
from botwarden.lab.acting import Actor
from botwarden.lab.clock import Clock
from botwarden.lab.guard import Permit, Refused

Refusal = Callable[..., str]


@pytest.fixture
def outsider(tmp_path: Path) -> Actor:
    """Has a permit that nobody gave."""
    clock = Clock(tmp_path / "clock")
    clock.start(speed=600)
    return Actor(Permit(plan.CAMERA.ip, plan.CAMERA), clock, 1)


@pytest.fixture
def refusal(outsider: Actor) -> Refusal:
    """How an act refuses, with these options, outside the lab."""

    def refuse(act: str, **options: Any) -> str:
        with pytest.raises(Refused) as caught:
            acts.ACTS[act](outsider, **acts.check(act, options))
        return str(caught.value)

    return refuse

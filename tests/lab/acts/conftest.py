"""Somebody who would like to act but is not in a lab, and how that ends."""

from collections.abc import Callable
from typing import Any

import pytest

from botwarden.lab import acts
from botwarden.lab.acting import Actor
from botwarden.lab.guard import Refused
from houses import outsider

__all__ = ["outsider"]

Refusal = Callable[..., str]


@pytest.fixture
def refusal(outsider: Actor) -> Refusal:
    """How an act refuses, with these options, outside the lab."""

    def refuse(act: str, **options: Any) -> str:
        with pytest.raises(Refused) as caught:
            acts.ACTS[act](outsider, **acts.check(act, options))
        return str(caught.value)

    return refuse

"""Behaviours: what the detector's episodes mean. One file per family, each a pure function to claims."""

from collections.abc import Callable, Iterator
from typing import Final

from botwarden.detect.behaviours import amplification, beacon, flood, guess, junk, scan
from botwarden.detect.claim import Claim
from botwarden.detect.detector import Findings

CLAIMS: Final[tuple[Callable[[Findings], Iterator[Claim]], ...]] = (
    scan.claims,
    guess.claims,
    flood.claims,
    junk.claims,
    amplification.claims,
    beacon.claims,
)
"""All of them."""

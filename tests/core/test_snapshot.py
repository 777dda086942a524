"""Snapshots know how many rows they hold."""

import numpy as np

from botwarden.core.packet import PACKET
from botwarden.core.snapshot import FeatureSchema, Snapshots


def test_the_length_is_the_number_of_rows() -> None:
    schema = FeatureSchema("two", ("a", "b"))
    assert len(Snapshots(schema, np.zeros(5, PACKET), np.zeros((5, 2)))) == 5

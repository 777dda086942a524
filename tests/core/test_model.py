from itertools import pairwise

from botwarden.core.model import TAIL_SHARES, Manifest, Model, SchemaRef, Training


def test_the_shares_of_the_tail_fall_from_all_rows_to_one_in_a_hundred_thousand() -> None:
    assert TAIL_SHARES[0] == 1.0
    assert abs(TAIL_SHARES[-1] - 1e-5) < 1e-12
    assert all(a > b for a, b in pairwise(TAIL_SHARES))


def test_a_model_has_a_name_for_people() -> None:
    training = Training(files=[], split="none", seed=0, created="", seconds=0.0, versions={})
    manifest = Manifest(name="house\x1b[2J", schema=SchemaRef(name="x", columns=["a"]), training=training)
    assert Model(manifest, {}, {}).title == "house\ufffd[2J (not in a file)"
    assert Model(manifest, {}, {}, "0123456789abcdef").title == "house\ufffd[2J (0123456789ab)"

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botwarden.core.errors import DataError, SchemaMismatch
from botwarden.core.row import Group, Rows, concatenate
from botwarden.core.snapshot import FeatureSchema
from botwarden.learn.dataset import Collector, collect

SCHEMA = FeatureSchema("two", ("a", "b"))
GROUPS = (
    Group("cam"),
    Group("plug"),
    Group("cam", "mirai", "scan"),
    Group("plug", "mirai", "scan"),
    Group("", "", "x"),
)


def rows_of(codes: list[int], first: int = 0) -> Rows:
    """Rows whose value ``a`` is their number."""
    number = np.arange(first, first + len(codes), dtype=np.float64)
    values = np.column_stack([number, -number])
    n = len(codes)
    return Rows(SCHEMA, values, GROUPS, np.array(codes, np.int32), number / 10, np.full(n, 4, np.int8), "file", first)


def cut(rows: Rows, sizes: list[int]) -> Iterator[Rows]:
    at = 0
    for size in sizes:
        yield rows.take(slice(at, at + size))
        at += size
    yield rows.take(slice(at, None))


def counts(rows: Rows) -> Counter[Group]:
    return Counter(rows.groups[code] for code in rows.group.tolist())


codes = st.lists(st.integers(0, 4), min_size=1, max_size=300)


@given(codes, st.lists(st.integers(0, 80), max_size=6))
def test_without_a_limit_all_is_kept(given_codes: list[int], sizes: list[int]) -> None:
    whole = rows_of(given_codes)
    kept = collect(cut(whole, sizes), seed=1)
    assert kept.values.dtype == np.float32
    assert (kept.values == whole.values).all()
    assert (kept.ts == whole.ts).all()
    assert (kept.proto == 4).all()
    assert kept.labels.tolist() == whole.labels.tolist()
    assert kept.devices.tolist() == whole.devices.tolist()


@settings(deadline=None)
@given(
    codes,
    st.lists(st.integers(0, 80), max_size=6),
    st.integers(1, 40),
    st.sampled_from(["group", "class", "kind"]),
    st.booleans(),
    st.integers(5, 100),
)
def test_what_is_kept_depends_on_the_seed_alone_and_keeps_its_order(
    given_codes: list[int], sizes: list[int], limit: int, per: str, balance: bool, total: int
) -> None:
    whole = rows_of([0, *given_codes])
    how = {"limit": limit, "per": per, "balance": balance, "total": total, "seed": 7}
    at_once = collect([whole], **how)
    in_pieces = collect(cut(whole, sizes), **how)
    assert (at_once.values == in_pieces.values).all()
    assert counts(at_once) == counts(in_pieces)
    assert (np.diff(at_once.values[:, 0]) > 0).all()
    assert len(at_once) <= max(total, 5)
    strata = Counter(_stratum(per, group) for group in counts(at_once).elements())
    assert max(strata.values()) <= limit
    if balance:
        assert np.count_nonzero(~at_once.benign) <= max(np.count_nonzero(at_once.benign), 4)


def _stratum(per: str, group: Group) -> object:
    return {"group": group, "class": group.label, "kind": group.benign}[per]


def test_a_limit_is_filled() -> None:
    whole = rows_of([0] * 500 + [2] * 300 + [3] * 300 + [4] * 20)
    kept = collect([whole], limit=100, seed=1)
    assert Counter(kept.labels.tolist()) == {"benign": 100, "mirai.scan": 100, "x": 20}
    kept = collect([whole], limit=100, per="group", seed=1)
    assert sorted(counts(kept).values()) == [20, 100, 100, 100]


def test_attacks_are_sampled_to_the_size_of_the_benign_part() -> None:
    whole = rows_of([0] * 90 + [2] * 500 + [4] * 20)
    kept = collect([whole], balance=True, seed=1)
    assert Counter(kept.labels.tolist()) == {"benign": 90, "mirai.scan": 70, "x": 20}


def test_the_largest_are_cut_where_all_are_too_many() -> None:
    kept = collect([rows_of([0] * 500 + [2] * 300 + [4] * 20)], total=220, seed=1)
    assert Counter(kept.labels.tolist()) == {"benign": 100, "mirai.scan": 100, "x": 20}


def test_other_seeds_keep_other_rows_and_every_row_has_a_chance() -> None:
    whole = rows_of([0] * 200)
    hits = np.zeros(200)
    for seed in range(100):
        hits[collect([whole], limit=50, seed=seed).values[:, 0].astype(int)] += 1
    assert hits.sum() == 5000
    assert 5 < hits.min() <= hits.max() < 50
    assert abs(hits[:100].sum() - 2500) < 250


def test_memory_follows_what_is_kept() -> None:
    collector = Collector(limit=1000, seed=1)
    chunk = rows_of([0, 2] * 4096)
    most = 0
    for _ in range(40):
        collector.add(chunk)
        most = max(most, sum(len(part[0]) for part in collector._parts))
    assert most < 45_000  # of 327,680
    assert len(collector.rows()) == 2000


def test_it_tells_what_it_left_out() -> None:
    collector = Collector(limit=100, seed=1)
    collector.add(rows_of([0] * 500 + [4] * 20))
    assert collector.seen == {GROUPS[0]: 500, GROUPS[4]: 20}
    collector.rows()
    assert collector.kept == {GROUPS[0]: 100, GROUPS[4]: 20}
    assert collector.text() == "120 of 520 rows, drawn at random (at most 100 per class)"
    everything = Collector(seed=1)
    everything.add(rows_of([0]))
    everything.rows()
    assert everything.text() == "all 1 row"


def test_values_beyond_float32_are_refused_with_their_place() -> None:
    rows = rows_of([0, 0, 0], first=8192)
    rows.values[1, 1] = 1e39
    with pytest.raises(DataError, match=r"^file, row 8,194, column b: 1e\+39 is beyond the range of float32$"):
        collect([rows], seed=1)
    rows.values[1, 1] = 1e-60
    assert collect([rows], seed=1).values[1, 1] == 0


def test_nothing_is_no_data_set() -> None:
    with pytest.raises(DataError, match="no rows"):
        collect([], seed=1)
    with pytest.raises(DataError, match="no row is benign"):
        collect([rows_of([2, 2])], balance=True, seed=1)


def test_rows_of_one_schema_only() -> None:
    other = Rows.of(FeatureSchema("other", ("a", "b")), np.zeros((1, 2)))
    with pytest.raises(SchemaMismatch):
        collect([rows_of([0]), other], seed=1)


@pytest.mark.parametrize("how", [{"limit": 0}, {"total": 0}])
def test_a_limit_is_one_row_at_least(how: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="one row"):
        Collector(seed=1, **how)


def test_groups_that_occur_again_are_one() -> None:
    kept = collect([rows_of([0, 2]), rows_of([0, 3], first=2)], seed=1)
    assert len(set(kept.groups)) == len(kept.groups)
    assert counts(kept) == counts(concatenate([rows_of([0, 2]), rows_of([0, 3])]))

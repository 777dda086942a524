from botwarden.features.schema import DATE_COLUMNS, DECAYS, FEATURES, NBAIOT115, SCHEMAS, STATISTICS, first_column

NAMES = NBAIOT115.columns


def test_the_columns_are_those_of_the_published_header() -> None:
    assert len(NAMES) == 115
    assert NAMES[:4] == ("MI_dir_L5_weight", "MI_dir_L5_mean", "MI_dir_L5_variance", "MI_dir_L3_weight")
    assert NAMES[15] == "H_L5_weight"
    assert NAMES[30:37] == tuple(
        f"HH_L5_{s}" for s in ("weight", "mean", "std", "magnitude", "radius", "covariance", "pcc")
    )
    assert NAMES[65] == "HH_jit_L5_weight"
    assert NAMES[74:77] == ("HH_jit_L0.1_weight", "HH_jit_L0.1_mean", "HH_jit_L0.1_variance")
    assert NAMES[-1] == "HpHp_L0.01_pcc"


def test_schemas_are_found_by_their_names() -> None:
    assert SCHEMAS["nbaiot115"] is NBAIOT115
    assert all(name == schema.name for name, schema in SCHEMAS.items())


def test_every_column_has_its_facts_and_no_two_share_a_meaning_and_decay() -> None:
    features = FEATURES["nbaiot115"]
    assert tuple(f.name for f in features) == NAMES
    assert {f.decay for f in features} == set(DECAYS)
    for f in features:
        assert f.statistic in STATISTICS[f.family]
        assert f.name == f"{f.family}_L{f.decay:g}_{f.statistic}"
    assert len({f.meaning for f in features}) == 115


def test_units_follow_from_the_statistic() -> None:
    unit = {f.name: f.unit for f in FEATURES["nbaiot115"]}
    assert unit["H_L1_weight"] == "packets"
    assert unit["H_L1_mean"] == "B"
    assert unit["H_L1_variance"] == "B²"
    assert unit["HH_L1_std"] == "B"
    assert unit["HH_L1_radius"] == "B²"
    assert unit["HH_jit_L1_mean"] == "s"
    assert unit["HH_jit_L1_variance"] == "s²"
    assert unit["HpHp_L1_pcc"] == "1"


def test_half_lives_are_said_in_seconds() -> None:
    meaning = {f.name: f.meaning for f in FEATURES["nbaiot115"]}
    assert meaning["H_L5_mean"].endswith("each counts half after 0.2 s.")
    assert meaning["H_L0.01_mean"].endswith("each counts half after 100 s.")


def test_families_begin_where_their_columns_do() -> None:
    assert [first_column(family) for family in STATISTICS] == [0, 15, 30, 65, 80]


def test_the_date_is_in_ten_columns() -> None:
    assert len(DATE_COLUMNS) == 10
    assert {name.rpartition("_")[2] for name in DATE_COLUMNS} == {"mean", "variance"}
    assert {name.rpartition("_L")[0] for name in DATE_COLUMNS} == {"HH_jit"}

import msgspec

from botwarden.core.model import ClassifierPart, DataFile, DetectorPart, Manifest, SchemaRef, Training
from botwarden.features.schema import DATE_COLUMNS, NBAIOT115
from botwarden.learn.card import card
from nbaiot import rows

COLUMNS = [name for name in NBAIOT115.columns if name not in DATE_COLUMNS]
DETECTOR = DetectorPart(
    name="d", algorithm="denoising", columns=COLUMNS, scaler="logistic", threshold=0.5, rule="a rule", window=3
)
MANIFEST = Manifest(
    name="house",
    schema=SchemaRef(name="nbaiot115", columns=list(NBAIOT115.columns)),
    detectors=[DETECTOR],
    classifiers=[
        ClassifierPart(name="c", algorithm="network", columns=COLUMNS, scaler="standard", classes=["benign", "mirai"])
    ],
    training=Training(
        files=[DataFile(name="a`b<script>.csv", sha256="ab" * 32, rows=300, label="benign")],
        split="crossed", seed=7, created="2026-01-01", seconds=1.0, versions={},
    ),
    metrics={"benign_rows": 300, "false_positive_rate": 0.001, "attack_rows": 120, "recall": 0.9995,
             "recall.mirai.syn": 0.5, "named_rows": 80, "accuracy": 0.9},
)  # fmt: skip


def test_it_says_what_for_of_what_and_how_good() -> None:
    text = card(MANIFEST, rows(300, 60), ["a note"])
    for part in ("# house", "`mirai`", "105 of 115 columns", "300 benign rows", "120 attack rows", "Seed 7",
                 "0.10 %", "99.950 %", "`mirai.syn`: 50.0 %", "90.0 %", "majority of 3 rows", "- a note",
                 "left out"):  # fmt: skip
        assert part in text, part


def test_names_from_outside_format_nothing() -> None:
    text = card(MANIFEST, rows(300, 60), [])
    assert "<script>" not in text and "a`b" not in text


def test_dates_and_what_was_not_measured_are_told() -> None:
    part = msgspec.structs.replace(DETECTOR, columns=list(NBAIOT115.columns))
    text = card(msgspec.structs.replace(MANIFEST, detectors=[part], metrics={}), rows(30, 0), [])
    assert "calendar" in text and "Not measured" in text

from dataclasses import replace

import numpy as np
from msgspec.structs import replace as changed

from botwarden.app.model_card import LISTED, document
from botwarden.core.document import Table
from botwarden.core.model import DataFile
from models import TRAINING, classifier, detector, model


def table(tables: list[list[Table]], title: str) -> list[list[str]]:
    return next(one.rows for group in tables for one in group if one.columns[0].title == title)


def test_it_says_what_is_in_a_model() -> None:
    held = model(
        [detector(), detector("camera-udp", device="camera", protocol="udp", window=21)],
        [classifier("kind", ["benign", "mirai.syn"])],
        [np.ones((3, 2), np.float32)],
    )
    training = changed(TRAINING, files=[DataFile(name="a.csv", sha256="f" * 64, rows=1200, label="benign")])
    held = replace(
        held, identity="ab" * 32, manifest=changed(held.manifest, training=training, metrics={"recall": 0.5})
    )
    shown = document(held, "a.model")
    tables = [section.tables for section in shown.sections]
    assert shown.headline == "by hand: 2 detectors and 1 classifier"
    assert "ab" * 32 in shown.summary[0]
    parts = table(tables, "Part")
    assert [row[:4] for row in parts] == [
        ["all", "autoencoder", "all rows", "3, identity"],
        ["camera-udp", "autoencoder", "camera, UDP", "3, identity"],
        ["kind", "network", "all rows", "3, identity"],
    ]
    assert parts[1][4] == "score above 4 (by hand), most of 21 rows"
    assert parts[2][4] == "2 classes: benign, mirai.syn"
    assert table(tables, "Measured") == [["recall", "0.5"]]
    assert table(tables, "Learned from") == [["a.csv", "1,200", "benign", "f" * 16]]
    assert "Knows nothing." in shown.sections[-1].text


def test_a_model_that_tells_dates_apart_is_warned_of() -> None:
    held = model()
    held = replace(held, manifest=changed(held.manifest, training=changed(TRAINING, dates=True)))
    assert "tells dates apart" in " ".join(w for section in document(held, "a").sections for w in section.warnings)


def test_of_many_parts_some_are_listed() -> None:
    shown = document(model([detector(f"d{n}", device=f"d{n}") for n in range(LISTED + 2)]), "a")
    listed = shown.sections[0].tables[0]
    assert len(listed.rows) == LISTED
    assert listed.text == "2 more parts not shown."


def test_nothing_that_steers_a_terminal_is_shown() -> None:
    held = model([detector(algorithm="\x1b[2J", rule="\x1b[2J")])
    held = replace(held, manifest=changed(held.manifest, name="\x1b[2J"))
    shown = document(held, "\x1b")
    assert "\x1b" not in repr(shown).replace("\\x1b", "\x1b").replace(repr(held.manifest.card), "")

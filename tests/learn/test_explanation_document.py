import io

import msgspec
import numpy as np
import pytest
from PIL import Image

from botwarden.core.document import figures
from botwarden.learn.explanation import Explanation, Fit
from botwarden.learn.explanation_document import document, figure
from botwarden.learn.stability import Stability
from explanations import CAUSES, explained


@pytest.fixture(scope="module")
def found() -> Explanation:
    return explained(limit=3)


def test_it_says_what_was_judged_and_why(found: Explanation) -> None:
    read = document(found)
    assert read.headline.startswith("Row 8 is anomalous, flood (")
    assert "Traffic of camera." in read.summary
    assert "Its score is 25, the threshold 4." in read.summary
    titles = [section.title for section in read.sections]
    assert titles == [
        "What makes it flood, by LIME",
        "What raises its score, by LIME",
        "What the detector could not reproduce",
        "In numbers",
    ]
    assert read.sections[2].text[0].startswith("64 %: frames from the sender in this conversation were 40 bytes")
    assert figures(read) == {}


def test_a_classifier_that_contradicts_the_detector_is_told(found: Explanation) -> None:
    calm = msgspec.structs.replace(found, anomalous=False)
    assert document(calm).headline.startswith("Row 8 is not anomalous, though most like flood (")
    both = msgspec.structs.replace(found, anomalous=False, label="benign")
    assert document(both).headline.startswith("Row 8 is not anomalous, benign (")


def test_tables_name_the_causes_first(found: Explanation) -> None:
    things, features = document(found).sections[-1].tables
    assert {row[0] for row in things.rows[:2]} == {"packet rate · sender", "frame length · conversation"}
    assert {row[0] for row in features.rows[:2]} == set(CAUSES)
    assert [column.title for column in features.columns[3:]] == ["LIME, class", "LIME, score", "own error"]
    (row,) = [row for row in features.rows if row[0] == CAUSES[1]]
    assert row[1:3] == ["40", "-2 – 2"]
    assert row[-1] == "64 %"
    assert "stability 1.00 over 4 seeds" in things.text


def test_what_cannot_be_trusted_is_said(found: Explanation) -> None:
    assert found.detector is not None
    bad = Fit(fidelity=0.2, stability=Stability(seeds=4, top=10, strongest=0.1, weights=0.1))
    shaken = msgspec.structs.replace(found.detector, things_fit=bad)
    warnings = document(msgspec.structs.replace(found, detector=shaken)).warnings
    assert any("only 20 % of how the score changes" in warning for warning in warnings)
    assert any("agreement 0.10" in warning for warning in warnings)
    assert not any("of how the score" in warning for warning in document(found).warnings)


def test_bars_are_drawn_side_by_side(found: Explanation) -> None:
    drawn = figure(found)
    assert drawn is not None
    three = Image.open(io.BytesIO(drawn.png))
    two = figure(msgspec.structs.replace(found, classifier=None))
    assert two is not None
    assert Image.open(io.BytesIO(two.png)).width < three.width
    assert len(np.unique(np.asarray(three.convert("RGB")).reshape(-1, 3), axis=0)) > 3
    assert "flood" in drawn.title


def test_bars_of_other_rows_are_others(found: Explanation) -> None:
    assert found.errors is not None
    half = [msgspec.structs.replace(thing, weight=thing.weight / 2) for thing in found.errors.things[:1]]
    other = msgspec.structs.replace(found.errors, things=[*half, *found.errors.things[1:]])
    first, second = figure(found), figure(msgspec.structs.replace(found, errors=other))
    assert first is not None
    assert second is not None
    assert first.png != second.png


def test_nothing_to_show_is_no_figure(found: Explanation) -> None:
    assert figure(msgspec.structs.replace(found, detector=None, errors=None, classifier=None)) is None


def test_text_of_a_model_cannot_steer_a_terminal(found: Explanation) -> None:
    evil = msgspec.structs.replace(found, model="a\x1b[2J", device="b\x07", label="c\x1b")
    read = document(evil)
    assert all(line.isprintable() for line in [read.headline, *read.summary, *(s.title for s in read.sections)])

import io

import numpy as np
import pytest
from PIL import Image

from botwarden.core.document import Figure
from botwarden.learn import plots
from botwarden.learn.curves import Curve, Points
from botwarden.learn.metrics import Counts
from botwarden.learn.results import Histogram, SweepRow
from evaluations import CLASSES, evaluation

FOUND = evaluation(labels=CLASSES, models=2, window=3)
MODEL = FOUND.models[0]
LINES = plots.roc_lines(FOUND.models, FOUND.baselines)
EMPTY = [plots.Line("x", Points([], [], []))]


def inked(figure: Figure | None) -> float:
    """Share of a picture's dots that are not ground."""
    assert figure is not None
    with Image.open(io.BytesIO(figure.png)) as image:
        grey = np.asarray(image.convert("L"))
    return float((grey < 200).mean())


def test_every_picture_shows_something() -> None:
    assert MODEL.classes is not None
    matrix = np.array(MODEL.classes.matrix)
    by_model = {"m": MODEL.detections}
    for figure in (
        plots.roc(LINES, 200),
        plots.roc(plots.window_lines(FOUND.models), 200, name="w"),
        plots.det(LINES, 200, 30),
        plots.precision_recall(LINES),
        plots.score_histogram(MODEL.histogram, "m"),
        plots.threshold_sweep(MODEL.sweep, "m"),
        plots.reliability(MODEL),
        plots.time_to_detect(by_model, seconds=True),
        plots.time_to_detect(by_model, seconds=False, window=True),
        plots.learning_curves({"a": ([1.0, 0.5], [1.1, 0.6])}),
        plots.confusion(matrix, MODEL.classes.true, MODEL.classes.said, name="c", title="C"),
    ):
        assert inked(figure) > 0.005


def test_another_curve_is_another_picture() -> None:
    good = Curve.of(np.arange(100.0), np.arange(90.0, 190.0)).points()
    bad = Curve.of(np.arange(100.0), np.arange(10.0, 110.0)).points()
    pictures = [plots.roc([plots.Line("m", points)], 100) for points in (good, bad, good)]
    assert pictures[0] == pictures[2]
    assert pictures[0] != pictures[1]


def test_where_there_is_nothing_to_see_there_is_no_picture() -> None:
    assert plots.roc(EMPTY, 10) is None
    assert plots.roc(LINES, 0) is None
    assert plots.det(EMPTY, 10, 10) is None
    assert plots.det(LINES, 10, 0) is None
    assert plots.precision_recall([]) is None
    assert plots.score_histogram(None, "m") is None
    assert plots.threshold_sweep([], "m") is None
    assert plots.reliability(FOUND.baselines[0]) is None
    assert plots.time_to_detect({}, seconds=True) is None
    assert plots.time_to_detect({"m": []}, seconds=True) is None
    assert plots.time_to_detect({"m": evaluation(timed=False).models[0].detections}, seconds=True) is None
    assert plots.learning_curves({"m": ([], [])}) is None
    assert plots.confusion(np.zeros((2, 2), np.int64), ["a", "b"], ["a", "b"], name="c", title="C") is None


@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1.0, 1e12, 1e300])
def test_scores_of_any_size_are_drawn(scale: float) -> None:
    edges = (np.geomspace(1, 1000, 11) * scale / 1000).tolist()
    drawn = Histogram(
        edges=edges, benign=[5] * 10, attack=[0] * 9 + [8], threshold=edges[5], relative=False, logarithmic=True
    )
    assert inked(plots.score_histogram(drawn, "m")) > 0.005


def test_a_sweep_without_a_single_error_is_drawn() -> None:
    rows = [SweepRow(n, float(n), Counts(tp=5, fp=0, tn=5, fn=0)) for n in range(1, 11)]
    assert inked(plots.threshold_sweep(rows, "m")) > 0.005


def test_losses_that_are_not_positive_or_not_numbers_are_drawn() -> None:
    assert inked(plots.learning_curves({"a": ([0.0, -1.0], []), "b": ([float("nan"), 1.0], [2.0, 1.0])})) > 0.005


def test_names_from_strangers_are_drawn_as_they_are() -> None:
    names = ["$\\frac{1}{0}$ \x1b[31m", "_x_ <b> ^^ \u202e" * 20]
    assert inked(plots.confusion(np.array([[3, 1], [0, 2]]), names, names, name="c", title="C")) > 0.005
    assert inked(plots.roc([plots.Line(name, LINES[0].points) for name in names], 200)) > 0.005


def test_many_classes_take_the_whole_width() -> None:
    names = [f"class {i}" for i in range(11)]
    figure = plots.confusion(np.eye(11, dtype=np.int64), names, names, name="c", title="C")
    assert figure is not None
    assert figure.wide

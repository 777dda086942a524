import msgspec

from botwarden.learn.curves import LOW_RATES, AtRate
from botwarden.learn.date_chapter import date_warnings, dates
from botwarden.learn.results import DateEffect, DateTwin, Shuffled
from evaluations import evaluation

FOUND = evaluation(models=2)


def at(tpr: float) -> list[AtRate]:
    return [AtRate(rate, tpr, 1.0, rate, rate > 1e-4) for rate in LOW_RATES]


def effect(alone: float, differs: bool) -> DateEffect:
    twin = DateTwin(name="trees", with_dates=at(1.0), without=at(0.7), auc_with=1.0, auc_without=0.85)
    return DateEffect(columns=["x"] * 10, fitted=50, judged=60, twins=[twin], alone=alone, differs=differs)


def test_references_are_shown_with_and_without() -> None:
    section = dates(effect(0.99, True), "", FOUND.models)
    assert section.tables[0].rows == [
        ["trees", "used", "100 %", "100 %", "100 % *", "1.0000"],
        ["trees", "left out", "70.0 %", "70.0 %", "70.0 % *", "0.8500"],
        ["classifier: boosted trees", "nothing else", "", "", "", "0.9900"],
    ]
    assert section.warnings == ["Results differ with and without the date columns."]
    assert "Of the models judged here, m2.model uses them." in section.text[0]


def test_without_a_difference_there_is_no_warning() -> None:
    assert dates(effect(0.5, False), "", FOUND.models[:1]).warnings == []
    assert "No model judged here uses them." in dates(effect(0.5, False), "", FOUND.models[:1]).text[0]


def test_why_it_was_not_measured_is_said() -> None:
    section = dates(None, "it takes at least 200 benign rows", FOUND.models)
    assert "was not measured: it takes at least 200 benign rows." in section.text[1]
    assert section.tables == []


def test_warnings_tell_what_the_date_does() -> None:
    def told(alone: float, differs: bool) -> str:
        return " ".join(date_warnings(msgspec.structs.replace(FOUND, dates=effect(alone, differs))))

    assert "m2.model was trained with the columns" in told(0.5, False)
    assert "m1.model" not in told(0.5, False)
    assert "alone gives attacks away" in told(0.95, True)
    assert "about as well without them" in told(0.95, False)
    assert "differ with and without" in told(0.5, True)
    assert "gives attacks away" not in told(0.5, True)


def test_a_model_that_goes_by_the_date_is_told_what_it_loses_without() -> None:
    lost = Shuffled(rows=900, tpr=0.999, fpr=0.0, tpr_after=0.5, fpr_after=0.25)
    models = [msgspec.structs.replace(one, shuffled=lost if one.about.dates else None) for one in FOUND.models]
    told = date_warnings(msgspec.structs.replace(FOUND, models=models))[0]
    assert told.endswith("recall goes from 99.90 % to 50.0 %, and false positives from 0 % to 25.0 %.")

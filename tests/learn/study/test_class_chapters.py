from botwarden.learn.study import class_chapters
from botwarden.learn.study.classes import ClassRun


def test_what_was_not_trained_is_in_no_table() -> None:
    lost = ClassRun(
        name="a", title="a", algorithm="published", classing="11", dates=False, features=None, missing="no rows"
    )
    assert class_chapters.beside([lost]) == []
    assert class_chapters.finest_run([lost]) is None
    assert class_chapters.date_warnings([lost]) == []

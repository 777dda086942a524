from botwarden.learn import time_chapters
from evaluations import evaluation

FOUND = evaluation(window=3)
UNTIMED = evaluation(timed=False)


def test_windows_are_told_with_the_smallest_clean_one() -> None:
    section = time_chapters.windows(FOUND)
    assert section is not None
    (row,) = section.tables[0].rows
    assert row[:2] == ["m1.model", "3"]
    assert row[2].startswith("23.3 %")
    assert row[3].startswith("0 % (")
    assert row[-1] == "2"
    assert [figure.name for figure in section.figures] == ["roc-windows"]


def test_time_to_detect_is_told_in_rows_and_seconds() -> None:
    section = time_chapters.detection(FOUND)
    assert section is not None
    summary, each = section.tables
    assert summary.rows == [["m1.model", "2", "1", "3", "3", "2 s", "2 s"]]
    assert each.rows[0] == ["plug", "gafgyt.udp", "20", "missed", "missed", "19 s", "–", "–"]
    assert each.rows[1] == ["camera", "mirai.scan", "10", "3", "4", "9 s", "2 s", "3 s"]


def test_without_times_it_is_told_in_rows_and_said_so() -> None:
    section = time_chapters.detection(UNTIMED)
    assert section is not None
    assert "The rows carry no time of capture" in section.text[0]
    assert section.tables[0].rows == [["m1.model", "2", "1", "3", "3"]]


def test_false_alarms_are_told_per_device_and_day() -> None:
    section = time_chapters.alarms(evaluation())
    assert section is not None
    assert section.tables[0].rows == [["camera", "1 d", "100", "2", "2", "2"], ["plug", "1 d", "100", "0", "0", "0"]]
    assert "extrapolation" not in section.text[0]


def test_without_times_it_is_said_that_there_are_no_days() -> None:
    section = time_chapters.alarms(UNTIMED)
    assert section is not None
    assert section.tables == []
    assert section.text[0].startswith("Not known:")


def test_without_models_there_is_nothing_to_tell() -> None:
    nobody = evaluation(models=0)
    assert time_chapters.windows(nobody) is None
    assert time_chapters.detection(nobody) is None
    assert time_chapters.alarms(nobody) is None

from lab.labels import Done

from botwarden.core.label import LABELS
from lab import break_in, plan

DONE = [
    Done("guessed", plan.CAMERA.ip, 10.0, 20.0, 11),
    Done("entered", plan.CAMERA.ip, 20.0, 30.0, 12),
    Done("call", plan.CNC_IP, 32.0, 80.0, 9),
    Done("map", plan.GATEWAY_IP, 82.0, 83.0, 1),
]


def test_every_step_has_a_label_that_exists() -> None:
    found = break_in.intervals(DONE)
    assert [entry["label"] for entry in found] == [
        "bruteforce.telnet",
        "exposure.telnet",
        "exposure.credentials",
        "infection",
        "exposure.port_mapping",
    ]
    assert all(entry["label"] in LABELS and entry["mac"] == plan.CAMERA.mac for entry in found)
    assert {entry["label"]: entry["role"] for entry in found}["infection"] == "attacker"


def test_the_story_lasts_from_the_login_to_the_last_call() -> None:
    story = next(entry for entry in break_in.intervals(DONE) if entry["label"] == "infection")
    assert (story["start"], story["end"]) == (20.0, 80.0)

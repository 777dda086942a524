from pathlib import Path

import pytest

from botwarden.lab import plan, rtsp, serving
from botwarden.lab.devices import camera, dvr
from houses import ask
from lives import life_of, with_certificates


def test_the_page_is_shown_and_nothing_behind_it() -> None:
    port = serving.serve_http("127.0.0.1", 0, dvr.Recorder).server_port
    assert ask(port, "GET", "/") == (200, dvr.PAGE)
    assert ask(port, "GET", "/RPC2")[0] == 401


def test_it_fetches_pictures_and_streams_from_the_camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    life = life_of("dvr", with_certificates(tmp_path), speed=60.0)
    taken = camera.Camera.taken
    page = serving.serve_http("127.0.0.1", 0, camera.Camera)
    seen: list[tuple[str, float]] = []
    monkeypatch.setattr(rtsp, "watch", lambda host, login, clock, seconds: seen.append((host, seconds)))
    habits = {habit.name: habit for habit in dvr.LIVING.habits}
    monkeypatch.setattr(dvr.plan, "CAMERA", type("Near", (), {"ip": f"127.0.0.1:{page.server_port}"}))
    habits["snapshot"].do(life, life.dice("x"))
    assert camera.Camera.taken == taken + 1
    habits["record"].do(life, life.dice("x"))
    assert dvr.RECORD[0] <= seen[0][1] <= dvr.RECORD[1]
    assert plan.BY_ROLE["camera"].ip == "192.168.10.20"


def test_something_moves_at_night_too_but_less() -> None:
    record = next(habit for habit in dvr.LIVING.habits if habit.name == "record")
    night, evening = record.likely(3 * 3_600.0), record.likely(20 * 3_600.0)
    assert 0 < night < evening <= 1

import contextlib
import json
import random
import shutil
import stat
from pathlib import Path

import pytest

from botwarden.lab.devices import sensor
from lives import life_of


def test_a_reading_is_json_of_a_greenhouse() -> None:
    read = [json.loads(sensor.reading(random.Random(n))) for n in range(50)]
    assert all(10 < one["temperature"] < 26 and 30 < one["humidity"] < 90 for one in read)


def test_it_publishes_a_reading_a_line_until_the_connection_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = tmp_path / "mosquitto_pub"
    client.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/asked\nhead -n 3 >{tmp_path}/heard\n')
    client.chmod(client.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert shutil.which("mosquitto_pub") == str(client)
    life = life_of("sensor", tmp_path, speed=300.0)
    publish = next(habit for habit in sensor.LIVING.habits if habit.name == "publish")
    with contextlib.suppress(BrokenPipeError):  # the client goes while the next line is written
        publish.do(life, life.dice("publish"))
    heard = [json.loads(line) for line in (tmp_path / "heard").read_text().splitlines()]
    assert len(heard) == 3
    assert f"-t {sensor.TOPIC}" in (tmp_path / "asked").read_text()

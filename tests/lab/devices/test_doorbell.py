from pathlib import Path

import pytest

from botwarden.lab import serving
from botwarden.lab.devices import doorbell
from lives import life_of, with_certificates


class Cloud(serving.Page):
    calls: "list[tuple[str, str, int]]" = []  # noqa: RUF012

    def do_POST(self) -> None:  # noqa: N802
        Cloud.calls.append((self.command, self.path.rpartition("/")[0], int(self.client_address[1])))
        self.drain()
        self.answer(200, b"{}")

    def do_PUT(self) -> None:  # noqa: N802
        self.do_POST()


def test_heartbeats_share_a_connection_and_a_ring_is_an_event_and_a_clip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Cloud.calls.clear()
    life = life_of("doorbell", with_certificates(tmp_path), speed=600.0)
    port = serving.serve_http("127.0.0.1", 0, Cloud).server_port
    monkeypatch.setattr(doorbell, "CLOUD", f"http://127.0.0.1:{port}")
    doorbell.LIVING.serve(life)
    habits = {habit.name: habit for habit in doorbell.LIVING.habits}
    for name in ("heartbeat", "heartbeat", "ring"):
        habits[name].do(life, life.dice("x"))
    beats = [port for _, path, port in Cloud.calls if path == "/api"][:2]
    assert len(set(beats)) == 1
    assert [call[:2] for call in Cloud.calls[2:]] == [("POST", "/api"), ("PUT", "/clips"), ("PUT", "/clips")]
    doorbell._CLIENTS["kept"].close()

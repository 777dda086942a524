import random
import socket
from pathlib import Path

import pytest

from botwarden.lab import serving, sites
from botwarden.lab.devices import common
from botwarden.lab.fetching import Asker
from botwarden.lab.life import Life
from lives import life_of, with_certificates


class Kept(sites.Site):
    """A cloud that keeps what it was sent."""

    got: "list[tuple[str, str, int]]" = []  # noqa: RUF012

    def do_PUT(self) -> None:  # noqa: N802
        Kept.got.append((self.command, self.path, len(self.body())))
        self.answer(200, b"{}")

    do_POST = do_PUT  # noqa: N815


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return life_of("camera", with_certificates(tmp_path))


def ask(life: Life) -> Asker:
    return life.asker("test/1")


def test_reports_and_clips_go_to_the_cloud(life: Life) -> None:
    Kept.got.clear()
    cloud = f"http://127.0.0.1:{serving.serve_http('127.0.0.1', 0, Kept).server_port}"
    report = common.post("beat", f"{cloud}/api", ask, 30.0, (10, 20))
    clip = common.upload("clip", f"{cloud}/clips", ask, 180.0, (5_000, 6_000))
    for habit in (report, clip):
        habit.do(life, random.Random(3))
    (method, path, size), (put, where, bytes_) = Kept.got
    assert (method, path) == ("POST", "/api")
    assert 20 <= size <= 40
    assert put == "PUT"
    assert where.startswith("/clips/")
    assert 5_000 <= bytes_ <= 6_000


def test_the_way_back_is_kept_open(life: Life) -> None:
    server = serving.udp_socket("127.0.0.1", 0)
    heard: list[bytes] = []
    serving.serve_udp(server, lambda asked, _: heard.append(asked) or asked[:8])  # type: ignore[func-returns-value]
    habit = common.keep_open("127.0.0.1", server.getsockname()[1], 25.0)
    habit.do(life, random.Random(1))
    assert heard[0][2:6] == b"keep"


def test_who_is_not_answered_says_so(life: Life) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        habit = common.keep_open("127.0.0.1", silent.getsockname()[1], 25.0)
        with pytest.raises(TimeoutError):
            habit.do(life, random.Random(1))


def test_firmware_and_time_are_asked_for_now_and_then() -> None:
    assert common.check_firmware(ask).every > 3_600
    assert common.tell_time(600.0).every == 600.0

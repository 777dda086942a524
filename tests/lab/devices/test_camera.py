import base64

import pytest

from botwarden.lab import plan, serving
from botwarden.lab.devices import camera
from houses import ask

LOGIN = {"Authorization": "Basic " + base64.b64encode(":".join(plan.CAMERA_LOGIN).encode()).decode()}


@pytest.fixture(scope="module")
def port() -> int:
    return serving.serve_http("127.0.0.1", 0, camera.Camera).server_port


def test_pictures_are_for_those_who_know_the_password(port: int) -> None:
    assert ask(port, "GET", "/snapshot.jpg")[0] == 401
    assert ask(port, "GET", "/snapshot.jpg", headers={"Authorization": "Basic eA=="})[0] == 401
    status, body = ask(port, "GET", "/snapshot.jpg", headers=LOGIN)
    assert (status, body[:4], body[-2:]) == (200, b"\xff\xd8\xff\xe0", b"\xff\xd9")


def test_the_status_is_for_everybody_and_the_page_is_not(port: int) -> None:
    assert ask(port, "GET", "/status") == (200, camera.STATUS)
    assert ask(port, "GET", "/")[0] == 401
    assert ask(port, "GET", "/", headers=LOGIN) == (200, camera.PAGE)


def test_pictures_differ_and_are_the_same_again() -> None:
    assert camera.picture(1) == camera.picture(1) != camera.picture(2)

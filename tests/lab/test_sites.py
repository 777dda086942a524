import json

import pytest

from botwarden.lab import serving, sites
from houses import ask


@pytest.fixture(scope="module")
def port() -> int:
    return serving.serve_http("127.0.0.1", 0, sites.Site).server_port


@pytest.mark.parametrize(
    ("path", "kind", "low", "high"),
    [
        ("/today/5", "text/html; charset=utf-8", 2_000, 14_000),
        ("/5-1.jpg", "image/jpeg", 8_000, 60_000),
        ("/film/3.ts", "video/mp2t", 150_000, 320_000),
        ("/latest/camera.json", "application/json", 20, 200),
        ("/image/2.bin", "application/octet-stream", sites.FIRMWARE_BYTES, sites.FIRMWARE_BYTES + 1),
        ("/api/target", "application/json", 80, 500),
    ],
)
def test_what_is_at_a_path_depends_on_the_path_alone(path: str, kind: str, low: int, high: int) -> None:
    assert sites.content(path) == sites.content(path)
    found, body = sites.content(path)
    assert found == kind
    assert low <= len(body) < high


def test_uploads_are_counted_and_thrown_away(port: int) -> None:
    status, body = ask(port, "PUT", "/clips/1.mp4", b"1" * 5_000)
    assert (status, json.loads(body)) == (200, {"stored": 5_000})
    assert ask(port, "POST", "/api", b"{}")[0] == 200


def test_a_speed_test_gets_as_many_bytes_as_it_asks_for_within_bounds(port: int) -> None:
    assert len(ask(port, "GET", "/down/123456")[1]) == 123_456
    assert ask(port, "HEAD", f"/down/{10**9 - 1}") == (200, b"")

import ssl
from http.client import HTTPException
from pathlib import Path

import pytest

from botwarden.lab import certificates, serving, sites
from botwarden.lab.fetching import Asker
from lives import with_certificates


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_certificates(tmp_path_factory.mktemp("lab"))


def test_a_page_is_fetched_and_counted(folder: Path) -> None:
    port = serving.serve_http("127.0.0.1", 0, sites.Site).server_port
    got = Asker("me", certificates.client_context(folder / "tls")).fetch(f"http://127.0.0.1:{port}/down/70000")
    assert (got.status, got.size) == (200, 70_000)


def test_a_kept_connection_is_used_again(folder: Path) -> None:
    seen: set[int] = set()

    class Who(serving.Page):
        def do_POST(self) -> None:  # noqa: N802
            seen.add(int(self.client_address[1]))
            self.answer(200, self.body())

    port = serving.serve_http("127.0.0.1", 0, Who).server_port
    ask = Asker("me", certificates.client_context(folder / "tls"))
    for _ in range(3):
        assert ask.fetch(f"http://127.0.0.1:{port}/", "POST", b"{}", keep=True) == (200, 2)
    ask.close()
    assert len(seen) == 1


def test_whose_certificate_is_for_another_name_is_not_asked(folder: Path) -> None:
    port = serving.serve_http("127.0.0.1", 0, sites.Site, certificates.server_context(folder / "tls")).server_port
    url = f"https://localhost:{port}/"
    with pytest.raises(ssl.SSLError):
        Asker("me", certificates.client_context(folder / "tls")).fetch(url)
    assert Asker("me", certificates.client_context(folder / "tls", verify=False)).fetch(url).status == 200


def test_a_server_that_hangs_up_or_talks_nonsense_is_an_error(folder: Path) -> None:
    ask = Asker("me", certificates.client_context(folder / "tls"))
    for said in (b"", b"nonsense\r\n\r\n"):
        server = serving.serve_tcp("127.0.0.1", 0, lambda link, _, said=said: (link.recv(500), link.sendall(said))[1])
        with pytest.raises((OSError, HTTPException)):
            ask.fetch(f"http://127.0.0.1:{server.getsockname()[1]}/")

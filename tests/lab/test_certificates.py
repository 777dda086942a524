import datetime
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest

from botwarden.lab import certificates
from botwarden.lab.errors import LabError

NAMES = ("one.example", "two.example")
STORY = datetime.datetime(2031, 5, 1, tzinfo=datetime.UTC).timestamp()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("made") / "tls"
    certificates.make(made, NAMES, [time.time(), STORY])
    return made


def shake_hands(folder: Path, asked: str, client: ssl.SSLContext) -> str:
    """The name on the certificate that a client gets which asks for a name."""
    near, far = socket.socketpair()
    context = certificates.server_context(folder)

    def serve() -> None:
        try:
            with context.wrap_socket(far, server_side=True) as link:
                link.recv(1)
        except OSError:
            far.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(near, server_hostname=asked) as link:
            shown = ssl.DER_cert_to_PEM_cert(link.getpeercert(binary_form=True) or b"")
            link.sendall(b"x")
    finally:
        near.close()
        thread.join()
    done = subprocess.run(
        ["openssl", "x509", "-noout", "-subject"], input=shown, text=True, capture_output=True, check=True
    )
    return done.stdout.strip().rpartition("= ")[2]


def test_each_name_has_a_certificate_that_a_client_can_verify(folder: Path) -> None:
    client = certificates.client_context(folder)
    assert [shake_hands(folder, name, client) for name in NAMES] == list(NAMES)


def test_a_name_without_a_certificate_is_not_believed(folder: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(folder, "three.example", certificates.client_context(folder))
    assert shake_hands(folder, "three.example", certificates.client_context(folder, verify=False)) in NAMES


def test_nobody_else_trusts_the_labs_authority(folder: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(folder, "one.example", ssl.create_default_context())


def test_certificates_are_good_today_and_in_the_story(folder: Path) -> None:
    shown = subprocess.run(
        ["openssl", "x509", "-in", folder / "one.example.crt", "-noout", "-enddate"],
        text=True,
        capture_output=True,
        check=True,
    )
    assert ssl.cert_time_to_seconds(shown.stdout.partition("=")[2].strip()) > STORY


def test_an_older_device_speaks_tls_1_2_at_most(folder: Path) -> None:
    old = certificates.client_context(folder, newest=False)
    assert old.maximum_version == ssl.TLSVersion.TLSv1_2
    assert shake_hands(folder, "two.example", old) == "two.example"


def test_keys_are_the_owners_alone(folder: Path) -> None:
    assert (folder / "one.example.pem").stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0


def test_a_server_without_certificates_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="there are no certificates"):
        certificates.server_context(tmp_path)

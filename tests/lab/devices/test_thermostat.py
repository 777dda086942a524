import ssl
from pathlib import Path

import pytest

from botwarden.lab import certificates, serving, sites
from botwarden.lab.devices import thermostat
from lives import life_of


def test_it_polls_its_maker_only_where_the_certificate_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = life_of("thermostat", tmp_path)
    certificates.make(tmp_path / "tls", ["cloud.example"], [0.0, 4e9])
    context = certificates.server_context(tmp_path / "tls")
    port = serving.serve_http("127.0.0.1", 0, sites.Site, context).server_port
    monkeypatch.setattr(thermostat, "CLOUD", f"https://localhost:{port}")
    poll = next(habit for habit in thermostat.LIVING.habits if habit.name == "poll")
    with pytest.raises(ssl.SSLCertVerificationError):
        poll.do(life, life.dice("x"))

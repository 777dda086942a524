from pathlib import Path
from xml.etree import ElementTree

from botwarden.lab import mdns


def test_a_question_names_the_services_that_are_looked_for() -> None:
    asked = mdns.question("_http._tcp.local", "_hue._tcp.local")
    assert asked[:12] == b"\0\0\0\0\0\x02\0\0\0\0\0\0"
    assert asked[12:] == b"\x05_http\x04_tcp\x05local\0\0\x0c\0\x01" + b"\x04_hue\x04_tcp\x05local\0\0\x0c\0\x01"


def test_services_are_written_as_avahi_reads_them(tmp_path: Path) -> None:
    mdns.write_services(tmp_path / "services", "hub <1>", {"_hue._tcp": (80, {"id": "a&b"}), "_http._tcp": (80, {})})
    files = sorted((tmp_path / "services").iterdir())
    assert [file.name for file in files] == ["http.service", "hue.service"]
    group = ElementTree.fromstring(files[1].read_text())
    assert group.findtext("name") == "hub <1>"
    assert group.findtext("service/type") == "_hue._tcp"
    assert group.findtext("service/txt-record") == "id=a&b"


def test_avahi_is_told_its_name_and_nothing_of_this_machines_bus(tmp_path: Path) -> None:
    command = mdns.avahi(tmp_path, "porch")
    text = Path(command[2]).read_text()
    assert command[0] == "avahi-daemon"
    assert "host-name=porch\n" in text
    assert "enable-dbus=no\n" in text

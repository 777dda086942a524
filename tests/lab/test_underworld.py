import socket
import subprocess
from pathlib import Path

from botwarden.lab import orders, plan, serving, underworld
from houses import ask


def test_the_file_begins_as_a_program_and_has_none(tmp_path: Path) -> None:
    data = underworld.payload()
    assert data[:4] == b"\x7fELF"
    assert data == underworld.payload()
    assert int.from_bytes(data[44:46], "little") == 0  # e_phnum: nothing that would be loaded
    path = tmp_path / "lab.arm7"
    path.write_bytes(data)
    path.chmod(0o700)
    try:
        status = subprocess.run([path], check=False, capture_output=True).returncode
    except OSError:
        status = 1
    assert status != 0


def test_the_loader_has_the_file_and_nothing_else() -> None:
    port = serving.serve_http("127.0.0.1", 0, underworld.Loader).server_port
    assert ask(port, "GET", plan.PAYLOAD_PATH) == (200, underworld.payload())
    assert ask(port, "GET", "/etc/passwd")[0] == 404


def test_the_controller_answers_signs_of_life_and_passes_orders_on() -> None:
    controller = underworld.Controller()
    server = serving.serve_tcp("127.0.0.1", 0, controller.talk)
    with socket.create_connection(server.getsockname(), 5) as bot:
        bot.sendall(orders.REGISTER + b"\x03lab")
        bot.sendall(orders.PING)
        heard = bot.recv(16)
        assert heard == orders.PING
        order = orders.Order("ack", 10, plan.VICTIM_IP, 80)
        assert controller.tell(orders.encode(order)) == 1
        assert orders.decode(bot.recv(64)) == order


def test_a_bots_first_words_are_no_sign_of_life() -> None:
    assert underworld.after_name(orders.REGISTER + b"\x03lab") == b""
    assert underworld.after_name(orders.REGISTER + b"\x03lab" + orders.PING) == orders.PING
    assert underworld.after_name(orders.REGISTER) == b""
    assert underworld.after_name(orders.PING) == orders.PING


def test_a_call_home_is_answered_with_two_bytes() -> None:
    server = serving.serve_tcp("127.0.0.1", 0, underworld.beacon)
    with socket.create_connection(server.getsockname(), 5) as bot:
        for _ in range(2):
            bot.sendall(b"here")
            assert bot.recv(16) == orders.PING

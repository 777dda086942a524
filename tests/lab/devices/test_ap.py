import base64

from botwarden.lab import plan, serving
from botwarden.lab.devices import ap
from houses import ask


def test_its_page_wants_the_login() -> None:
    port = serving.serve_http("127.0.0.1", 0, ap.Face).server_port
    token = base64.b64encode(":".join(plan.AP_LOGIN).encode()).decode()
    assert ask(port, "GET", "/")[0] == 401
    assert ask(port, "GET", "/", headers={"Authorization": f"Basic {token}"}) == (200, ap.PAGE)

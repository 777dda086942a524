"""A web page as small devices have it: a state, its UPnP description and two actions; everything else is not there.

python -m lab.cases.device_web ADDRESS...
"""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

STATE: Final = '{"name": "lab", "on": true, "brightness": 40}\n'
DESCRIPTION: Final = (
    '<?xml version="1.0"?>\n<root xmlns="urn:schemas-upnp-org:device-1-0"><device><friendlyName>Lab</friendlyName>'
    "<manufacturer>Lab</manufacturer><modelName>Lab 1</modelName></device></root>\n"
)
ANSWER: Final = (
    '<?xml version="1.0"?>\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>\n'
)
KNOWN: Final = {"/": "<html><title>Lab</title></html>\n", "/rootDesc.xml": DESCRIPTION}
ACTIONS: Final = ("/HNAP1", "/ctrlt/", "/apply.cgi", "/ctl/")
MAX_BODY: Final = 10_000


class Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "mini_httpd/1.19"
    sys_version = ""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        text = KNOWN.get(path) or (STATE if path.startswith(("/api/", "/cgi-bin/")) else "")
        self._answer(200 if text else 404, text or "not found\n")

    def do_POST(self) -> None:
        self.rfile.read(min(int(self.headers.get("Content-Length", "0")), MAX_BODY))
        known = self.path.startswith((*ACTIONS, "/api/"))
        self._answer(200 if known else 404, ANSWER if known else "not found\n")

    do_PUT = do_POST  # noqa: N815 - the library's names

    def _answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet: the recording is the log."""


if __name__ == "__main__":
    for address in sys.argv[1:]:
        server = ThreadingHTTPServer((address, 80), Page)
        threading.Thread(target=server.serve_forever).start()

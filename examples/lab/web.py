"""Web servers of the lab's internet: HTTPS sites, the camera maker's cloud, and the flood's victim on plain HTTP.

python -m lab.web CERTIFICATE KEY
"""

import random
import socket
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from lab import plan

PAGE_BYTES: Final = range(2_000, 14_000)
MAX_UPLOAD: Final = 1_000_000


class Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "site/1.0"
    sys_version = ""

    def do_GET(self) -> None:
        page = random.Random(self.path)
        self._answer(page.randbytes(page.choice(PAGE_BYTES)))

    def do_PUT(self) -> None:
        self.rfile.read(min(int(self.headers.get("Content-Length", "0")), MAX_UPLOAD))
        self._answer(b"stored\n")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet: the recording is the log."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    context: ssl.SSLContext | None = None

    def finish_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        """Speak TLS, if at all, in the connection's own thread: a client that dawdles holds up no other."""
        if self.context is not None:
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, *_: object) -> None:
        """A connection that a client gave up is no news."""


def main(certificate: str, key: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    servers = [Server((address, 443), Site) for address in plan.WEB_IPS]
    for server in servers:
        server.context = context
    servers.append(Server((plan.VICTIM_IP, 80), Site))
    for server in servers:
        threading.Thread(target=server.serve_forever).start()


if __name__ == "__main__":
    main(*sys.argv[1:3])

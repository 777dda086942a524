"""The bot's controller and the plug's cloud, as far as they only say that they are there.

python -m lab.cases.echo ADDRESS TCP_PORT UDP_PORT
"""

import socketserver
import sys
import threading


class Answer(socketserver.BaseRequestHandler):
    """Say what was said."""

    def handle(self) -> None:
        while said := self.request.recv(64):
            self.request.sendall(said)


class Datagram(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        said, link = self.request
        link.sendto(said[:64], self.client_address)


class Service(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    address, tcp, udp = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    for server in (Service((address, tcp), Answer), socketserver.ThreadingUDPServer((address, udp), Datagram)):
        threading.Thread(target=server.serve_forever).start()

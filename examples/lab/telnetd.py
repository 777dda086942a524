"""Hands each telnet connection to a real telnetd, as inetd would, with `login` in place of the system's login.

python -m lab.telnetd TELNETD NAME STATE ADDRESS...
"""

import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

BACKLOG: Final = 16
MAX_SESSIONS: Final = 8  # more at once are turned away, as on a small device


def serve(telnetd: str, name: str, state: str, address: str) -> None:
    login = f"{sys.executable} {Path(__file__).with_name('login.py')} {name} {state}"
    free = threading.Semaphore(MAX_SESSIONS)
    with socket.create_server((address, 23), backlog=BACKLOG) as server:
        while True:
            link, _ = server.accept()
            with link:
                if free.acquire(blocking=False):
                    ends = link.fileno()
                    session = subprocess.Popen([telnetd, "-h", "-E", login], stdin=ends, stdout=ends, stderr=ends)
                    threading.Thread(target=_reap, args=(session, free), daemon=True).start()


def _reap(session: "subprocess.Popen[bytes]", free: threading.Semaphore) -> None:
    session.wait()
    free.release()


if __name__ == "__main__":
    servers = [threading.Thread(target=serve, args=(*sys.argv[1:4], address)) for address in sys.argv[4:]]
    for server in servers:
        server.start()

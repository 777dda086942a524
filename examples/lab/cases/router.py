"""The router's UPnP side with more to say than `lab.igd`: it tells its address, and may refuse to open ports.

python -m lab.cases.router open | closed
"""

import re
import sys
from http.server import ThreadingHTTPServer
from typing import Final

from lab import igd, plan

ENVELOPE: Final = (
    '<?xml version="1.0"?>\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
    's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>{}</s:Body></s:Envelope>\n'
)
VALUES: Final = {
    "GetExternalIPAddress": f"<NewExternalIPAddress>{plan.WAN_GATEWAY}</NewExternalIPAddress>",
    "GetStatusInfo": "<NewConnectionStatus>Connected</NewConnectionStatus><NewUptime>81230</NewUptime>",
}
REFUSAL: Final = (
    "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>"
    '<UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>606</errorCode>'
    "<errorDescription>Action not authorized</errorDescription></UPnPError></detail></s:Fault>"
)


class Router(igd.Router):
    grants = True

    def do_POST(self) -> None:  # noqa: N802 - the library's name
        asked = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), igd.MAX_BODY))
        action = self.headers.get("SOAPAction", "").strip('"').partition("#")[2]
        inside = VALUES.get(action)
        if inside is None and not (self.grants and re.search(rb"<NewInternalPort>\d+<", asked)):
            self._answer(500, ENVELOPE.format(REFUSAL))
        else:
            text = f'<u:{action}Response xmlns:u="{igd.SERVICE}">{inside or ""}</u:{action}Response>'
            self._answer(200, ENVELOPE.format(text))


if __name__ == "__main__":
    Router.grants = sys.argv[1] == "open"
    ThreadingHTTPServer((plan.GATEWAY_IP, igd.PORT), Router).serve_forever()

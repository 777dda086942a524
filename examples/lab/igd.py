"""The router's UPnP side: its description, and the one action that a device may ask for. It opens nothing.

python -m lab.igd
"""

import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from lab import plan

PORT: Final = 5000
CONTROL: Final = "/ctl/IPConn"
SERVICE: Final = "urn:schemas-upnp-org:service:WANIPConnection:1"
MAX_BODY: Final = 10_000
DESCRIPTION: Final = f"""<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major><minor>0</minor></specVersion>
<device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>
<friendlyName>Router</friendlyName><manufacturer>TP-Link</manufacturer><modelName>Lab router</modelName>
<UDN>uuid:5f3c2a10-0000-4000-8000-50c7bfc41801</UDN>
<serviceList><service><serviceType>{SERVICE}</serviceType><serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId>
<controlURL>{CONTROL}</controlURL></service></serviceList></device></root>
"""
_ENVELOPE: Final = (
    '<?xml version="1.0"?>\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
    's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>{}</s:Body></s:Envelope>\n'
)


def request(internal_client: str, internal_port: int, external_port: int) -> str:
    """The SOAP request for a TCP mapping without an end (WANIPConnection:1, 2.4.16)."""
    arguments = {
        "NewRemoteHost": "",
        "NewExternalPort": external_port,
        "NewProtocol": "TCP",
        "NewInternalPort": internal_port,
        "NewInternalClient": internal_client,
        "NewEnabled": 1,
        "NewPortMappingDescription": "update",
        "NewLeaseDuration": 0,
    }
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in arguments.items())
    return _ENVELOPE.format(f'<u:AddPortMapping xmlns:u="{SERVICE}">{inside}</u:AddPortMapping>')


class Router(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Lab/1.0 UPnP/1.0"
    sys_version = ""

    def do_GET(self) -> None:
        self._answer(200, DESCRIPTION)

    def do_POST(self) -> None:
        asked = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), MAX_BODY))
        if self.path == CONTROL and re.search(rb"<NewInternalPort>\d+<", asked):
            self._answer(200, _ENVELOPE.format(f'<u:AddPortMappingResponse xmlns:u="{SERVICE}"/>'))
        else:
            self._answer(500, _ENVELOPE.format("<s:Fault/>"))

    def _answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", 'text/xml; charset="utf-8"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet: the recording is the log."""


if __name__ == "__main__":
    ThreadingHTTPServer((plan.GATEWAY_IP, PORT), Router).serve_forever()

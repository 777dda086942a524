"""The router's UPnP side: its description, its address and state, and the mapping of a port. It opens nothing."""

import re
from typing import Final

from botwarden.lab import plan, ssdp
from botwarden.lab.serving import Page

PORT: Final = 5000
PATH: Final = "/rootDesc.xml"
CONTROL: Final = "/ctl/IPConn"
SERVICE: Final = "urn:schemas-upnp-org:service:WANIPConnection:1"
DEVICE: Final = "urn:schemas-upnp-org:device:InternetGatewayDevice:1"
UUID: Final = "5f3c2a10-0000-4000-8000-50c7bfc41801"
MAX_BODY: Final = 10_000
DESCRIPTION: Final = f"""<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major><minor>0</minor></specVersion>
<device><deviceType>{DEVICE}</deviceType>
<friendlyName>Router</friendlyName><manufacturer>TP-Link</manufacturer><modelName>Archer lab router</modelName>
<UDN>uuid:{UUID}</UDN>
<serviceList><service><serviceType>{SERVICE}</serviceType><serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId>
<controlURL>{CONTROL}</controlURL></service></serviceList></device></root>
"""
ANNOUNCED: Final = ssdp.Announced(
    UUID, (DEVICE, SERVICE), f"http://{plan.GATEWAY_IP}:{PORT}{PATH}", "Linux/5.10 UPnP/1.1 MiniUPnPd/2.2.1"
)
_ENVELOPE: Final = (
    '<?xml version="1.0"?>\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
    's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>{}</s:Body></s:Envelope>\n'
)
MAPPING: Final = "AddPortMapping"
TOLD: Final = {
    "GetExternalIPAddress": f"<NewExternalIPAddress>{plan.WAN_GATEWAY}</NewExternalIPAddress>",
    "GetStatusInfo": "<NewConnectionStatus>Connected</NewConnectionStatus><NewUptime>81230</NewUptime>",
}
"""What it tells whoever asks, by action (WANIPConnection:1, 2.4.9 and 2.4.18)."""
FAULT: Final = (
    "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>"
    '<UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>606</errorCode>'
    "<errorDescription>Action not authorized</errorDescription></UPnPError></detail></s:Fault>"
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


class Router(Page):
    """What answers at `PORT`."""

    server_version = "Linux/5.10 UPnP/1.1 MiniUPnPd/2.2.1"
    grants = True
    """Whether it agrees to a mapping."""

    def do_GET(self) -> None:
        """The description, whatever is asked for."""
        self._say(200, DESCRIPTION)

    def do_POST(self) -> None:
        """Tell, or agree to a mapping and do nothing, or refuse."""
        asked = self.body(MAX_BODY)
        action = self.headers.get("SOAPAction", "").strip('"').removeprefix(f"{SERVICE}#")
        mapping = self.grants and re.search(rb"<NewInternalPort>\d+<", asked)
        if self.path == CONTROL and (action in TOLD or (action == MAPPING and mapping)):
            told = f'<u:{action}Response xmlns:u="{SERVICE}">{TOLD.get(action, "")}</u:{action}Response>'
            self._say(200, _ENVELOPE.format(told))
        else:
            self._say(500, _ENVELOPE.format(FAULT))

    def _say(self, status: int, text: str) -> None:
        self.answer(status, text.encode(), 'text/xml; charset="utf-8"')

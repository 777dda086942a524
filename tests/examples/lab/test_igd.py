import http.client
import threading
from http.server import ThreadingHTTPServer

from lab import igd


def test_the_request_names_the_mapping() -> None:
    asked = igd.request("192.168.10.20", 23, 40823)
    for part in ("<NewInternalClient>192.168.10.20<", "<NewInternalPort>23<", "<NewExternalPort>40823<"):
        assert part in asked


def test_the_router_grants_it_and_nothing_else() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), igd.Router) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        statuses = []
        for path, body in ((igd.CONTROL, igd.request("192.168.10.20", 23, 40823)), (igd.CONTROL, "x"), ("/", "x")):
            link = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
            link.request("POST", path, body)
            statuses.append(link.getresponse().status)
            link.close()
        server.shutdown()
        thread.join()
    assert statuses == [200, 500, 500]

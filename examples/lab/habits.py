"""What the devices do of their own accord, with real client programs, until they are stopped.

python -m lab.habits camera | dvr | sensor | laptop
"""

import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Final

from lab import plan
from lab.camera import picture

Habit = Callable[[], None]
LOGIN: Final = ":".join(plan.CAMERA_LOGIN)
TELNET_AFTER: Final = 60.0  # s: the one time that the laptop's owner looks after the recorder


def curl(*arguments: str, body: bytes | None = None) -> None:
    """Fetch or send something; what comes back is thrown away."""
    command = ["curl", "--silent", "--insecure", "--max-time", "8", "--output", "/dev/null", *arguments]
    subprocess.run(command, input=body, check=False)


def every(seconds: float, habit: Habit, seed: int, first: float = 0.0) -> threading.Thread:
    """Repeat ``habit``, the pause varying by a fifth, as nobody's clock is exact."""

    def repeat() -> None:
        pauses = random.Random(seed)
        time.sleep(first)
        while True:
            habit()
            time.sleep(seconds * pauses.uniform(0.8, 1.2))

    return threading.Thread(target=repeat)


def upload() -> None:
    """The camera sends a picture to its maker's cloud."""
    curl("--upload-file", "-", "https://cloud.camera.example/clips/porch", body=picture(int(time.time()) % 7))


def snapshot() -> None:
    """The recorder fetches a picture from the camera."""
    curl("--user", LOGIN, f"http://{plan.CAMERA.ip}/snapshot.jpg")


def publish() -> None:
    """The sensor keeps one MQTT connection and publishes a reading every five seconds."""
    readings = random.Random(4)
    command = ["mosquitto_pub", "-h", "mqtt.sensors.example", "-i", plan.SENSOR.name, "-q", "1", "-k", "20", "-l"]
    with subprocess.Popen([*command, "-t", "house/greenhouse/climate"], stdin=subprocess.PIPE, text=True) as client:
        assert client.stdin is not None
        while client.poll() is None:
            reading = f'{{"temperature": {readings.gauss(18, 1):.1f}, "humidity": {readings.gauss(60, 4):.0f}}}\n'
            client.stdin.write(reading)
            client.stdin.flush()
            time.sleep(5)


def watch() -> None:
    """Someone opens the camera's page without, then with the password, and looks for a while."""
    camera = f"http://{plan.CAMERA.ip}"
    curl(camera + "/")
    curl("--user", LOGIN, camera + "/")
    for _ in range(4):
        curl("--user", LOGIN, camera + "/snapshot.jpg")
        time.sleep(2)


def glance() -> None:
    """A widget on the desktop asks for the camera's state, over IPv6."""
    curl("-6", f"http://{plan.CAMERA.name}.lan/status")


def read_news() -> None:
    """A page and its pictures, then a pause to read."""
    curl("https://news.example/today")
    curl("https://img.news.example/1.jpg", "--output", "/dev/null", "https://img.news.example/2.jpg")


def shop() -> None:
    curl("https://shop.example/lamps")
    subprocess.run(["busybox", "ping", "-c", "3", plan.GATEWAY_IP], check=False, stdout=subprocess.DEVNULL)


def look_after_recorder() -> None:
    """One telnet login, typed by a person: the right password at the first attempt."""
    time.sleep(TELNET_AFTER)
    client = subprocess.Popen(
        ["busybox", "telnet", plan.DVR.ip], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    assert client.stdin is not None
    for line in ("", *plan.DVR_LOGIN, "status", "disk", "exit"):
        if line:
            client.stdin.write(line + "\n")
            client.stdin.flush()
        time.sleep(3)
    client.stdin.close()
    client.wait()


HABITS: Final[dict[str, list[threading.Thread]]] = {
    "camera": [every(30, upload, 1, first=3)],
    "dvr": [every(8, snapshot, 2, first=2)],
    "sensor": [threading.Thread(target=publish)],
    "laptop": [
        every(60, watch, 3, first=12),
        every(20, glance, 4, first=5),
        every(25, read_news, 5, first=8),
        every(45, shop, 6, first=30),
        threading.Thread(target=look_after_recorder),
    ],
}

if __name__ == "__main__":
    for thread in HABITS[sys.argv[1]]:
        thread.start()

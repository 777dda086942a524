"""Who does what: the lives of the devices by role."""

from typing import Final

from botwarden.lab import plan
from botwarden.lab.devices import ap, camera, doorbell, dvr, hub, laptop, plug, sensor, thermostat
from botwarden.lab.life import Living

LIVES: Final[dict[str, Living]] = {
    plan.CAMERA.role: camera.LIVING,
    plan.DVR.role: dvr.LIVING,
    plan.DOORBELL.role: doorbell.LIVING,
    plan.PLUG.role: plug.LIVING,
    plan.HUB.role: hub.LIVING,
    plan.AP.role: ap.LIVING,
    plan.THERMOSTAT.role: thermostat.LIVING,
    plan.SENSOR.role: sensor.LIVING,
    plan.LAPTOP.role: laptop.LIVING,
}

"""What points to which kind of device: a table of words, service types, ports and domains, each with points.

Four points are said by the device in so many words, three are typical of one kind, two of few kinds, one is a hint.
Rules name ecosystems and products that are or were common in homes; a device that no rule knows gets no guess. The
facts come from makers' naming, the registries of DNS-SD service types and IANA ports, UPnP device types, and traffic
that others published (such as IoT Sentinel: Miettinen et al., ICDCS 2017).
"""

from typing import Final, NamedTuple

from botwarden.core.device import DeviceType

Points = tuple[tuple[DeviceType, float], ...]


class Rule(NamedTuple):
    """One row: where to look, what for, and what it says.

    where : a field of `botwarden.detect.inventory.kind.Facts`
    pattern : regular expression, found anywhere, case ignored; for ``domains`` alternatives of domain suffixes
    """

    where: str
    pattern: str
    points: Points


def _rules(where: str, *rows: tuple[str, dict[DeviceType, float]]) -> tuple[Rule, ...]:
    """Rules over one field."""
    return tuple(Rule(where, pattern, tuple(points.items())) for pattern, points in rows)


VENDORS: Final = _rules(
    "vendor",
    (r"philips lighting|signify", {"hub": 1.5, "light": 1}),
    (r"sonos|bose|libratone|bang.{0,4}olufsen|denon|harman", {"speaker": 2}),
    (r"amazon technologies", {"speaker": 1, "TV": 0.5}),
    (r"google", {"speaker": 0.7, "TV": 0.5, "phone": 0.5}),
    (r"withings", {"scale": 2, "watch": 0.5}),
    (r"fitbit|garmin|polar electro", {"watch": 2}),
    (r"nest labs", {"thermostat": 1.5, "camera": 1.5}),
    (r"ecobee|\btado", {"thermostat": 3}),
    (r"netatmo|davis instruments|ambient weather", {"weather station": 2}),
    (r"hikvision|dahua|reolink|axis communications|foscam|amcrest|vivotek|arlo|wyze|ezviz|hanwha", {"camera": 2.5}),
    (r"\bring llc|\bring\b", {"doorbell": 2, "camera": 1}),
    (r"roku|vizio|hisense|tcl ", {"TV": 2}),
    (r"irobot|roborock|ecovacs", {"vacuum cleaner": 3}),
    (r"synology|qnap|icp electronics|western digital", {"storage": 2}),
    (r"nintendo|sony interactive", {"console": 3}),
    (r"brother industries|seiko epson|lexmark|kyocera|ricoh|xerox|canon inc", {"printer": 2}),
    (r"hewlett.?packard|\bhp inc", {"printer": 0.8, "computer": 0.8}),
    (r"raspberry pi|dell inc|lenovo|intel corporate|liteon|azurewave|giga-?byte|micro-star", {"computer": 1}),
    (r"vmware|pcs systemtechnik|super micro|\btyan\b|elitegroup", {"computer": 2}),
    (r"\bapple\b", {"phone": 0.7, "computer": 0.7}),
    (r"samsung electronics|xiaomi|oneplus|oppo|vivo mobile|motorola mobility|huawei device|htc corp", {"phone": 1}),
    (r"mobile communications", {"phone": 2}),
    (r"\bavm\b|mikrotik|netgear|zyxel|arris|technicolor|sagemcom|arcadyan", {"router": 1}),
    (r"tp-?link|d-?link|linksys", {"router": 0.4}),
    (r"gubei|broadlink", {"hub": 0.6, "plug": 0.5}),
    (r"ubiquiti|aruba|ruckus", {"access point": 1.5}),
    (r"august home|schlage|yale|nuki", {"lock": 3}),
    (r"lifx|yeelink|nanoleaf|osram|ledvance", {"light": 2.5}),
    (r"\beq-3\b", {"hub": 1.5, "thermostat": 0.5}),
    (r"smartthings|physical graph|hubitat|aeotec|lutron", {"hub": 2.5}),
    (r"belkin", {"plug": 0.6, "router": 0.4}),
    (r"edimax", {"camera": 0.4, "plug": 0.4}),
    (r"allterco|shelly|itead|meross", {"plug": 1.5}),
    (r"tuya", {"plug": 0.8, "light": 0.8}),
)

PRODUCTS: Final = _rules(
    "says",
    # model numbers of makers that number by kind
    (r"\bDCS-\d{3,4}|\bIC-\d{4}W?|\bNC\d{3}\b|\bTapo[ _-]?C\d{3}|\bIPC-?\w*\d{3}|\bDS-2CD", {"camera": 4}),
    (r"\bDSP-W\d|\bHS1\d\d\b|\bKP1\d\d\b|\bSP-\d{4}W|\bTapo[ _-]?P\d{3}", {"plug": 4}),
    (r"\bL[BE]1\d\d\b|\bKL\d{3}\b|\bTapo[ _-]?L\d{3}", {"light": 4}),
    (r"\bDCH-S1[56]\d", {"sensor": 4}),
    (r"\bDCH-S220|siren", {"siren": 4}),
    (r"\bDCH-G\d|\bBSB00\d|\bKEQ\d{7}|\bCCU\d\b", {"hub": 4}),
    (r"\bDIR-\d|\bDSL-\d|\bArcher|\bRT-[AN]\w\d|fritz!?.?box|openwrt|router|airport|\borbi\b|\beero\b", {"router": 3}),
    (r"\bDAP-\d|\bUAP\b|fritz!?.?repeater|\bextender", {"access point": 3}),
    # words
    (r"(?<!de)cam(era)?\b|ipcam|webcam|\bnvr\b|\bdvr\b|netcam", {"camera": 3}),
    (r"doorbell|video.?bell", {"doorbell": 4}),
    (r"smart.?plug|\bplug\b|outlet|socket|wemo.?(insight|switch|mini)|sonoff|tasmota|shelly", {"plug": 2.5}),
    (r"bulb|light.?strip|\blamp|lifx|yeelight|\bwled\b|nanoleaf", {"light": 3}),
    (r"philips.?hue|hue.?bridge|lightify.?gateway|wemo.?link|smartthings|homematic|max!? ?cube|tradfri", {"hub": 3}),
    (r"\b(bridge|gateway|hub)\b", {"hub": 1.5}),
    (r"motion|\bsensor|leak|smoke", {"sensor": 1.5}),
    (r"thermostat|ecobee|\btado|heat(ing|er)\b", {"thermostat": 3}),
    (r"\block\b|nuki|\baugust", {"lock": 2}),
    (r"printer|laserjet|officejet|deskjet|\bpixma|\bepson|\bBRN[0-9A-F]{6}|\bNPI[0-9A-F]{6}", {"printer": 3.5}),
    (r"chromecast|\broku\b|fire.?tv|apple.?tv|android.?tv|bravia|webos|\b(smart.?)?tv\b", {"TV": 3.5}),
    (r"sonos|\becho\b|alexa|homepod|google.?home|nest.?(mini|audio)|sound.?bar|speaker", {"speaker": 3}),
    (r"iphone|\bipad\b|^android[-_]|galaxy|\bpixel\b|redmi|oneplus", {"phone": 3.5}),
    (r"macbook|\bimac\b|mac.?mini|^desktop-|laptop|thinkpad|raspberrypi|ubuntu|[-_]pc\b", {"computer": 3}),
    (r"\bnas\b|diskstation|synology|qnap|readynas|mycloud", {"storage": 3}),
    (r"playstation|\bps[345]\b|xbox|nintendo", {"console": 3.5}),
    (r"roomba|roborock|rockrobo|deebot|vacuum", {"vacuum cleaner": 3.5}),
    (r"kettle|coffee|espresso|\boven\b|fridge|dishwasher|crockpot", {"kitchen appliance": 3.5}),
    (r"\baria\b|withings|body.?scale|smart.?scale", {"scale": 2.5}),
    (r"weather|anemometer|rain.?gauge", {"weather station": 2.5}),
)

ANNOUNCED: Final = _rules(
    "announced",
    (r"belkin:device:(controllee|insight|lightswitch|dimmer|outdoor)", {"plug": 4}),
    (r"belkin:device:bridge", {"hub": 4}),
    (r"belkin:device:netcam|digitalsecuritycamera|^_(rtsp|axis-video|psia)\._tcp", {"camera": 4}),
    (r"belkin:device:(coffeemaker|crockpot)|^_homeconnect\._tcp", {"kitchen appliance": 4}),
    (r"belkin:device:sensor", {"sensor": 4}),
    (r"device:InternetGatewayDevice|device:WANDevice", {"router": 4}),
    (r"device:WLANAccessPointDevice", {"access point": 3}),
    (r"device:MediaRenderer", {"TV": 1.5, "speaker": 1}),
    (r"device:MediaServer|^_adisk\._tcp", {"storage": 1.5}),
    (r"service:dial:|^_androidtvremote2?\._tcp|^_viziocast|^_amzn-wplay|samsung.com:device:RemoteControl", {"TV": 3}),
    (r"device:ZonePlayer|^_sonos\._tcp", {"speaker": 4}),
    (r"^_raop\._tcp|^_spotify-connect\._tcp", {"speaker": 1.5}),
    (r"^_airplay\._tcp|^_googlecast\._tcp", {"TV": 1.5, "speaker": 1}),
    (r"device:Printer:|^_(ipps?|printer|pdl-datastream|uscan|scanner)\._tcp", {"printer": 4}),
    (r"device:(Dimmable|Binary)Light|^_(wled|nanoleafapi|elg)\._tcp", {"light": 4}),
    (r"device:HVAC|^_ecobee\._tcp|^_dkapi\._tcp", {"thermostat": 3}),
    (r"^_hue\._tcp|^_leap\._tcp|^_bond\._tcp|^_home-assistant\._tcp|^_meshcop\._udp", {"hub": 3.5}),
    (r"^_(ewelink|shelly)\._tcp", {"plug": 2}),
    (r"^_(apple-mobdev2?|companion-link)\._tcp", {"phone": 1, "computer": 0.5}),
    (r"^_(workstation|rfb|nvstream)\._tcp", {"computer": 2}),
    (r"^_(smb|afpovertcp)\._tcp", {"computer": 1, "storage": 1}),
)

BANNERS: Final = _rules(
    "banners",
    (r"IpBridge/", {"hub": 3}),
    (r"hipcam|dnvrs-webs|app-webs|uc-httpd|netwave|network camera|ip.?camera|hikvision|rtsp", {"camera": 3}),
    (r"cups/|hp http server|epson|canon http|jetdirect|brother", {"printer": 3}),
    (r"routeros|mikrotik|rompager|miniupnpd|\bTR-?064", {"router": 2}),
    (r"synology|qnap|netatalk", {"storage": 2.5}),
    (r"microsoft-(iis|httpapi)", {"computer": 2}),
    (r"openssh.*(ubuntu|debian|raspbian)", {"computer": 1.5}),
)

AGENTS: Final = _rules(
    "agents",
    (r"smart-?tv|web0s|tizen.*tv|crkey|appletv|roku|bravia|android tv|\baft[a-z]\w*\b", {"TV": 4}),
    (r"iphone|android(?! tv)|dalvik|okhttp", {"phone": 2.5}),
    (r"windows nt|macintosh|x11;|debian apt|windows-update|cryptoapi", {"computer": 3}),
    (r"playstation|xbox|nintendo", {"console": 4}),
    (r"sonos|alexa", {"speaker": 3}),
)

DHCP: Final = _rules(
    "dhcp",
    (r"android-dhcp|dhcpcd.*:android", {"phone": 2.5}),
    (r"^msft ", {"computer": 2}),
    (r"dhcpcd-.*:linux.*(x86_64|armv[678]|aarch64)", {"computer": 1}),
    (r"jetdirect|laserjet|mfg=|brother|epson", {"printer": 3.5}),
    (r"docsis|^pktc", {"router": 2}),
    (r"ubnt|cisco ap|arubaap", {"access point": 3}),
    (r"\bps[345]\b|xbox|nintendo", {"console": 3}),
    # the options that common systems ask for, in their order
    (r"^options 1,121,3,6,15,(108,)?114?,?119,?", {"phone": 1, "computer": 0.8}),
    (r"^options 1,121,3,6,15,119,252", {"phone": 1, "computer": 0.8}),
    (r"^options 1,(3,6,15|15,3,6),.*44,46,47.*(249|252)", {"computer": 2}),
    (r"^options 1,3,6,15,26,28,51,58,59,43", {"phone": 2}),
)

PORTS: Final = _rules(
    "ports",
    (r"^tcp/(554|8554|37777|34567)$", {"camera": 2.5}),
    (r"^tcp/(515|631|9100)$", {"printer": 2.5}),
    (r"^tcp/9999$", {"plug": 1, "light": 0.5}),
    (r"^tcp/62910$", {"hub": 3}),
    (r"^tcp/2081$", {"kitchen appliance": 2}),
    (r"^tcp/(8008|8009)$", {"TV": 1.5, "speaker": 1}),
    (r"^tcp/1400$", {"speaker": 2.5}),
    (r"^tcp/8060$", {"TV": 2}),
    (r"^tcp/3389$", {"computer": 3}),
    (r"^tcp/445$", {"computer": 1, "storage": 1}),
    (r"^tcp/(5000|5001|32400)$", {"storage": 1}),
    (r"^udp/(56700|38899)$|^tcp/55443$", {"light": 3}),
    (r"^tcp/6668$", {"plug": 0.7, "light": 0.7}),
    (r"^tcp/1883$", {"hub": 1}),
)

PATHS: Final = _rules(
    "paths",
    (r"/smartplug\.cgi", {"plug": 3.5}),
    (r"/onvif/|/ISAPI/|/cgi-bin/(snapshot|hi3510|magicBox)|/videostream\.cgi", {"camera": 3}),
    (r"^/api/[\w-]{8,}/(lights|groups|sensors|config)", {"hub": 2.5}),
    (r"/upnp/control/(basicevent|insight)", {"plug": 2}),
    (r"^/ipp/", {"printer": 3}),
)

ROLES: Final = _rules(
    "roles",
    (r"^gateway$", {"router": 2.5}),
    (r"^DHCP server$", {"router": 2}),
    (r"^DNS server$", {"router": 1}),
)

DOMAINS: Final = _rules(
    "domains",
    ("meethue.com|philips-hue.com", {"hub": 3}),
    ("cpp.philips.com", {"hub": 0.7}),
    ("fitbit.com", {"scale": 1.5, "watch": 0.7, "phone": 0.5}),
    ("withings.net|withings.com", {"scale": 2.5}),
    ("tplinkcloud.com|tplinkra.com", {"plug": 1.5, "camera": 0.7, "light": 0.7}),
    ("xbcs.net|lswf.net", {"plug": 1.5}),
    ("mydlink.com", {"camera": 2}),
    ("dch.dlink.com", {"sensor": 0.7, "plug": 0.5, "hub": 0.5}),
    ("myedimax.com", {"plug": 0.8, "camera": 0.8}),
    ("smartthings.com|hubitat.com|homematic.com|eq-3.de|lutron.com", {"hub": 2.5}),
    ("lightify-api.com|lightify-api.org|ledvance.com", {"hub": 1.5, "light": 1.5}),
    ("icomen.yunext.com|yunext.com", {"hub": 0.7}),
    ("lifx.co|lifx.com|nanoleaf.me", {"light": 3}),
    ("netatmo.net|netatmo.com|ambientweather.net|weathercloud.net|rtupdate.wunderground.com", {"weather station": 2.5}),
    ("dropcam.com", {"camera": 3}),
    ("nest.com", {"thermostat": 1.5, "camera": 1}),
    ("broadlink.com.cn|ibroadlink.com", {"hub": 1, "plug": 0.8}),
    ("ecobee.com|tado.com", {"thermostat": 3}),
    ("ring.com", {"doorbell": 2.5, "camera": 1}),
    (
        "arlo.com|wyzecam.com|ezvizlife.com|hik-connect.com|reolink.com|xmeye.net|eye4.cn|samsungsmartcam.com",
        {"camera": 3},
    ),
    ("tuyaus.com|tuyaeu.com|tuyacn.com|ewelink.cc|coolkit.cc|meross.com|shelly.cloud", {"plug": 1.5, "light": 1}),
    ("sonos.com", {"speaker": 3}),
    ("alexa.amazon.com|avs-alexa-na.amazon.com|device-metrics-us.amazon.com", {"speaker": 2, "TV": 0.5}),
    ("roku.com|lgtvsdp.com|lgsmartad.com|samsungotn.net|samsungcloudsolution.com|vizio.com", {"TV": 3}),
    ("nflxvideo.net|nrdp.prod.ftl.netflix.com", {"TV": 1}),
    ("connectivitycheck.gstatic.com|mtalk.google.com|android.clients.google.com|samsungosp.com", {"phone": 1.5}),
    ("captive.apple.com|push.apple.com", {"phone": 1, "computer": 0.8}),
    ("msftconnecttest.com|msftncsi.com|windowsupdate.com|update.microsoft.com", {"computer": 2.5}),
    ("archive.ubuntu.com|deb.debian.org|connectivity-check.ubuntu.com|raspbian.org", {"computer": 2}),
    ("playstation.net|nintendo.net|xboxlive.com", {"console": 2.5}),
    ("irobotapi.com|irobot.com|roborock.com|ecouser.net", {"vacuum cleaner": 3}),
    ("smarter.am|home-connect.com|miele-iot.com", {"kitchen appliance": 3}),
    ("hpeprint.com|hpsmart.com|epsonconnect.com", {"printer": 2.5}),
    ("august.com|nuki.io", {"lock": 2}),
    ("quickconnect.to|synology.com|myqnapcloud.com|wd2go.com", {"storage": 2}),
    ("ui.com|ubnt.com", {"access point": 1}),
)

MODEL: Final = (
    r"\b(?:D[CS][SPH]-[A-Z]?\d{3,4}[A-Z]*|D(?:IR|AP|SL)-\d{3,4}[A-Z]*|(?:HS|KP|LB|KL)\d{3}(?:\([A-Z]{2}\))?|SP-\d{4}W"
    r"|IC-\d{4}W?|Tapo[ _-]?[CLP]\d{3}|HF-LPB\d+|BSB00\d)"
)
"""Model numbers of makers that put them into names; what a device says of its model in UPnP or mDNS goes first."""

RULES: Final[tuple[Rule, ...]] = (
    *VENDORS, *PRODUCTS, *ANNOUNCED, *BANNERS, *AGENTS, *DHCP, *PORTS, *PATHS, *ROLES, *DOMAINS,
)  # fmt: skip

#!/bin/sh
# Debian packages that some tests use. Installed when root; otherwise those tests skip and say so.
set -u

# To install a telnet server would also start it, so the program is taken out of its package; the Makefile names it.
fetch_telnetd() {
    [ "$(id -u)" = 0 ] && [ -d .venv ] && [ ! -e .venv/telnetd ] && command -v apt-get >/dev/null 2>&1 || return 0
    mkdir .venv/telnetd
    (cd .venv/telnetd && apt-get download -qq inetutils-telnetd && dpkg -x ./*.deb . && rm ./*.deb) >/dev/null 2>&1 ||
        { rm -rf .venv/telnetd; echo "no telnetd to be had: the lab's own stands in for it"; }
}

missing=""
for pair in tshark:tshark dumpcap:wireshark-common tcpdump:tcpdump ip:iproute2 nft:nftables dnsmasq:dnsmasq-base \
    busybox:busybox mosquitto:mosquitto mosquitto_pub:mosquitto-clients avahi-daemon:avahi-daemon curl:curl \
    openssl:openssl sysctl:procps chromium:chromium; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
[ -z "$missing" ] && { fetch_telnetd; exit 0; }
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "not installed, so some tests skip:$missing"
    exit 0
fi
echo "installing for the tests:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null 2>&1 || echo "apt-get update failed"
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 || echo "some could not be installed; their tests skip"
fetch_telnetd
exit 0

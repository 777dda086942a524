#!/bin/sh
# Debian packages that some tests use. Installed when root; otherwise those tests skip and say so.
set -u
missing=""
for pair in tshark:tshark tcpdump:tcpdump ip:iproute2 nft:nftables dnsmasq:dnsmasq busybox:busybox \
    mosquitto:mosquitto mosquitto_pub:mosquitto-clients chromium:chromium; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "not installed, so some tests skip:$missing"
    exit 0
fi
echo "installing for the tests:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null 2>&1 || echo "apt-get update failed"
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 || echo "some could not be installed; their tests skip"
exit 0

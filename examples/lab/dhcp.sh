#!/bin/sh
# Called by busybox udhcpc when a lease comes, changes or goes. RESOLV is this device's own resolv.conf.
case "$1" in
deconfig)
    ip -4 address flush dev "$interface"
    ;;
bound | renew)
    ip address replace "$ip/$mask" dev "$interface"
    ip route replace default via "$router" dev "$interface"
    printf 'search lan\nnameserver %s\n' "$dns" >"$RESOLV"
    ;;
esac

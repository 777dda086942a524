#!/bin/sh
# Records the example captures again, both or those that are named: see docs/example-capture.md. Needs Linux and root.
set -eu
cd "$(dirname "$0")"
botwarden=${BOTWARDEN:-../.venv/bin/botwarden}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

for name in ${*:-house break-in}; do
  case $name in # the seeds are such that nobody watches a video: the captures have to stay small
    house) story="--peace 180 --seed 276" ;;
    break-in) story="--peace 75 --seed 975" ;;
    *) echo "record.sh: house or break-in, not $name" >&2 && exit 2 ;;
  esac
  # shellcheck disable=SC2086
  "$botwarden" lab run "$name.toml" --out "$out" --speed 1 --start 2026-11-26T16:30 $story
  sed "s/lan\.pcapng/$name.pcapng/" "$out/labels.json" >"$name-labels.json"
  mv "$out/lan.pcapng" "$name.pcapng"
done

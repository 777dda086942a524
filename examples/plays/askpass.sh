#!/bin/sh
# Called by ssh whenever it wants a password: tells the next line of LAB_PASSWORDS. LAB_FOLDER is this client's own.
echo >>"$LAB_FOLDER/asked"
printf '%s\n' "$LAB_PASSWORDS" | sed -n "$(wc -l <"$LAB_FOLDER/asked")p"

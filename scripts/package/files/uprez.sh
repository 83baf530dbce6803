#!/bin/sh
# Starts Uprez @VERSION@ with the Node that came along. Nothing of it depends on where this folder lies.
here=$(CDPATH= cd -- "${0%/*}/.." && pwd) || exit 1
exec "$here/runtime/node" --max-semi-space-size=2 --optimize-for-size "$here/app/daemon/dist/uprez.mjs" "$@"

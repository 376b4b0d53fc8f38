#!/bin/bash
# An interactive shell, or the command given
set -euo pipefail
# shellcheck source=container/environment.sh
. "${BASH_SOURCE[0]%/*}/../environment.sh"

usage() {
	cat <<'TEXT'
usage: default [command [argument ...]]

Runs the command with its arguments as they are, or, without one, an interactive shell.
TEXT
}

if [ "$#" -eq 0 ]; then
	exec bash --rcfile "$SYGALDRY_SHARE/shell.rc" -i
fi
if [ "$1" = --help ] && [ "$#" -eq 1 ]; then
	usage
	exit 0
fi
exec "$@"

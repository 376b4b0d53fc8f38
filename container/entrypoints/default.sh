#!/bin/bash
# An interactive shell, or the command given
set -euo pipefail
# shellcheck source=container/environment.sh
. "${BASH_SOURCE[0]%/*}/../environment.sh"

if [ "$#" -eq 0 ]; then
	exec bash --rcfile "$SYGALDRY_SHARE/shell.rc" -i
fi
if [ "$#" -eq 1 ] && [ "$1" = --help ]; then
	cat <<'TEXT'
usage: default [command [argument ...]]

Runs the command with its arguments as they are, or, without one, an interactive shell whose prompt shows the runtime
and the project. Python packages of uv-install are found; spack-env-activate enters the Spack environment.
TEXT
	exit 0
fi
exec "$@"

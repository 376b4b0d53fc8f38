#!/bin/sh
# Report on descriptor 9 that the container has started, then run the command. Apptainer's own failures and those of a
# command have the same exit code; this tells them apart.
set -eu
if [ -e /proc/self/fd/9 ]; then
	printf 'started\n' >&9
	exec 9>&-
fi
exec "$@"

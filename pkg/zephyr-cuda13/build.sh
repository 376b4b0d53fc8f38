#!/bin/sh
# Install this folder's spack.lock, resuming what was interrupted; --dry-run prints the plan, --help the options.
set -eu
self=$0
while [ -L "$self" ]; do
	link=$(readlink "$self")
	case $link in /*) self=$link ;; *) self=${self%/*}/$link ;; esac
done
here=$(CDPATH='' cd -- "$(dirname -- "$self")" && pwd)
for program in /opt/sygaldry/container/bin/sygaldry "$here/../../tools/sygaldry" "$(command -v sygaldry || :)"; do
	# Inside the environment the first is there, in a checkout the second; both are the same command line.
	if [ -x "$program" ]; then exec "$program" env build "$here" "$@"; fi
done
echo 'build.sh: sygaldry is not here' >&2
echo '  hint: run it from a checkout of Sygaldry, or inside the environment: ./container/launch_container.sh' >&2
exit 4

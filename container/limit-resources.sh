#!/bin/sh
# Start a command in a cgroup of its own. Usage: limit-resources.sh cgroup1|cgroup2 MEMORY|- PROCESSES|- COMMAND...
# Runs on the host, for the sandbox, where there is no systemd. Groups that earlier launches left empty are removed.
set -eu
version=$1 memory=$2 processes=$3
shift 3
case $memory in
*k) bytes=$((${memory%k} * 1024)) ;;
*m) bytes=$((${memory%m} * 1048576)) ;;
*g) bytes=$((${memory%g} * 1073741824)) ;;
*) bytes=$memory ;;
esac

# Make the group below the folder $1 and enter it; each further word is FILE=VALUE.
enter() {
	for old in "$1"/sygaldry-*; do rmdir "$old" 2>/dev/null || :; done
	group=$1/sygaldry-$$
	mkdir -p "$group"
	shift
	for limit in "$@"; do printf '%s\n' "${limit#*=}" >"$group/${limit%%=*}" || exit 125; done
	printf '%s\n' "$$" >"$group/cgroup.procs"
}

root=/sys/fs/cgroup
if [ "$version" = cgroup2 ]; then
	[ "$memory" = - ] || enter "$root" "memory.max=$bytes"
	[ "$processes" = - ] || enter "$root" "pids.max=$processes"
else
	[ "$memory" = - ] || enter "$root/memory" "memory.limit_in_bytes=$bytes"
	[ "$processes" = - ] || enter "$root/pids" "pids.max=$processes"
fi
exec "$@"

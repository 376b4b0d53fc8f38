#!/bin/sh
# Keep a container running until it is stopped, or until nothing else has run in it for IDLE seconds (0: for ever)
idle=${1:-0}
trap 'echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) stopped"; exit 0' TERM INT HUP
echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) started"
set -- /proc/[0-9]*
alone=$# used=$(date +%s)
while :; do
	sleep 2 &
	wait $!
	set -- /proc/[0-9]*
	now=$(date +%s)
	if [ $# -gt "$alone" ]; then used=$now; fi
	if [ "$idle" -gt 0 ] && [ $((now - used)) -ge "$idle" ]; then
		echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) idle for $idle s"
		exit 0
	fi
done

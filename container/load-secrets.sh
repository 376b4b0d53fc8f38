#!/bin/bash
# Take the caller's secrets from a file, remove it, and become the command. Usage: load-secrets.sh COMMAND...
# The launcher wrote the file for this container alone: as options of the engine, the values would show in `docker inspect`.
file=/run/sygaldry/environment
# After an interrupt, bash waits for its child and goes on if that one ended well; this makes it end, too.
trap 'trap - INT; kill -s INT "$$"' INT
if [ -r "$file" ]; then
	while IFS= read -r -d '' each; do export "${each%%=*}=${each#*=}"; done <"$file"
	rm -f -- "$file"
	unset each
fi
unset file
trap - INT
exec "$@"

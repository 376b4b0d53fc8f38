#!/bin/sh
# The image's `spack`: a new store gets the warm index first, without which its first command takes a minute and a half.
cache=/opt/spack_store/cache
if [ -d /opt/spack_seed/misc ] && [ ! -e "$cache/misc" ] && mkdir -p "$cache" 2>/dev/null; then
	# With the seed's own times, by which Spack tells that it is fresh; and under its name only when it is whole.
	draft=$cache/.misc.$$
	cp -a /opt/spack_seed/misc "$draft" 2>/dev/null && mv -T "$draft" "$cache/misc" 2>/dev/null
	rm -rf "$draft"
fi
exec /opt/spack_src/bin/spack "$@"

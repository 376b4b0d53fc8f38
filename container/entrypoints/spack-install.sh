#!/bin/bash
# Install packages with Spack into an environment of one's own, then a shell in it
set -euo pipefail
# shellcheck source=container/environment.sh
. "${BASH_SOURCE[0]%/*}/../environment.sh"
# shellcheck source=container/spack_here.sh
. "$SYGALDRY_SHARE/spack_here.sh"

own=/opt/spack_store/environments/own
case ${1-} in
--help | -h)
	cat <<'TEXT'
usage: spack-install [--] [SPEC ...]

Adds the specs to a Spack environment of one's own (/opt/spack_store/environments/own, which outlives every container) and
installs it; then a shell in it, where there is a terminal. Without a spec it installs the pinned stack of
/workspace/pkg/zephyr, as spack-build does. No spec may begin with a dash.
TEXT
	exit 0
	;;
--) shift ;;
esac
for spec in "$@"; do
	case $spec in '' | -* | *[$'\n\r']*) used_wrongly "'$spec' cannot be a spec" "for example: spack-install -- 'zlib@1.3'" ;; esac
done
if [ "$#" -eq 0 ] && [ ! -x /workspace/pkg/zephyr/build.sh ]; then
	used_wrongly 'spack-install needs a spec: this workspace has no pkg/zephyr' 'for example: spack-install -- zlib'
fi
need_spack

if [ "$#" -eq 0 ]; then
	own=/workspace/pkg/zephyr
	"$own/build.sh"
else
	if [ ! -e "$own/spack.yaml" ]; then "$spack" env create --dir "$own" >&2; fi
	"$spack" --env-dir "$own" add "$@" >&2
	"$spack" --env-dir "$own" install --fail-fast >&2
fi
if [ -t 0 ] && [ -t 1 ]; then
	spack-env-activate "$own"
	exec bash --rcfile "$SYGALDRY_SHARE/shell.rc" -i
fi

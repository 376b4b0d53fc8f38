#!/bin/bash
# Build the pinned Spack stack: exactly its lock, resuming what was interrupted
set -euo pipefail
# shellcheck source=container/environment.sh
. "${BASH_SOURCE[0]%/*}/../environment.sh"
# shellcheck source=container/spack_here.sh
. "$SYGALDRY_SHARE/spack_here.sh"

environment=zephyr
case ${1-} in
--help | -h)
	cat <<'TEXT'
usage: spack-build [ENVIRONMENT] [option of build.sh ...]

Runs /workspace/pkg/ENVIRONMENT/build.sh (default: zephyr): installs exactly its spack.lock into
/opt/spack_store. --dry-run prints the plan; further options: pkg/zephyr/build.sh --help.
TEXT
	exit 0
	;;
'' | -*) ;;
*)
	environment=$1
	shift
	;;
esac
if ! [[ $environment =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]]; then
	used_wrongly "'$environment' cannot be the name of an environment" "there are: $(environments)"
fi
build=/workspace/pkg/$environment/build.sh
if [ ! -x "$build" ]; then
	used_wrongly "there is no environment '$environment': $build is not there" "there are: $(environments)"
fi
case " $* " in *' --dry-run '* | *' --help '*) ;; *) need_spack ;; esac
exec "$build" "$@"

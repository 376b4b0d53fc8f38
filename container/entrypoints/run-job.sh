#!/bin/bash
# A command inside the Spack environment, where one is built
set -euo pipefail
# shellcheck source=container/environment.sh
. "${BASH_SOURCE[0]%/*}/../environment.sh"

case ${1-} in
'') used_wrongly 'run-job needs a command' "for example: run-job -- python train.py, or run-job 'make && make test'" ;;
--help | -h)
	cat <<'TEXT'
usage: run-job [--] command [argument ...]

Runs the command with its arguments as they are, inside the Spack environment of /workspace/pkg/zephyr where it is built.
One single word is a line for bash: run-job 'cd src && make'. An environment that is there but cannot be entered is an
error: a job never runs in the wrong one.
TEXT
	exit 0
	;;
--) shift ;;
esac
case ${1-} in
'') used_wrongly 'run-job needs a command after --' ;;
-*) used_wrongly "run-job takes no option '$1'" 'its usage: run-job --help' ;;
esac

if [ -x "$SPACK_VIEW/bin/python3" ] || [ -e /workspace/pkg/zephyr/.spack-env ]; then
	spack-env-activate || cannot_start 'the Spack environment of /workspace/pkg/zephyr cannot be entered' \
		'is it in sync? see: tools/sygaldry env status pkg/zephyr'
fi
if [ "$#" -eq 1 ] && ! type -P -- "$1" >/dev/null; then
	# A login shell's profile would put the system's PATH in place of the environment's.
	# shellcheck disable=SC2016 # the inner shell's variables
	exec bash -lc 'PATH=$1 && eval "$2"' bash "$PATH" "$1"
fi
exec "$@"

# shellcheck shell=sh disable=SC2154
# Sourced when the environment in $venv is missing or older than locks/$lock.txt. Sets $venv.
# Finds a Python of 3.11 or newer and lets set_up.py do the rest; leaves with 125 from a launch, else with 4.

case ${1-} in launch) failed=125 ;; *) failed=4 ;; esac

if [ -z "${SYGALDRY_VENV-}" ] && ! [ -w "$here/.." ]; then
	# A checkout that belongs to another user, or is read-only: keep the environment with the caller.
	key=$(printf %s "$here" | cksum)
	venv=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/sygaldry/venv-$lock-${key%% *}
fi

is_new_enough() {
	command -v "$1" >/dev/null 2>&1 && "$1" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if [ ! "$venv/ready" -nt "$here/../locks/$lock.txt" ] || [ ! -x "$venv/bin/python" ]; then
	found=
	for candidate in ${SYGALDRY_PYTHON:+"$SYGALDRY_PYTHON"} python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
		if is_new_enough "$candidate"; then
			found=$candidate
			break
		fi
	done
	if [ -z "$found" ] && command -v uv >/dev/null 2>&1; then
		uv python install 3.13 >&2 && found=$(uv python find 3.13) || found=
	fi
	if [ -z "$found" ]; then
		echo 'sygaldry: no Python of 3.11 or newer is on PATH' >&2
		echo '  hint: sudo apt-get install python3, or install uv, or name one: SYGALDRY_PYTHON=/path/to/python3' >&2
		exit "$failed"
	fi
	"$found" -I "$here/set_up.py" "$venv" "$here/.." "$lock" >&2 || exit "$failed"
fi

# shellcheck shell=bash
# Sourced by every entrypoint: put Sygaldry's commands on PATH, whatever the image sets, and enter the virtual
# environment of uv-install if one exists for this system. Prints nothing, because every launch sources it.
# After an interrupt, bash waits for its child and goes on if that one ended well; this makes it end, too.
case $- in *i*) ;; *) trap 'trap - INT; kill -s INT "$$"' INT ;; esac

SYGALDRY_SHARE=/opt/sygaldry/container
VIRTUAL_ENVIRONMENTS=/opt/bazel_cache/venvs
SPACK_VIEW=/opt/spack_store/views/zephyr

case ":$PATH:" in
*":$SYGALDRY_SHARE/bin:"*) ;;
*) PATH="$SYGALDRY_SHARE/bin:/opt/sygaldry/bin:$PATH" ;;
esac
export PATH
# shellcheck source=container/spack.sh
. "$SYGALDRY_SHARE/spack.sh"

complain() {
	printf 'sygaldry: %s\n' "$1" >&2
	if [ "$#" -gt 1 ]; then printf '  hint: %s\n' "$2" >&2; fi
}

# The two ways to exit before any work: a usage error, and a missing requirement.
used_wrongly() {
	complain "$@"
	exit 2
}

cannot_start() {
	complain "$@"
	exit 125
}

# Name this system as `debian12-x86_64`, in `system`: the same storage serves the sandbox over the host and images,
# and packages built for one need not run on the other.
name_system() {
	local key value ID=linux VERSION_ID=
	if [ -r /etc/os-release ]; then
		while IFS='=' read -r key value; do
			value=${value#[\"\']} value=${value%[\"\']}
			case $key in ID) ID=$value ;; VERSION_ID) VERSION_ID=$value ;; esac
		done </etc/os-release
	fi
	system=${ID//[!a-z0-9._-]/}${VERSION_ID//[!A-Za-z0-9._-]/}-$HOSTTYPE
}

# Remove our virtual environment from PATH, so that the Python beneath it is found.
leave_venv() {
	PATH=:$PATH:
	PATH=${PATH//":$VIRTUAL_ENV/bin:"/:}
	PATH=${PATH#:} PATH=${PATH%:}
	unset VIRTUAL_ENV
}

enter_if_ready() {
	if [ ! -e "$1/ready" ] || [ ! -x "$1/bin/python" ]; then return 1; fi
	export VIRTUAL_ENV=$1 PATH="$1/bin:$PATH"
}

# Enter the virtual environment of uv-install if one exists for this system and Python; one that the user entered
# stays. Call it again after another environment was put first on PATH.
enter_venv() {
	local each program pythons system
	case ${VIRTUAL_ENV-} in
	'') if [ ! -d "$VIRTUAL_ENVIRONMENTS" ]; then return 0; fi ;;
	"$VIRTUAL_ENVIRONMENTS"/*) leave_venv ;;
	*) return 0 ;;
	esac
	name_system
	case ${SPACK_ENV-} in '' | */zephyr)
		if [ -x "$SPACK_VIEW/bin/python3" ]; then
			for each in "$VIRTUAL_ENVIRONMENTS/$system"-*-spack; do
				if enter_if_ready "$each"; then return 0; fi
			done
		fi
		;;
	esac
	# Inside a Spack environment its Python comes first; packages for another Python must not hide it.
	if [ -n "${SPACK_ENV-}" ]; then return 0; fi
	name_pythons
	for program in "${pythons[@]}"; do
		if ! hash -- "$program" 2>/dev/null; then continue; fi
		for each in "$VIRTUAL_ENVIRONMENTS/$system"-*; do
			case $each in *-spack) continue ;; esac
			if [ "$each/bin/python" -ef "${BASH_CMDS[$program]}" ] && enter_if_ready "$each"; then return 0; fi
		done
	done
}

# Name the Pythons to look for on PATH, in `pythons`: the image's own version, then what the system has.
name_pythons() {
	pythons=(python3 python3.14 python3.13 python3.12 python3.11)
	if [[ ${PYTHON_VERSION-} =~ ^[0-9]+\.[0-9]+ ]]; then pythons=("python${BASH_REMATCH[0]}" "${pythons[@]}"); fi
}

# The profile of a login shell replaces the environment's PATH (`bash -lc` is a common way to start a command). A new
# home gets a profile that restores it; an existing profile is not changed.
restore_login_path() {
	local each
	for each in ~/.bash_profile ~/.bash_login ~/.profile; do
		if [ -e "$each" ]; then return 0; fi
	done
	if [ ! -w ~ ]; then return 0; fi
	cat >~/.bash_profile <<'TEXT'
# Created by Sygaldry for a new home; edit it freely. Restores the PATH that /etc/profile replaces.
if [ -r /opt/sygaldry/container/environment.sh ]; then . /opt/sygaldry/container/environment.sh; fi
case $- in *i*) if [ -r ~/.bashrc ]; then . ~/.bashrc; fi ;; esac
TEXT
}

enter_venv
restore_login_path
case $- in *i*) ;; *) trap - INT ;; esac

# shellcheck shell=bash
# Sourced by every entrypoint: find Sygaldry's own files, put its commands on PATH whatever the image says, and enter
# the virtual environment that uv-install made, if there is one for this system. Prints nothing: it is part of every launch.
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

# The two ways to leave before any work: used wrongly, and something is missing here.
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

# Name the virtual environment of this system, in `venv`; one upon the Spack view, whose Torch it uses, is another.
name_venv() {
	local system
	name_system
	venv=$VIRTUAL_ENVIRONMENTS/$system
	if [ -x "$SPACK_VIEW/bin/python3" ]; then venv=$venv-spack; fi
}

if [ -d "$VIRTUAL_ENVIRONMENTS" ] && [ -z "${VIRTUAL_ENV-}" ]; then
	name_venv
	if [ -e "$venv/ready" ] && [ -x "$venv/bin/python" ]; then
		export VIRTUAL_ENV=$venv PATH="$venv/bin:$PATH"
	fi
fi

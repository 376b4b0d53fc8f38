# shellcheck shell=bash
# Sourced by entrypoints that create virtual environments: find a Python and uv, and lock the environment.

# Set `python` to the first Python that is new enough and runs here: the Spack view's, because Torch is there, then the
# image's own version, then that of the system. None is downloaded.
find_python() {
	local candidate pythons
	case ${VIRTUAL_ENV-} in "$VIRTUAL_ENVIRONMENTS"/*) leave_venv ;; esac
	name_pythons
	for candidate in "$SPACK_VIEW/bin/python3" "${pythons[@]}"; do
		if python=$(type -P -- "$candidate") &&
			"$python" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
			return
		fi
	done
	cannot_start 'no Python 3.11 or newer found' \
		'use an image with the python toolchain, or install python3 on the host for the sandbox'
}

find_uv() {
	uv=$(type -P uv) || cannot_start 'uv not found' \
		'launch through Sygaldry, which brings its own, or use an image with the uv toolchain'
	export UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy
	unset VIRTUAL_ENV
	# Wheels that a bundle brought; uv takes them where the index cannot be reached, or has the same.
	if [ -d /opt/bazel_cache/wheelhouse ]; then
		export UV_FIND_LINKS=${UV_FIND_LINKS:+$UV_FIND_LINKS,}/opt/bazel_cache/wheelhouse
	fi
	# uv reads none of pip's variables, and a site behind a mirror often has set only those.
	if [ -n "${PIP_INDEX_URL-}" ] && [ -z "${UV_INDEX_URL-}" ]; then
		export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}
	fi
}

# Lock a virtual environment until this script ends, so that two processes take turns.
hold() {
	mkdir -p -- "${1%/*}"
	exec 9>"$1.lock"
	if ! flock --nonblock 9; then
		complain "waiting for another process that changes $1"
		flock 9
	fi
}

# Create a virtual environment unless it is ready; an interrupted one is created again.
make_venv() {
	if [ -e "$1/ready" ] && [ -x "$1/bin/python" ]; then return; fi
	rm -rf -- "$1"
	"$uv" venv --quiet --python "$2" -- "$1" >&2
}

#!/bin/bash
# Install Python packages into a virtual environment that lasts
set -euo pipefail
# shellcheck source=container/environment.sh
. "${BASH_SOURCE[0]%/*}/../environment.sh"
# shellcheck source=container/python.sh
. "$SYGALDRY_SHARE/python.sh"

usage() {
	cat <<'TEXT'
usage: uv-install [--upgrade] [-r FILE] [--project FOLDER [--locked | --frozen] [--extra NAME]] [--] [package ...]

Installs the packages into a virtual environment under /opt/bazel_cache/venvs, which every later launch finds by itself:
`python` and `python3` are then that environment's. What is there already is kept. What the Spack environment's
view holds (Torch, JAX, NumPy ...) is used from there and never downloaded again, also where a lock names another
version. An installation that fails, or whose packages do not fit together, is taken back.

  -U, --upgrade           take the newest versions that fit, not those that are there
  -r, --requirement FILE  also install what a requirements file lists
  --project FOLDER        what the folder's pyproject.toml needs; exactly its uv.lock if there is one
  --locked, --frozen      the lock must fit pyproject.toml; the lock is used unchecked (the current folder's)
  --extra NAME            also an extra of the project; may be repeated
  --index URL             take packages from this index
  -h, --help              show this

A package is written as for pip: numpy, 'scipy>=1.14', ./folder, 'name @ https://...'. Indexes come from
UV_DEFAULT_INDEX, UV_INDEX or PIP_INDEX_URL. No Python is downloaded.
TEXT
}

case ${1-} in -h | --help)
	usage
	exit 0
	;;
esac
find_python
program=$SYGALDRY_SHARE/python/uv_install.py
# The words are checked before anything is made.
"$python" -E -s -B "$program" --check "$@"
find_uv
name_system
name=$(readlink -f -- "$python")
venv=$VIRTUAL_ENVIRONMENTS/$system-${name##*/} view=
case $python in "$SPACK_VIEW"/*) venv=$venv-spack view=$SPACK_VIEW ;; esac
hold "$venv"
exec "$python" -E -s -B "$program" "$uv" "$python" "$venv" "$view" "$@"

#!/bin/bash
# Install Python packages into a virtual environment that lasts
set -euo pipefail
# shellcheck source=container/environment.sh
. "${BASH_SOURCE[0]%/*}/../environment.sh"
# shellcheck source=container/python.sh
. "$SYGALDRY_SHARE/python.sh"

usage() {
	cat <<'TEXT'
usage: uv-install [--upgrade] [-r FILE] [--] package [package ...]

Installs the packages into a virtual environment under /opt/bazel_cache/venvs, which every later launch finds by itself:
`python` and `python3` are then that environment's. What is there already is kept. What the Spack environment's
view holds (Torch, JAX, NumPy ...) is used from there and never downloaded again.

  -U, --upgrade           take the newest versions that fit, not those that are there
  -r, --requirement FILE  also install what a requirements file lists
  -h, --help              show this

A package is written as for pip: numpy, 'scipy>=1.14', ./folder, 'name @ https://...'. Indexes come from
UV_DEFAULT_INDEX, UV_INDEX or PIP_INDEX_URL. SYGALDRY's own Python is never touched, none is downloaded.
TEXT
}

words=()
packages=0
while [ "$#" -gt 0 ]; do
	case $1 in
	-h | --help)
		usage
		exit 0
		;;
	-U | --upgrade) words+=(--upgrade) ;;
	-r | --requirement)
		[ -r "${2-}" ] || used_wrongly "uv-install cannot read the requirements file '${2-}'"
		words+=(--requirement "$2")
		packages=$((packages + 1))
		shift
		;;
	--) ;;
	-*) used_wrongly "uv-install takes no option '$1'" 'its options: uv-install --help' ;;
	'' | *[$'\n\r\t']*) used_wrongly 'a package has an empty name, or a line break in it' ;;
	*)
		words+=("$1")
		packages=$((packages + 1))
		;;
	esac
	shift
done
if [ "$packages" -eq 0 ]; then used_wrongly 'uv-install needs at least one package' 'for example: uv-install -- numpy'; fi

find_python
find_uv
name_venv
hold "$venv"
make_venv "$venv" "$python"

# What the view holds stays the view's: it is on the path behind the environment's own packages, and an override with
# a condition that is never true takes it out of every resolution.
kept=()
for site in "$SPACK_VIEW"/lib/python3*/site-packages; do
	[ -d "$site" ] || continue
	printf '%s\n' "$site" >"$(echo "$venv"/lib/python3*/site-packages)/spack-view.pth"
	for each in "$site"/*.dist-info; do
		name=${each##*/}
		name=${name%%-*}
		[[ $name =~ ^[A-Za-z0-9._]+$ ]] && kept+=("$name ; sys_platform == 'kept-by-spack'")
	done
done
overrides=
if [ "${#kept[@]}" -gt 0 ]; then
	overrides=$venv/spack-view.txt
	printf '%s\n' "${kept[@]}" >"$overrides"
fi
"$uv" pip install --python "$venv/bin/python" ${overrides:+--override "$overrides"} "${words[@]}" >&2
: >"$venv/ready"

# shellcheck shell=bash
# Sourced by bash: spack-env-activate [FOLDER] enters a Spack environment in this very shell, spack-env-deactivate leaves
# it and nothing behind. The activation was worked out before and is kept in the store; checking that it still belongs
# to the lock, the manifest and the view costs one `stat`, making it anew costs Spack's seconds.
#
# spack-env-activate --if-built says nothing and changes nothing where the environment is not built.

spack-env-activate() {
	local quiet='' folder script stamp='' store=${SYGALDRY_SPACK_STORE:-/opt/spack_store}
	if [ "${1-}" = --if-built ]; then quiet=1 && shift; fi
	case ${1-} in
	-h | --help)
		printf '%s\n' 'usage: spack-env-activate [--if-built] [FOLDER]' \
			'Enter the Spack environment of a folder (pkg/zephyr unless SYGALDRY_SPACK_ENVIRONMENT says otherwise) in' \
			'this shell; as a program, spack-env-activate FOLDER -- COMMAND runs a command in it; spack-env-deactivate leaves it.'
		return 0
		;;
	esac
	folder=${1:-${SYGALDRY_SPACK_ENVIRONMENT:-pkg/zephyr}}
	if [ ! -d "$folder" ] && [ -d "/workspace/$folder" ]; then folder=/workspace/$folder; fi
	if [ ! -d "$folder" ]; then
		if [ -n "$quiet" ]; then return 0; fi
		printf 'sygaldry: there is no Spack environment in %s\n' "$folder" >&2
		printf '  hint: name its folder: spack-env-activate pkg/zephyr\n' >&2
		return 3
	fi
	folder=$(cd -P -- "$folder" && pwd)
	script=$store/.sygaldry/activation/${folder//\//%}.sh
	if [ ! -w "$store/.sygaldry" ] && { [ -d "$store/.sygaldry" ] || [ ! -w "$store" ]; }; then
		# The store is read-only or another user's: the activation is kept in our own cache.
		script=$store$folder
		script=${XDG_CACHE_HOME:-${HOME-}/.cache}/sygaldry/activation/${script//\//%}.sh
	fi
	if [ -n "$quiet" ] && [ ! -e "$script" ] && [ ! -e "$folder/.spack-env" ]; then return 0; fi
	if [ -r "$script" ]; then IFS= read -r stamp <"$script"; fi
	if [ -z "$stamp" ] || ! _spack_env_is_current "$stamp"; then
		if [ -n "$quiet" ]; then
			script=$(sygaldry env activate "$folder" 2>/dev/null) || return 0
		else
			script=$(sygaldry env activate "$folder") || return
		fi
	fi
	if [ -n "${SPACK_ENV_SCRIPT-}" ]; then spack-env-deactivate; fi
	# shellcheck source=/dev/null
	. "$script" && export SPACK_ENV_SCRIPT=$script
	# What uv-install put upon this environment comes before it, what belongs to another Python goes.
	if declare -F enter_venv >/dev/null; then enter_venv; fi
	hash -r
}

spack-env-deactivate() {
	local script=${SPACK_ENV_SCRIPT-}
	if [ -z "$script" ]; then return 0; fi
	_spack_env_leaving=1
	# shellcheck source=/dev/null
	. "$script"
	unset _spack_env_leaving SPACK_ENV_SCRIPT
	if declare -F enter_venv >/dev/null; then enter_venv; fi
	hash -r
}

# Compare the first line of a script with the files it was made from: `# stamp NAME SIZE TIME INODE|...`.
_spack_env_is_current() {
	local line=${1#\# stamp } each paths=() now
	local IFS='|'
	for each in $line; do paths+=("${each%% *}"); done
	case $line in *' '*) ;; *) return 1 ;; esac
	now=$(stat -c '%n %s %y %i' -- "${paths[@]}" 2>/dev/null) || return 1
	[ "${now//$'\n'/|}" = "$line" ]
}

_spack_env_prepend() {
	local each left=$2 value=${!1-}
	if [ -n "${_spack_env_leaving-}" ]; then
		value=:$value:
		while [ -n "$left" ]; do
			each=${left%%:*}
			if [ "$each" = "$left" ]; then left=''; else left=${left#*:}; fi
			value=${value/":$each:"/:}
		done
		value=${value#:} value=${value%:}
		# An empty element at the end of MANPATH stands for the system's pages; alone it means the same as no MANPATH.
		if [ -z "$value" ] || [ "$value" = : ]; then unset "$1"; else export "$1=$value"; fi
	elif [ -n "$value" ]; then
		export "$1=$2:$value"
	elif [ "$1" = MANPATH ]; then
		export "$1=$2:"
	else
		export "$1=$2"
	fi
}

_spack_env_set() {
	local old=SPACK_ENV_OLD_$1
	if [ -z "${_spack_env_leaving-}" ]; then
		if [ -n "${!1+set}" ]; then export "$old=${!1}"; fi
		export "$1=$2"
	elif [ -n "${!old+set}" ]; then
		export "$1=${!old}"
		unset "$old"
	else
		unset "$1"
	fi
}

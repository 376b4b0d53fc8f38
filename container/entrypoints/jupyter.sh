#!/bin/bash
# JupyterLab on a port of this machine, with a token; its kernels see the Spack environment
set -euo pipefail
# shellcheck source=container/environment.sh
. "${BASH_SOURCE[0]%/*}/../environment.sh"
# shellcheck source=container/python.sh
. "$SYGALDRY_SHARE/python.sh"

port=8888
case ${1-} in
--help | -h)
	cat <<'TEXT'
usage: jupyter [--port PORT] [--] [option of jupyter lab ...]

Starts JupyterLab in the current folder and prints its address with a token once: that of the Spack environment, or one
that is installed once with uv. It listens on 127.0.0.1; in a container with a network of its own publish the port:
sygaldry launch --publish 8888:8888 --entrypoint jupyter. JUPYTER_TOKEN sets the token: --env JUPYTER_TOKEN.
TEXT
	exit 0
	;;
--port)
	port=${2-}
	shift "$(($# < 2 ? $# : 2))"
	;;
--port=*)
	port=${1#--port=}
	shift
	;;
esac
if [ "${1-}" = -- ]; then shift; fi
if ! [[ $port =~ ^[1-9][0-9]{0,4}$ ]] || [ "$port" -gt 65535 ]; then
	used_wrongly "'$port' is not a port" 'for example: jupyter --port 8888'
fi

# The stack's own JupyterLab, or a virtual environment that also sees the packages of the Spack view.
if [ -x "$SPACK_VIEW/bin/jupyter-lab" ]; then
	spack-env-activate --if-built
	lab=$SPACK_VIEW/bin/jupyter-lab
else
	find_python
	find_uv
	name_system
	requirements=$SYGALDRY_SHARE/requirements/jupyter.txt
	key=$(cksum <"$requirements")
	name=$(readlink -f -- "$python")
	venv=$VIRTUAL_ENVIRONMENTS/jupyter-$system-${name##*/}-${key%% *}
	hold "$venv"
	if [ ! -e "$venv/ready" ]; then
		complain 'installing JupyterLab, once'
		make_venv "$venv" "$python"
		"$uv" pip install --quiet --python "$venv/bin/python" --require-hashes --requirement "$requirements" >&2
		: >"$venv/ready"
	fi
	exec 9>&-
	for packages in "$SPACK_VIEW"/lib/python3*/site-packages; do
		if [ -d "$packages" ] && [ "$python" -ef "$SPACK_VIEW/bin/python3" ]; then
			export PYTHONPATH="$packages${PYTHONPATH:+:$PYTHONPATH}"
		fi
	done
	lab=$venv/bin/jupyter-lab
fi

# A published port arrives at the container's own address, which only the engine's network can reach.
address=127.0.0.1
# With the host's network the container sees the engine's bridge or the host's other interfaces.
case ${SYGALDRY_CONTAINER-} in docker | podman)
	interfaces=(/sys/class/net/*)
	if [ "${#interfaces[@]}" -le 2 ]; then address=0.0.0.0; fi
	;;
esac
if [ -z "${JUPYTER_TOKEN-}" ]; then
	JUPYTER_TOKEN=$(od -An -N24 -tx1 /dev/urandom)
	JUPYTER_TOKEN=${JUPYTER_TOKEN//[!0-9a-f]/}
fi
# The server reads the token from its environment, so that it shows in no process list.
export JUPYTER_TOKEN JUPYTER_CONFIG_DIR="${JUPYTER_CONFIG_DIR:-$HOME/.jupyter}"
# On the host, a published port may have another number.
outside=''
for each in ${SYGALDRY_PUBLISHED-}; do
	each=${each%/tcp}
	case $each in *":$port") each=${each%:"$port"} outside=${each##*:} ;; esac
done
printf 'sygaldry: JupyterLab: http://127.0.0.1:%s/lab?token=%s\n' "${outside:-$port}" "$JUPYTER_TOKEN" >&2
interfaces=(/sys/class/net/*)
if [ -z "$outside" ] && [ "${#interfaces[@]}" -le 2 ]; then
	printf '  hint: if it does not answer, publish its port: sygaldry launch --publish %s:%s --entrypoint jupyter\n' \
		"$port" "$port" >&2
fi
root=()
if [ "$(id -u)" -eq 0 ]; then root=(--allow-root); fi
exec "$lab" --no-browser --ip="$address" --port="$port" --ServerApp.port_retries=0 \
	--log-level=WARN "${root[@]}" "$@"

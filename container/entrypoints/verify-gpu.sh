#!/bin/bash
# Prove that Torch and JAX compute rightly on the GPU (options of `sygaldry gpu validate`)
set -euo pipefail
# shellcheck source=container/environment.sh
. "${BASH_SOURCE[0]%/*}/../environment.sh"

if declare -F spack-env-activate >/dev/null; then spack-env-activate --if-built; fi
python=$(command -v python3 || true)
if [ -z "$python" ]; then
	echo "verify-gpu: there is no python3 in this environment; build it first: --entrypoint spack-build" >&2
	exit 4
fi
# The gate has been passed on the host; what counts in here is whether the frameworks compute.
export PYTHONPATH="/opt/sygaldry/src${PYTHONPATH:+:$PYTHONPATH}"
exec "$python" -m sygaldry gpu validate --python "$python" "$@"

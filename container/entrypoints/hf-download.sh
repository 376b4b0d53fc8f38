#!/bin/bash
# Download a Hugging Face dataset, model or single files to where the libraries look for them
# tokens: HF_TOKEN HUGGING_FACE_HUB_TOKEN
set -euo pipefail
# shellcheck source=container/environment.sh
. "${BASH_SOURCE[0]%/*}/../environment.sh"
# shellcheck source=container/python.sh
. "$SYGALDRY_SHARE/python.sh"

program=$SYGALDRY_SHARE/python/hf_download.py
if [ "${1-}" = -- ]; then shift; fi
find_python
# The arguments and the connection are checked before anything is installed.
"$python" -I "$program" --check "$@" || exit
case " $* " in *' --help '* | *' -h '*) exit 0 ;; esac

case " $* " in
*' --verify '*) exec "$python" -I "$program" "$@" ;; # needs no library
esac

find_uv
requirements=$SYGALDRY_SHARE/requirements/hf.txt
name_system
key=$(cksum <"$requirements")
venv=$VIRTUAL_ENVIRONMENTS/hf-$system-${key%% *}
hold "$venv"
if [ ! -e "$venv/ready" ]; then
	complain 'installing the Hugging Face libraries, once'
	make_venv "$venv" "$python"
	"$uv" pip install --quiet --python "$venv/bin/python" --require-hashes --requirement "$requirements" >&2
	: >"$venv/ready"
fi
exec 9>&-
exec "$venv/bin/python" -I "$program" "$@"

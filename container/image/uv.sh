# shellcheck shell=bash disable=SC2154 # downloads: set in step.sh
# uv, from its wheel: one static program.
pinned uv >"$downloads/uv.txt"
/usr/bin/python3 -m venv /opt/uv
/opt/uv/bin/pip -q --disable-pip-version-check install --no-compile --no-cache-dir --require-hashes -r "$downloads/uv.txt"
link /opt/uv/bin/uv /opt/uv/bin/uvx

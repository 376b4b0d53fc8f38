#!/bin/sh
# Everything the probes find about this machine's GPUs.
exec "$(dirname "$(readlink -f "$0")")/../tools/sygaldry" gpu inspect "$@"

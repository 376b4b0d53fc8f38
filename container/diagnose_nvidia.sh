#!/bin/sh
# What is wrong with this machine's GPUs, and how to fix it.
exec "$(dirname "$(readlink -f "$0")")/../tools/sygaldry" gpu diagnose "$@"

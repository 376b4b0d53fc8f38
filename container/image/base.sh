# shellcheck shell=bash
# What every toolchain needs, and Sygaldry inside.
packages ca-certificates python3 python3-venv git curl less file make patch procps unzip xz-utils bzip2 ccache openssh-client

# shellcheck shell=bash
# The packages that the project's settings add.
read -ra own <<<"$PACKAGES"
packages "${own[@]}"

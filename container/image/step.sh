#!/bin/bash
# Install one toolchain of the image: step.sh NAME runs NAME.sh inside the build, unless WITH_NAME=no.
# What a step leaves depends on its inputs only: fixed times, no logs, no caches, so that two builds have equal layers.
set -Eeuo pipefail
here=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
step=$1
switch=WITH_${step^^}
if [ "${!switch:-yes}" != yes ]; then exit 0; fi

# The temporary folder holds secrets and is in no layer.
export DEBIAN_FRONTEND=noninteractive PYTHONHASHSEED=0 LC_ALL=C.UTF-8
scratch=$(mktemp -d /tmp/sygaldry-XXXXXX)
marker=$scratch/started
: >"$marker"
# Directories that exist already are older than the marker by at least one tick of the clock.
touch -d '-1 second' "$marker"

say() { printf 'sygaldry: %s\n' "$*" >&2; }
fetch() { /usr/bin/python3 -I "$here/fetch.py" "$@"; }
pinned() { /usr/bin/python3 -I "$here/fetch.py" requirements "$1"; }
# Every program of a toolchain is found on PATH without the toolchain's own folder in it.
link() { for program in "$@"; do ln -sf "$program" "/usr/local/bin/${program##*/}"; done; }

update_lists() {
	if [ -e "$scratch/updated" ]; then return; fi
	apt-get -qq update
	: >"$scratch/updated"
}

packages() {
	update_lists
	apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends "$@" >/dev/null
}

is_packaged() {
	update_lists
	apt-cache show "$1" >/dev/null 2>&1
}

# Install those of the packages that this distribution has.
packages_if_any() {
	local each found=()
	for each in "$@"; do
		if is_packaged "$each"; then found+=("$each"); fi
	done
	if [ "${#found[@]}" -gt 0 ]; then packages "${found[@]}"; fi
}

# Print a secret of the build: BuildKit and podman mount it, for the legacy builder a helper on the host serves it.
secret() {
	local address
	if [ -r "/dev/sygaldry/$1" ]; then
		cat "/dev/sygaldry/$1"
		return
	fi
	address=$(sed -n 's/^\(127[0-9.]*\)[[:space:]]*sygaldry-settings-\([0-9]*\)$/\1 \2/p' /etc/hosts | head -n 1)
	if [ -z "$address" ]; then return; fi
	exec 3<>"/dev/tcp/${address% *}/${address#* }" || return 0
	printf 'GET /%s HTTP/1.0\r\n\r\n' "$1" >&3
	sed '1,/^\r$/d' <&3
	exec 3<&-
}

# The site's own certificate authorities, for the build alone; a launch mounts the host's.
trust_site() {
	secret ca >"$scratch/ca.crt"
	if [ ! -s "$scratch/ca.crt" ]; then return; fi
	export SSL_CERT_FILE=$scratch/ca.crt PIP_CERT=$scratch/ca.crt CURL_CA_BUNDLE=$scratch/ca.crt
	printf 'Acquire::https::CaInfo "%s";\n' "$SSL_CERT_FILE" >"$scratch/apt.conf"
	export APT_CONFIG=$scratch/apt.conf
}

use_mirrors() {
	local mirror index
	mirror=$(secret mirror) index=$(secret pip_index)
	if [ -n "$mirror" ]; then export ARTIFACT_MIRROR=$mirror; fi
	if [ -n "$index" ]; then export PIP_INDEX_URL=$index; fi
}

# Compile anew what the packages compiled: with a fixed hash seed, and valid whatever the time of the source.
compile_python() {
	local compiled source python=/usr/bin/python3
	if [ ! -x "$python" ]; then return; fi
	find / -xdev -newer "$marker" -name '*.pyc' ! -path "$scratch*" -print0 | sort -z >"$scratch/compiled"
	while IFS= read -r -d '' compiled; do
		source=${compiled##*/}
		source=${compiled%/__pycache__/*}/${source%%.*}.py
		rm "$compiled"
		if [ -f "$source" ]; then printf '%s\n' "$source"; fi
	done <"$scratch/compiled" | sort -u >"$scratch/sources"
	"$python" -m compileall -q --invalidation-mode unchecked-hash -i "$scratch/sources" >/dev/null 2>&1 || true
	find / -xdev -newer "$marker" -type d -name __pycache__ ! -path "$scratch*" -empty -delete
}

# List the files whose content depends on the time of the build, or that only a build needs.
volatile_files() {
	{
		find /root/.cache /root/.gnupg /var/cache/apt /var/cache/fontconfig /var/cache/ldconfig /var/cache/man \
			/var/lib/apt/lists /var/lib/dbus/machine-id /var/lib/systemd/random-seed /var/log /etc/machine-id \
			"$here/__pycache__" -type f ! -name lock 2>/dev/null || true # not every system has all of these
	} | sort
}

# Empty the volatile files of earlier layers: in place of a removed one, the layer has a mark with the time of the build.
remove_volatile_files() {
	local each
	volatile_files >"$scratch/volatile"
	comm -13 "$scratch/earlier" "$scratch/volatile" | while IFS= read -r each; do rm -f "$each"; done
	comm -12 "$scratch/earlier" "$scratch/volatile" | while IFS= read -r each; do
		if [ -s "$each" ]; then : >"$each"; fi
	done
	for each in /root/.cache /root/.gnupg "$here/__pycache__"; do
		if ! grep -q "^$each/" "$scratch/earlier"; then rm -rf "$each"; fi
	done
}

# Leave nothing that depends on the time of the build, and give everything that is new one time.
clean() {
	compile_python
	remove_volatile_files
	# The engine mounts or creates these for each step, and they are in no layer unless a step changes them.
	find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run/secrets -o -path /run/.containerenv \
		-o -path "$scratch" -o -path /.dockerenv -o -path /etc/mtab -o -path /etc/hosts -o -path /etc/hostname -o -path /etc/resolv.conf \) -prune -o -newer "$marker" -exec \
		touch --no-dereference --date="@${SOURCE_DATE_EPOCH:-1735689600}" {} +
	rm -rf "$scratch"
	# In every layer: Docker creates /etc/mtab for the container, so that /etc is as new as the step, or a second older.
	touch --date="@${SOURCE_DATE_EPOCH:-1735689600}" /tmp /etc
}

# A command that fails in a subshell need not end the step, which needs its temporary folder until its own end.
trap 'if [ "$BASH_SUBSHELL" -eq 0 ]; then say "failed in line $LINENO of $step.sh"; rm -rf "$scratch"; fi' ERR
trust_site
use_mirrors
downloads=$scratch/downloads
mkdir "$downloads"
export downloads # used by the toolchains
volatile_files >"$scratch/earlier"
say "installing $step"
# shellcheck source=/dev/null
. "$here/$step.sh"
clean

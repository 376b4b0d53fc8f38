#!/bin/bash
# Install the toolchains of the image; runs once, inside the build. TOOLCHAINS names them, `none` leaves the base as it is.
set -euo pipefail
here=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
export DEBIAN_FRONTEND=noninteractive

say() { printf 'sygaldry: %s\n' "$*" >&2; }
fetch() { /usr/bin/python3 -I "$here/fetch.py" "$@"; }
pinned() { /usr/bin/python3 -I "$here/fetch.py" requirements "$1"; }
packages() { apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends "$@" >/dev/null; }
is_packaged() { apt-cache show "$1" >/dev/null 2>&1; }
# Every program of a toolchain is found on PATH without the toolchain's own folder in it.
link() { for program in "$@"; do ln -sf "$program" "/usr/local/bin/${program##*/}"; done; }

# The site's own authorities, where it intercepts TLS: for the build alone, the host's are mounted at run time.
trust_site() {
	if [ ! -s "$here/ca/ca-certificates.crt" ]; then return; fi
	cp "$here/ca/ca-certificates.crt" /tmp/sygaldry-ca.crt
	export SSL_CERT_FILE=/tmp/sygaldry-ca.crt PIP_CERT=/tmp/sygaldry-ca.crt CURL_CA_BUNDLE=/tmp/sygaldry-ca.crt
	printf 'Acquire::https::CaInfo "%s";\n' "$SSL_CERT_FILE" >/etc/apt/apt.conf.d/99sygaldry
}

clean() {
	apt-get clean
	rm -rf /etc/apt/apt.conf.d/99sygaldry /var/lib/apt/lists/* /tmp/sygaldry-* /root/.cache "$here"
}

if [ "${TOOLCHAINS:-none}" = none ] && [ -z "${PACKAGES-}" ]; then
	say 'no toolchains: the base as it is'
	rm -rf "$here"
	exit 0
fi
trap 'say "failed in line $LINENO"' ERR
trust_site
apt-get -qq update
downloads=$(mktemp -d /tmp/sygaldry-XXXXXX)
export downloads # used by the toolchains below
chosen="tools $TOOLCHAINS"
if [ "$TOOLCHAINS" = none ]; then chosen=''; fi
# In this order: what others need comes first.
for name in tools compilers llvm python uv bazel go rust spack; do
	case " $chosen " in *" $name "*) ;; *) continue ;; esac
	say "installing $name"
	# shellcheck source=/dev/null
	. "$here/$name.sh"
done
if [ -n "${PACKAGES-}" ]; then
	say "installing packages $PACKAGES"
	read -ra own <<<"$PACKAGES"
	packages "${own[@]}"
fi
clean

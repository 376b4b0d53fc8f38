# shellcheck shell=bash
# Sourced by entrypoints that need Spack itself.

# Set `spack`, or exit with what is missing and how to get it.
need_spack() {
	# shellcheck disable=SC2034 # the entrypoints use it
	if spack=$(type -P spack) || spack=$(type -P /opt/spack_src/bin/spack); then return; fi
	cannot_start 'Spack not found: neither on PATH nor in /opt/spack_src' \
		'it is in the image: launch with --runtime docker or podman; for the sandbox unpack Spack v1.1.0 to /opt/spack_src'
}

# List the environments of the workspace in one line.
environments() {
	local each found=()
	for each in /workspace/pkg/*/build.sh; do
		each=${each%/build.sh}
		if [ -e "$each/spack_src.yaml" ]; then found+=("${each##*/}"); fi
	done
	printf '%s' "${found[*]:-none}"
}

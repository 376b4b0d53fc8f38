# shellcheck shell=bash
# LLVM's tools and linker, of the same version as the compilers.
if is_packaged llvm-18; then
	packages llvm-18 lld-18
	ln -sf /usr/bin/lld-18 /usr/local/bin/lld
	ln -sf /usr/bin/ld.lld-18 /usr/local/bin/ld.lld
	ln -sf /usr/bin/llvm-config-18 /usr/local/bin/llvm-config
else
	packages llvm lld
fi

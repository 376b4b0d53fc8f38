# shellcheck shell=bash
# The compilers that the Spack lock names (gcc 13.3 and clang 18 of Ubuntu 24.04); elsewhere the distribution's own.
packages gcc g++ gfortran libc6-dev
if is_packaged clang-18; then
	packages clang-18
	ln -sf /usr/bin/clang-18 /usr/local/bin/clang
	ln -sf /usr/bin/clang++-18 /usr/local/bin/clang++
else
	packages clang
fi

# shellcheck shell=bash
# A slim base tells dpkg to leave manual pages out.
for each in /etc/dpkg/dpkg.cfg.d/*; do
	if [ -f "$each" ]; then sed -i '/^path-exclude.*\/man\//d' "$each"; fi
done
# What a developer expects in a container to work in: editors, debuggers, build tools, network and archive tools.
packages vim-tiny nano gdb strace tmux man-db cmake ninja-build pkg-config rsync wget jq zstd iproute2 lsof bash-completion
# Language server, formatter and debugger, of the same version as the compilers where there is one.
if is_packaged clangd-18; then
	packages clangd-18 clang-format-18 lldb-18 python3-lldb-18
	for each in clangd clang-format lldb; do ln -sf "/usr/bin/$each-18" "/usr/local/bin/$each"; done
else
	packages clangd clang-format lldb python3-lldb
fi
packages_if_any manpages manpages-dev
# The pages that a slim base left out when its packages were installed.
lacks_pages() { dpkg -L "$1" | grep '^/usr/share/man/.*\.gz$' | while IFS= read -r page; do [ -e "$page" ] || echo "$1"; done | head -n 1; }
read -ra without_pages <<<"$(dpkg-query -W -f '${Package}:${Architecture}\n' | while IFS= read -r each; do lacks_pages "$each"; done | tr '\n' ' ')"
if [ "${#without_pages[@]}" -gt 0 ]; then packages --reinstall "${without_pages[@]}"; fi

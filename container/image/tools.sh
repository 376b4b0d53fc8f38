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
# Debian 12's lldb looks for its Python modules in a folder that no package fills.
modules=$(lldb -P 2>/dev/null | tail -n 1 || true)
present=$(find /usr/lib/llvm-*/lib -path '*-packages/lldb' 2>/dev/null | sort | head -n 1 || true)
if [ -n "$modules" ] && [ -n "$present" ] && [ ! -e "$modules/lldb" ]; then
	mkdir -p "$modules"
	ln -s "$present" "$modules/lldb"
fi
packages_if_any manpages manpages-dev
# The pages that a slim base left out when its packages were installed.
lacks_pages() {
	local page
	while IFS= read -r page; do
		case $page in
		/usr/share/man/*.gz) if [ ! -e "$page" ]; then return 0; fi ;;
		esac
	done < <(dpkg -L "$1")
	return 1
}
without_pages=()
while IFS= read -r each; do
	if lacks_pages "$each"; then without_pages+=("$each"); fi
done < <(dpkg-query -W -f '${Package}:${Architecture}\n')
if [ "${#without_pages[@]}" -gt 0 ]; then packages --reinstall "${without_pages[@]}"; fi

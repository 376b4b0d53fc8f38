# shellcheck shell=bash disable=SC2154 # downloads: set in step.sh
# Rust by its stand-alone installer: no rustup, which would fetch what nobody pinned.
archive=$(fetch get rust "$RUST_VERSION" "$downloads")
tar -xzf "$archive" -C "$downloads"
unpacked=${archive%.tar.gz}
"$unpacked/install.sh" --prefix=/opt/rust --without=rust-docs --disable-ldconfig >/dev/null
link /opt/rust/bin/*
rm -rf "$archive" "$unpacked"

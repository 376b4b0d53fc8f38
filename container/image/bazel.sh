# shellcheck shell=bash disable=SC2154 # downloads: set in step.sh
# Bazel: one file that unpacks itself.
archive=$(fetch get bazel "$BAZEL_VERSION" "$downloads")
install -m 0755 "$archive" /usr/local/bin/bazel
rm "$archive"

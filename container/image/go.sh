# shellcheck shell=bash disable=SC2154 # downloads: set in step.sh
# Go, where its own installer would put it.
archive=$(fetch get go 1.25.5 "$downloads")
tar -xzf "$archive" -C /usr/local
link /usr/local/go/bin/go /usr/local/go/bin/gofmt
rm "$archive"

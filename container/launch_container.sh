#!/bin/sh
# The launcher: a shell, or the command given, in this checkout's environment.
set -eu
self=$0
while [ -L "$self" ]; do
	link=$(readlink "$self")
	case $link in /*) self=$link ;; *) self=${self%/*}/$link ;; esac
done
case $self in */*) here=${self%/*} ;; *) here=. ;; esac
exec "$here/../tools/sygaldry" launch "$@"

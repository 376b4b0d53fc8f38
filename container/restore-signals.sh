#!/bin/sh
# Start a command with default handlers for the signals that bubblewrap was started to ignore.
# A shell cannot restore a signal that was ignored when it started, so another program has to.
set -eu
if env --default-signal=INT true 2>/dev/null; then # coreutils 8.31 or newer
	exec env --default-signal=INT,TERM,HUP,QUIT,USR1,USR2 "$@"
fi
if command -v perl >/dev/null 2>&1; then
	# shellcheck disable=SC2016 # the variables are perl's
	exec perl -e 'delete @SIG{qw(INT TERM HUP QUIT USR1 USR2)}; $SIG{$_} = "DEFAULT" for qw(INT TERM HUP QUIT USR1 USR2); exec { $ARGV[0] } @ARGV' -- "$@"
fi
exec "$@"

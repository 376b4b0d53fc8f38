#!/bin/bash
# Set variables whose values refer to others of the container as ${containerEnv:NAME} or ${containerEnv:NAME:default},
# and become the command. Usage: expand-variables.sh [NAME=VALUE ...] -- COMMAND...
# The values are the remoteEnv of a project's devcontainer.json; nothing in them is executed. Our own names have a
# prefix, because a value may be for any other name.
# shellcheck disable=SC2016 # the text itself is looked for
_start='${containerEnv:'
while [ "$#" -gt 0 ] && [ "$1" != -- ]; do
	_rest=${1#*=} _value=
	while [[ $_rest == *"$_start"*'}'* ]]; do
		_value+=${_rest%%"$_start"*}
		_rest=${_rest#*"$_start"}
		_reference=${_rest%%'}'*}
		_rest=${_rest#*'}'}
		_name=${_reference%%:*} _default=
		[[ $_reference == *:* ]] && _default=${_reference#*:}
		[[ $_name =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] && _value+=$(printenv "$_name" || printf '%s' "$_default")
	done
	export "${1%%=*}=$_value$_rest"
	shift
done
shift
exec "$@"

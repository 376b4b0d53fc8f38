# shellcheck shell=bash
# Sourced by every entrypoint: find Sygaldry's own files and put its commands on PATH, whatever the image says.
SYGALDRY_SHARE=/opt/sygaldry/container
case ":$PATH:" in
*":$SYGALDRY_SHARE/bin:"*) ;;
*) PATH="$SYGALDRY_SHARE/bin:/opt/sygaldry/bin:$PATH" ;;
esac
export PATH

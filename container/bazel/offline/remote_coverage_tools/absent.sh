#!/bin/sh
echo 'bazel coverage needs the real remote_coverage_tools: remove sygaldry_offline_rules from WORKSPACE' >&2
exit 1

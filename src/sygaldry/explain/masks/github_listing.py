"""The script and the settings that GitHub Actions lists before a step.

A script may print such a group itself, around the output of a command: that is no listing.
Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions#grouping-log-lines
"""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "listings of GitHub Actions",
    (b"group]Run ", b"##[endgroup]", b"shell: "),
    passes=r"^##\[endgroup\]",
    opens=r"^##\[group\]Run ",
    holds=r"^shell: .{1,200}\{0\}|^##\[group\]Run [\w.-]+(?:/[\w.-]+)+@\S+$",  # of a command, of an action
)

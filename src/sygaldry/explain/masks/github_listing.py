"""The script and the settings that GitHub Actions lists before a step.

A script may print such a group itself, around the output of a command: that is no listing.
Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions#grouping-log-lines
"""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "listings of GitHub Actions",
    (b"group]Run ", b"##[endgroup]", b"shell: ", b"with:", b"env:"),
    passes=r"^##\[endgroup\]",
    opens=r"^##\[group\]Run ",
    holds=r"^(?:shell: \S|(?:with|env):\s*$)",
)

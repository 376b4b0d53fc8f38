"""unittest in verbose mode: a test's own output stands between its name and `ok`."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "unittest",
    (b" ... ", b"\nok\n", b"\nERROR\n", b"\nFAIL\n"),
    passes=r"(?:^|\.\.\. ?)(?:ok|skipped .{0,200}|expected failure)$",
    opens=r"^\w{1,120} \([\w.]{1,200}\) \.\.\. ",
    fails=r"(?:^|\.\.\. ?)(?:ERROR|FAIL)$",
)

"""PowerShell's record of a native program's standard error: the place and the category repeat what stands above."""

from typing import Final

from sygaldry.explain.masks import Mask

# https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_redirection; the first line is
# translated, so it is recognised by its shape.
MASK: Final = Mask(
    "PowerShell",
    (b"char:", b":1 ", b"CategoryInfo", b"FullyQualifie", b"+ ~"),
    passes=r"^\s{0,8}\+ (?:CategoryInfo\b|FullyQualifie|~{3,400}\s*$)",
    opens=r"^(?:At (?:line|\S.{0,200}\.ps1):\d{1,6} char:\d{1,6}|[^\x00-\x7f]{2,12} [^\x00-\x7f]{1,6}:\d{1,6} .{1,8}: ?\d{1,6})$",
)

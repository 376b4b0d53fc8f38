"""Disks and files: full, over quota, read-only, not permitted, gone."""

from typing import Final

from sygaldry.diagnosis import Family, Kind, Rule

_ROOM: Final = "free some space, or point it at another disk (TMPDIR)"

FAMILY: Final = Family(
    "disks and permissions",
    (
        Rule(
            "no space left on device",
            r"[Nn]o space left on device",
            92,
            "the disk is full",
            _ROOM,
            Kind.RESOURCES,
        ),
        Rule(
            "enospc",
            r"ENOSPC.{0,200}",
            90,
            "the disk is full (or there are too many file watches)",
            _ROOM,
            Kind.RESOURCES,
        ),
        Rule(
            "disk quota exceeded",
            r"[Dd]isk quota exceeded",
            92,
            "the disk quota is used up",
            _ROOM,
            Kind.RESOURCES,
        ),
        Rule(
            "read-only file system",
            r": Read-only file system",
            89,
            "the file system is read-only",
            "write elsewhere, or mount it writable",
        ),
        Rule(
            "too many open files",
            r"[Tt]oo many open files",
            86,
            "too many open files",
            "ulimit -n",
            Kind.RESOURCES,
        ),
        Rule(
            "permission denied",
            r"(?P<what>[Pp]ermission denied.{0,160})",
            76,
            "not permitted",
            "check who owns it and who runs this",
        ),
        Rule(
            "operation not permitted",
            r"(?P<what>[Oo]peration not permitted.{0,100})",
            74,
            "not permitted",
            "it needs other rights or a capability",
        ),
        Rule(
            "eacces",
            r"(?P<what>\bEACCES\b.{0,160})",
            78,
            "not permitted",
            "check who owns it and who runs this",
        ),
        Rule(
            "input/output error",
            r"(?P<what>Input/output error.{0,100})",
            82,
            "the disk or the mount fails (EIO)",
            "dmesg",
            Kind.TRANSIENT,
        ),
        Rule(
            "stale file handle",
            r"(?P<what>[Ss]tale (?:NFS )?file handle.{0,100})",
            82,
            "a network mount went away",
            "",
            Kind.TRANSIENT,
        ),
        Rule(
            "text file busy",
            r"(?P<what>[Tt]ext file busy.{0,60})",
            80,
            "a program is written while it runs",
            "",
            Kind.TRANSIENT,
        ),
        Rule(
            "invalid cross-device link",
            r"(?P<what>[Ii]nvalid cross-device link.{0,60})",
            78,
            "a hard link or rename between two file systems",
        ),
        Rule("file name too long", r"(?P<what>[Ff]ile name too long.{0,60})", 82, "a path is too long"),
        Rule(
            "file",
            r"^(?:\S{1,80}/)?(?:bzip2|gzip|gunzip|xz|lzip|lzma|zstd|unzip|7z): (?P<what>.{0,300}(?:is not an? \w{1,12} file|not in \w{1,12} format"
            r"|[Uu]nexpected end of (?:file|input)|[Ff]ile format not recognized|unsupported format).{0,80})",
            78,
            "an archive cannot be unpacked: {what}",
            "look at the file: a server may have sent an error page, or the download ended early",
        ),
        Rule(
            "no such file or directory",
            r"^(?:\S{1,80}/)?tar: (?P<what>.{1,300}): (?:Cannot|Can't) (?:stat|open|chdir): No such file or directory",
            76,
            "tar: {what} does not exist",
        ),
        Rule("tar: ", r"^(?:\S{1,80}/)?tar: (?:Child returned status \d|Error is not recoverable: exiting now)", 36),
    ),
)

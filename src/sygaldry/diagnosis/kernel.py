"""The kernel and limits: killed, crashed, timed out, disk, quota, permission, read-only; Slurm's limits too."""

from typing import Final

from sygaldry.diagnosis import Family, Kind, Rule

_ROOM: Final = "free some space, or point it at another disk (TMPDIR)"
_LESS: Final = "fewer jobs, smaller batches, or more memory"

FAMILY: Final = Family(
    "kernel and limits",
    (
        Rule("no space left on device", r"(?P<what>[^:\s][^:]{0,200})?:? ?(?:write error: |\[Errno 28\] )?[Nn]o space left on device", 92, "the disk is full", _ROOM, Kind.RESOURCES),
        Rule("enospc", r"ENOSPC.{0,200}", 90, "the disk is full (or there are too many file watches)", _ROOM, Kind.RESOURCES),
        Rule("disk quota exceeded", r"(?P<what>.{0,200})[Dd]isk quota exceeded", 92, "the disk quota is used up", _ROOM, Kind.RESOURCES),
        Rule("read-only file system", r"(?P<what>.{0,200}): Read-only file system", 89, "the file system is read-only", "write elsewhere, or mount it writable"),
        Rule("too many open files", r"(?P<what>.{0,200})[Tt]oo many open files", 86, "too many open files", "ulimit -n", Kind.RESOURCES),
        Rule("resource temporarily unavailable", r"(?:fork|pthread_create|[Cc]annot fork|retry).{0,100}Resource temporarily unavailable", 84, "no more processes or threads", "ulimit -u; fewer jobs", Kind.RESOURCES),
        Rule("cannot allocate memory", r"(?P<what>.{0,200})[Cc]annot allocate memory", 90, "out of memory", _LESS, Kind.RESOURCES),
        Rule("out of memory", r"(?:Out of memory: Kill(?:ed)? process|oom-kill|Memory cgroup out of memory).{0,200}", 93, "the kernel killed a process for want of memory", _LESS, Kind.RESOURCES),
        Rule("oom-kill", r"(?P<what>.{0,80}oom[-_]kill.{0,200})", 92, "the kernel killed a process for want of memory", _LESS, Kind.RESOURCES),
        Rule("oomkilled", r"OOMKilled", 92, "the container was killed for want of memory", _LESS, Kind.RESOURCES),
        Rule("out of memory", r"(?P<what>.{0,100}\b[Oo]ut of memory\b.{0,100})", 80, "out of memory", _LESS, Kind.RESOURCES),
        Rule("virtual memory exhausted", r"virtual memory exhausted.{0,60}", 90, "out of memory", _LESS, Kind.RESOURCES),
        Rule("std::bad_alloc", r"std::bad_alloc", 88, "out of memory", _LESS, Kind.RESOURCES),
        Rule("exceeded memory limit", r"slurmstepd: error: .{0,100}(?:[Ee]xceeded|oom).{0,160}", 92, "Slurm ended the job: more memory than asked for", "--mem", Kind.RESOURCES),
        Rule("due to time limit", r"(?P<what>.{0,160}DUE TO TIME LIMIT.{0,40})", 92, "the time limit was reached", "--time, or checkpoints", Kind.RESOURCES),
        Rule("cancelled at", r"slurmstepd: error: \*\*\* .{0,60} CANCELLED AT .{0,100}", 80, "Slurm cancelled the job"),
        Rule("segmentation fault", r"(?P<what>.{0,160}[Ss]egmentation fault.{0,200})", 80, "a program crashed (SIGSEGV)", "run it under gdb or valgrind, with debugging symbols"),
        Rule("sigsegv", r"(?P<what>.{0,160}\bSIGSEGV\b.{0,160})", 78, "a program crashed (SIGSEGV)", "run it under gdb or valgrind"),
        Rule("signal 11", r"(?P<what>.{0,160}[Ss]ignal 11\b.{0,160})", 78, "a program crashed (SIGSEGV)"),
        Rule("bus error", r"(?P<what>.{0,160}\b[Bb]us error.{0,160})", 80, "a program crashed (SIGBUS)", "/dev/shm too small? a file cut short?"),
        Rule("illegal instruction", r"(?P<what>.{0,160}[Ii]llegal instruction.{0,160})", 82, "a program uses instructions this processor lacks", "build for a lower -march"),
        Rule("floating point exception", r"(?P<what>.{0,160}[Ff]loating[- ]point exception.{0,160})", 80, "a program divided by zero (SIGFPE)"),
        Rule("sigabrt", r"(?P<what>.{0,160}\bSIGABRT\b.{0,160})", 64, "a program aborted"),
        Rule("aborted (core dumped)", r"(?P<what>.{0,200})Aborted(?: +\(core dumped\))?", 56, "a program aborted"),
        Rule("assertion `", r"(?P<what>.{0,200}[Aa]ssertion [`'\"].{1,200}['\"] failed.{0,60})", 84, "an assertion in a program fails"),
        Rule("assertion failed", r"(?P<what>.{0,200}Assertion failed.{0,200})", 82, "an assertion in a program fails"),
        Rule("terminate called", r"terminate called after throwing an instance of '(?P<what>[^']{1,100})'", 82, "an uncaught C++ exception: {what}", after=1),
        Rule("*** stack smashing detected", r"\*\*\* (?:stack smashing|buffer overflow) detected", 88, "a program wrote beyond a buffer"),
        Rule("corrupted", r"(?:malloc\(\)|free\(\)|realloc\(\)|munmap_chunk\(\)|double free or|corrupted (?:size|double-linked)).{0,100}", 84, "a program damaged its heap", "valgrind or -fsanitize=address"),
        Rule("double free", r"double free or corruption.{0,60}", 86, "a program freed memory twice", "valgrind or -fsanitize=address"),
        Rule("error: addresssanitizer", r"ERROR: (?:Address|Leak|Thread|Memory)Sanitizer: (?P<what>.{1,200})", 88, "a sanitizer found: {what}", after=4),
        Rule("runtime error: ", r"(?P<where>\S{1,200}:\d+:\d+): runtime error: (?P<what>.{1,200})", 82, "undefined behaviour at {where}: {what}"),
        Rule("killed", r"^(?:\S{1,200}: line \d+: +\d+ )?Killed\b.{0,200}", 84, "a process was killed, most likely for want of memory", _LESS, Kind.RESOURCES),
        Rule("permission denied", r"(?P<what>.{0,200}[Pp]ermission denied.{0,160})", 76, "not permitted", "check who owns it and who runs this"),
        Rule("operation not permitted", r"(?P<what>.{0,200}[Oo]peration not permitted.{0,100})", 74, "not permitted", "it needs other rights or a capability"),
        Rule("eacces", r"(?P<what>.{0,200}\bEACCES\b.{0,160})", 78, "not permitted", "check who owns it and who runs this"),
        Rule("input/output error", r"(?P<what>.{0,200}Input/output error.{0,100})", 82, "the disk or the mount fails (EIO)", "dmesg", Kind.TRANSIENT),
        Rule("stale file handle", r"(?P<what>.{0,200}[Ss]tale (?:NFS )?file handle.{0,100})", 82, "a network mount went away", "", Kind.TRANSIENT),
        Rule("address already in use", r"(?P<what>.{0,200}[Aa]ddress already in use.{0,160})", 84, "a port is taken", "find who holds it (ss -ltnp), or choose another"),
        Rule("eaddrinuse", r"(?P<what>.{0,200}EADDRINUSE.{0,160})", 86, "a port is taken", "find who holds it (ss -ltnp), or choose another"),
        Rule("connection in use", r"(?P<what>Connection in use: .{1,100})", 84, "a port is taken", "find who holds it (ss -ltnp), or choose another"),
        Rule("text file busy", r"(?P<what>.{0,200}[Tt]ext file busy.{0,60})", 80, "a program is written while it runs", "", Kind.TRANSIENT),
        Rule("invalid cross-device link", r"(?P<what>.{0,200}[Ii]nvalid cross-device link.{0,60})", 78, "a hard link or rename between two file systems"),
        Rule("file name too long", r"(?P<what>.{0,200}[Ff]ile name too long.{0,60})", 82, "a path is too long"),
    ),
)

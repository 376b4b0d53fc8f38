"""The passwd and group that the environment sees: every caller is kvothe.

Names are not looked up on the host: an LDAP server may be slow, and its names may clash with the image's.
"""

from __future__ import annotations

from sygaldry.model.workspace import Identity

USER = "kvothe"
HOME = "/home/kvothe"

# https://sources.debian.org/src/base-passwd/latest/passwd.master/
_SYSTEM_USERS = (
    ("root", 0, "/root", "/bin/bash"),
    ("daemon", 1, "/usr/sbin", "/usr/sbin/nologin"),
    ("bin", 2, "/bin", "/usr/sbin/nologin"),
    ("sys", 3, "/dev", "/usr/sbin/nologin"),
    ("man", 6, "/var/cache/man", "/usr/sbin/nologin"),
    ("mail", 8, "/var/mail", "/usr/sbin/nologin"),
    ("www-data", 33, "/var/www", "/usr/sbin/nologin"),
    ("_apt", 42, "/nonexistent", "/usr/sbin/nologin"),
    ("nobody", 65534, "/nonexistent", "/usr/sbin/nologin"),
)
_SYSTEM_GROUPS = {
    0: "root", 1: "daemon", 2: "bin", 3: "sys", 4: "adm", 5: "tty", 6: "disk", 8: "mail", 20: "dialout", 24: "cdrom",
    27: "sudo", 29: "audio", 33: "www-data", 42: "shadow", 44: "video", 50: "staff", 60: "games", 100: "users",
    65534: "nogroup",
}  # fmt: skip


def passwd(identity: Identity) -> str:
    """Format /etc/passwd. The first line with an id gives its name, so the caller comes first."""
    names = (USER, identity.alias) if has_alias(identity) else (USER,)
    mine = (f"{name}:x:{identity.uid}:{identity.gid}:{name}:{HOME}:/bin/bash" for name in names)
    others = (f"{name}:x:{uid}:{uid}:{name}:{home}:{shell}" for name, uid, home, shell in _SYSTEM_USERS)
    return "\n".join([*mine, *others]) + "\n"


def has_alias(identity: Identity) -> bool:
    """Return whether the alias is a name that can be given away: that of a system user, such as root, stays its own."""
    return bool(identity.alias) and identity.alias not in {USER, *(name for name, *_ in _SYSTEM_USERS)}


def group(identity: Identity) -> str:
    """Format /etc/group: the caller's own group, the system's, and a number's name for the others."""
    system = (f"{name}:x:{gid}:{_member(gid, identity)}" for gid, name in _SYSTEM_GROUPS.items())
    unknown = (gid for gid in identity.groups if gid not in _SYSTEM_GROUPS and gid != identity.gid)
    return "\n".join([f"{USER}:x:{identity.gid}:", *system, *(f"group{gid}:x:{gid}:{USER}" for gid in unknown)]) + "\n"


def _member(gid: int, identity: Identity) -> str:
    return USER if gid in identity.groups and gid != identity.gid else ""

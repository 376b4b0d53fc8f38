"""Read runArgs of a devcontainer.json, and the keys that stand for single options of `docker run`.

https://containers.dev/implementors/json_reference/#image-specific and
https://docs.docker.com/reference/cli/docker/container/run/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sygaldry.config.kinds import KINDS
from sygaldry.config.values import shortened
from sygaldry.model.value import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sygaldry.config.devcontainer_keys import Reader

_KEY: Final = "runArgs"
_LONG: Final = {
    "a": "attach", "c": "cpu-shares", "d": "detach", "e": "env", "h": "hostname", "i": "interactive", "l": "label",
    "m": "memory", "net": "network", "P": "publish-all", "p": "publish", "q": "quiet", "t": "tty", "u": "user",
    "v": "volume", "w": "workdir",
}  # fmt: skip
_SWITCHES: Final = frozenset({
    "detach", "disable-content-trust", "init", "interactive", "no-healthcheck", "oom-kill-disable", "privileged",
    "publish-all", "quiet", "read-only", "rm", "sig-proxy", "tty", "use-api-socket",
})  # fmt: skip
# A launch decides these itself: who the command is, where it starts, its streams, and the life of the container.
_OWN: Final = frozenset({
    "attach", "cidfile", "detach", "detach-keys", "disable-content-trust", "entrypoint", "env-file", "help",
    "interactive", "log-driver", "log-opt", "name", "net-alias", "network-alias", "platform", "publish-all", "pull",
    "quiet", "restart", "rm", "sig-proxy", "tty", "use-api-socket", "user", "volumes-from", "workdir",
})  # fmt: skip
_AS_SETTINGS: Final = {
    "cpus": ("cpus", "cpus"), "memory": ("memory", "size"), "pids-limit": ("pids_limit", "count"),
    "shm-size": ("shm_size", "size"),
}  # fmt: skip
_NETWORKS: Final = ("bridge", "host", "none")


@dataclass(frozen=True)
class RunOptions:
    """What the options ask for: settings, mounts as `mounts` has them, variables, ports, and the engine's own options.

    `ignored` names what a launch does not take from them.
    """

    settings: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[object, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


def run_options(table: Mapping[str, Any], reader: Reader) -> RunOptions:
    """Read runArgs, privileged, capAdd, securityOpt and appPort. Raises SettingError."""
    pairs = (*_key_pairs(table, reader), *_pairs(_words(table, _KEY, reader), reader))
    settings: dict[str, str] = {}
    variables: dict[str, str] = {}
    mounts: list[object] = []
    ports, options, ignored = [], [], []
    for name, value in pairs:
        if name in _AS_SETTINGS and (size := _setting(name, value)):
            settings[_AS_SETTINGS[name][0]] = size
        elif name == "network" and value in _NETWORKS:
            settings[name] = value
        elif name == "gpus" and (gpu := _gpu(value)):
            settings["gpu"] = gpu
        elif name == "env" and KINDS["assignment"][0](value):
            # A name alone is the caller's variable, as `${localEnv:NAME}` is.
            variable, equals, text = value.partition("=")
            variables[variable] = text if equals else f"${{localEnv:{variable}}}"
        elif name in ("volume", "mount"):
            mounts.append(_volume(value) if name == "volume" else value)
        elif name == "publish" and KINDS["publish"][0](value):
            ports.append(value if value.count(":") > 1 else f"127.0.0.1:{value}")
        elif name in _OWN or name in ("network", "gpus", "env", "publish"):
            ignored.append(f"{_KEY} --{name}")
        elif name != "init":  # every launch has one
            options.append(f"--{name}={value}" if value or name not in _SWITCHES else f"--{name}")
    return RunOptions(settings, tuple(mounts), variables, tuple(ports), tuple(options), tuple(ignored))


def _key_pairs(table: Mapping[str, Any], reader: Reader) -> Iterator[tuple[str, str]]:
    for key in ("privileged", "init"):
        value = table.get(key)
        if value not in (None, True, False):
            raise reader.error(key, "true or false")
        if value:
            yield key, ""
    yield from (("cap-add", each) for each in _words(table, "capAdd", reader))
    yield from (("security-opt", each) for each in _words(table, "securityOpt", reader))
    app = table.get("appPort")
    for each in app if isinstance(app, list) else [] if app is None else [app]:
        text = str(each) if isinstance(each, int | str) and not isinstance(each, bool) else ""
        text = f"{text}:{text}" if reader.is_port(text) else text
        if not KINDS["publish"][0](text):
            raise reader.error("appPort", f"a port or {KINDS['publish'][1]}")
        yield "publish", text


def _words(table: Mapping[str, Any], key: str, reader: Reader) -> list[str]:
    words = [reader.filled(reader.checked(key, each)) for each in reader.items(table, key)]
    if any("\n" in each for each in words):
        raise reader.error(key, "an array of strings without line breaks")
    return words


def _pairs(words: list[str], reader: Reader) -> Iterator[tuple[str, str]]:
    """Split the words into options and their values; none may take a word of our own command as its value."""
    waiting = list(reversed(words))
    while waiting:
        word = waiting.pop()
        name, value = _option(word)
        if not name or not frozenset(name) <= frozenset("abcdefghijklmnopqrstuvwxyz0123456789-"):
            raise reader.error(_KEY, f"options of `docker run`; it has {shortened(word)}")
        if value is None and name not in _SWITCHES:
            if not waiting:
                raise reader.error(_KEY, f"options with their values; --{name} has none")
            value = waiting.pop()
        yield name, value or ""


def _option(word: str) -> tuple[str, str | None]:
    """Return the long name of an option, and its value if it is in the same word; an empty name for anything else."""
    if word.startswith("--"):
        name, equals, value = word[2:].partition("=")
        return _LONG.get(name, name) if len(name) > 1 else "", value if equals else None
    if len(word) < 2 or word[0] != "-":
        return "", None
    name = _LONG.get(word[1], "")
    if name in _SWITCHES and all(_LONG.get(letter, "") in _SWITCHES for letter in word[1:]):
        return name, None
    return ("", None) if name in _SWITCHES else (name, word[2:].removeprefix("=") or None)


def _setting(name: str, value: str) -> str:
    """Return the value of the setting that stands for an option; empty where only the engine understands the value."""
    _, kind = _AS_SETTINGS[name]
    text = value.lower().removesuffix("b") if kind == "size" else value
    return text if KINDS[kind][0](text) else ""


def _gpu(value: str) -> str:
    """Return the setting `gpu` for all, or for "device=0,1" with or without quotes."""
    devices = value.strip('"').removeprefix("device=")
    return "true" if value == "all" else devices if devices and KINDS["gpu"][0](devices) else ""


def _volume(value: str) -> object:
    """Return SOURCE:TARGET[:OPTIONS], NAME:TARGET[:OPTIONS] or TARGET as an item of `mounts`."""
    source, _, rest = value.partition(":")
    target, _, modes = rest.partition(":")
    if not rest:
        source, target = "", value
    kind = "bind" if source.startswith(("/", ".", "~")) else "volume"
    return {"type": kind, "source": source, "target": target, "readonly": "ro" in modes.split(",")}

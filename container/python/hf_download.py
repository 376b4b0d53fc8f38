"""Download a dataset, a model or single files of the Hugging Face Hub with its own libraries.

Usage: hf_download.py [--check] DATASET [CONFIG [SPLIT]] | --model MODEL [--revision R] [--include PATTERN ...]

Ids come as arguments, the token only from HF_TOKEN. The libraries choose the folders (HF_HOME), so that a program that
loads the data later finds it. An interrupted download is resumed; a failed connection is retried a few times.
"""

import argparse
import fnmatch
import hashlib
import json
import os
import re
import socket
import sys
import time
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

ATTEMPTS = 4
CONNECT_WITHIN_S = 5
PIECE = 1 << 20
NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?"
HUB = "https://huggingface.co"
LOCK = "/workspace/sygaldry.lock"


def main() -> int:
    """Check the arguments and the connection, then download, or verify what is there."""
    arguments = parse()
    problem = find_mistake(arguments)
    if problem:
        return report(problem, "hf-download -- nyu-mll/glue mrpc train, or: hf-download -- --model gpt2", 2)
    if os.environ.get("SYGALDRY_LOCKED") == "1" or os.environ.get("SYGALDRY_FROZEN") == "1":
        problem = use_locked_revision(arguments, Path(LOCK))
        if problem:
            return report(problem, "lock it: sygaldry lock --keep model:NAME, or launch without --locked", 2)
    if arguments.check:
        return 0 if arguments.verify else check_connection()
    if arguments.verify:
        return verify(arguments)
    return download(arguments)


def parse() -> argparse.Namespace:
    """Read the arguments."""
    parser = argparse.ArgumentParser(
        prog="hf-download",
        description="Download a Hugging Face dataset, model or single files to where the libraries look for them.",
        epilog="A private or gated repository needs HF_TOKEN in the caller's environment; HF_ENDPOINT names a Hub.",
    )
    parser.add_argument("dataset", nargs="?", help="such as nyu-mll/glue")
    parser.add_argument("config", nargs="?", help="such as mrpc; without it the dataset's default")
    parser.add_argument("split", nargs="?", help="such as train, or train[:10%%]; without it all of them")
    parser.add_argument("--model", help="a model instead of a dataset, such as gpt2")
    parser.add_argument("--revision", help="branch, tag or commit")
    parser.add_argument("--include", action="append", help="only files that match, such as '*.safetensors'; repeatable")
    parser.add_argument("--verify", action="store_true", help="compare what is there with its checksums, offline")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def find_mistake(arguments: argparse.Namespace) -> str:
    """Return which argument is invalid, or nothing."""
    dataset, config, split = arguments.dataset, arguments.config, arguments.split
    if bool(dataset) == bool(arguments.model):
        return "one repository is required: dataset, or --model MODEL"
    kind, name = ("model", arguments.model) if arguments.model else ("dataset", dataset)
    if not re.fullmatch(rf"{NAME}(/{NAME})?", name) or ".." in name or "--" in name:
        return f"{name!r} cannot be the name of a {kind}"
    patterns = (
        (config, r"[A-Za-z0-9_][A-Za-z0-9_.,=+ -]{0,127}", "the name of a configuration"),
        (split, r"[A-Za-z0-9_][A-Za-z0-9_.:%\[\]+-]{0,127}", "a split"),
        (arguments.revision, r"[A-Za-z0-9][A-Za-z0-9_./-]{0,127}", "a revision"),
    )
    for text, pattern, noun in patterns:
        if text is not None and not re.fullmatch(pattern, text):
            return f"{text!r} cannot be {noun}"
    if arguments.include and config:
        return "--include takes files, a configuration takes a whole table: use one of them"
    return ""


def use_locked_revision(arguments: argparse.Namespace, lock: Path) -> str:
    """Choose the revision that the project's lock names; returns why there is none, or nothing."""
    kind, name = kind_and_name(arguments)
    try:
        entry = tomllib.loads(lock.read_text(encoding="utf-8"))["huggingface"][f"{kind}:{name}"]
        revision = str(entry["revision"])
    except (OSError, ValueError, KeyError, TypeError):
        return f"the launch is locked, and {lock} names no {kind}:{name}"
    if arguments.revision and arguments.revision != revision:
        return f"the launch is locked to revision {revision} of {name}, not {arguments.revision}"
    arguments.revision = revision
    return ""


def check_connection() -> int:
    """Fail within seconds where the Hub cannot be reached; the libraries would retry for minutes."""
    if os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on"):
        return 0
    hub = urlsplit(os.environ.get("HF_ENDPOINT") or HUB)
    proxy = os.environ.get(f"{hub.scheme}_proxy") or os.environ.get(f"{hub.scheme.upper()}_PROXY")
    excluded = (os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or "").split(",")
    is_direct = not proxy or any(each.strip() and (hub.hostname or "").endswith(each.strip(" .*")) for each in excluded)
    target = hub if is_direct else urlsplit(proxy if "//" in str(proxy) else f"//{proxy}")
    port = target.port or (443 if target.scheme == "https" else 80)
    try:
        socket.create_connection((target.hostname or "", port), CONNECT_WITHIN_S).close()
    except OSError as error:
        return report(
            f"{target.hostname}:{port} cannot be reached: {error}",
            "check the network, https_proxy or HF_ENDPOINT; for what was downloaded before: export HF_HUB_OFFLINE=1",
            1,
        )
    return 0


def download(arguments: argparse.Namespace) -> int:
    """Announce the size and download; a failing connection is retried."""
    from huggingface_hub.errors import HfHubHTTPError  # here, because checking arguments needs no libraries

    for attempt in range(1, ATTEMPTS + 1):
        try:
            if attempt == 1:
                announce(arguments)
            if arguments.model or arguments.include or (arguments.revision and not arguments.config):
                return download_files(arguments)
            return download_dataset(arguments)
        except (ConnectionError, HfHubHTTPError, OSError) as error:
            if attempt == ATTEMPTS or not is_transient(error):
                return explain(arguments, error)
            print(f"sygaldry: the connection failed, retry {attempt} of {ATTEMPTS - 1}", file=sys.stderr)
            time.sleep(2**attempt / 4)
        except Exception as error:  # the libraries raise many kinds of their own
            return explain(arguments, error)
    raise AssertionError("the last attempt returns")


def announce(arguments: argparse.Namespace) -> None:
    """Print how much will be downloaded before it starts."""
    from huggingface_hub import HfApi, constants, try_to_load_from_cache

    if constants.HF_HUB_OFFLINE:
        return
    kind, name = kind_and_name(arguments)
    info = HfApi().repo_info(name, repo_type=kind, revision=arguments.revision, files_metadata=True)
    files = [each for each in info.siblings or () if is_included(each.rfilename, arguments.include)]
    absent = [
        each
        for each in files
        if not isinstance(
            try_to_load_from_cache(name, each.rfilename, repo_type=kind, revision=arguments.revision or info.sha), str
        )
    ]
    size = sum(each.size or 0 for each in absent)
    most = "up to " if kind == "dataset" and not arguments.include else ""
    there = f"; {len(files) - len(absent)} files are there" if len(absent) < len(files) else ""
    print(f"sygaldry: {name}: {len(absent)} files, {most}{human(size)} to download{there}", file=sys.stderr)


def download_files(arguments: argparse.Namespace) -> int:
    """Download the files of a repository into the Hub's cache."""
    from huggingface_hub import snapshot_download

    kind, name = kind_and_name(arguments)
    folder = snapshot_download(
        name, repo_type=kind, revision=arguments.revision, allow_patterns=arguments.include or None
    )
    found = [path for path in Path(folder).rglob("*") if path.is_file() and is_included(
        str(path.relative_to(folder)), arguments.include)]  # fmt: skip
    if not found:
        return report(f"no file of {name} matches {', '.join(arguments.include or ())}", "see the repository's page", 1)
    size = sum(path.stat().st_size for path in found)
    if arguments.json:
        print(json.dumps({kind: name, "files": len(found), "bytes": size, "folder": folder}))
    else:
        print(f"{name}: {len(found)} files, {size} bytes in {folder}")
    return 0


def download_dataset(arguments: argparse.Namespace) -> int:
    """Download a dataset as a table and print its rows: one line, or JSON."""
    import datasets

    found = datasets.load_dataset(
        arguments.dataset, arguments.config, split=arguments.split, revision=arguments.revision
    )
    parts = found if isinstance(found, dict) else {arguments.split or "all": found}
    rows = {name: part.num_rows for name, part in parts.items()}
    files = sorted({each["filename"] for part in parts.values() for each in part.cache_files})
    size = sum(os.path.getsize(name) for name in files)
    where = os.path.dirname(files[0]) if files else os.environ.get("HF_HOME", "")
    if arguments.json:
        print(json.dumps({"dataset": arguments.dataset, "rows": rows, "bytes": size, "folder": where}))
    else:
        counts = ", ".join(f"{name} {number} rows" for name, number in rows.items())
        print(f"{arguments.dataset}: {counts}, {size} bytes in {where}")
    return 0


def verify(arguments: argparse.Namespace) -> int:
    """Compare each cached file with its name, which is its SHA-256, or its git hash if it is small."""
    kind, name = kind_and_name(arguments)
    home = os.environ.get("HF_HUB_CACHE") or os.path.join(os.environ.get("HF_HOME", "/opt/hf_cache"), "hub")
    blobs = Path(home, f"{kind}s--{name.replace('/', '--')}", "blobs")
    found = sorted(blobs.glob("*")) if blobs.is_dir() else []
    known = [path for path in found if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", path.name)]
    if not known:
        return report(f"nothing of {name} was downloaded to {home}", "download it first, without --verify", 1)
    damaged = [path.name for path in known if digest(path) != path.name]
    partial = len([path for path in found if path.name.endswith(".incomplete")])
    if arguments.json:
        print(json.dumps({kind: name, "files": len(known), "damaged": damaged, "incomplete": partial}))
    elif not damaged:
        print(f"{name}: {len(known)} files are intact" + (f", {partial} incomplete" if partial else ""))
    for each in damaged:
        report(f"{blobs / each} is damaged", f"remove it and download again: rm {blobs / each}", 1)
    return 1 if damaged else 0


def digest(path: Path) -> str:
    """Hash a file as the Hub did: the length of its name says how."""
    is_large = len(path.name) == 64
    found = hashlib.sha256() if is_large else hashlib.sha1(f"blob {path.stat().st_size}\0".encode())  # noqa: S324 - git's
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            found.update(piece)
    return found.hexdigest()


def kind_and_name(arguments: argparse.Namespace) -> tuple[str, str]:
    """Return what the repository is, and its name."""
    return ("model", arguments.model) if arguments.model else ("dataset", arguments.dataset)


def is_included(path: str, patterns: "list[str] | None") -> bool:
    """Return whether a file is among those that were asked for."""
    return not patterns or any(fnmatch.fnmatch(path, each) for each in patterns)


def is_transient(error: Exception) -> bool:
    """Return whether the network failed, as opposed to an answer that will be the same next time."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status is not None:
        return status >= 500 or status == 429
    words = f"{type(error).__name__} {error}".lower()
    return any(word in words for word in ("connection", "timed out", "timeout", "peer closed", "incomplete", "reset"))


def explain(arguments: argparse.Namespace, error: Exception) -> int:
    """Print what failed in one message with the next thing to type."""
    words = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"[:300]
    text = f"{error}".lower()
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status != 404 and any(word in text for word in ("401", "403", "gated", "private", "authenticated")):
        hint = "is it private or gated? export HF_TOKEN=... before the launch"
    elif "config" in text or "split" in text:
        hint = "the configurations and splits are listed on the dataset's page"
    elif "offline" in text:
        hint = "HF_HUB_OFFLINE is set and it was not downloaded before"
    else:
        hint = (
            f"does it exist, and is {os.environ.get('HF_ENDPOINT', 'the Hub')} reachable? what is there already is kept"
        )
    return report(f"{kind_and_name(arguments)[1]} was not downloaded: {words}", hint, 1)


def report(problem: str, hint: str, code: int) -> int:
    """Print a failure and return the exit code."""
    print(f"sygaldry: {problem}\n  hint: {hint}", file=sys.stderr)
    return code


def human(size: float) -> str:
    """Format a size."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"


if __name__ == "__main__":
    sys.exit(main())

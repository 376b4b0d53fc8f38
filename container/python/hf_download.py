"""Download one dataset with the real libraries; ids come as arguments, the token only from HF_TOKEN.

Usage: hf_download.py [--check] [--json] DATASET [CONFIG [SPLIT]]

The libraries decide where things go (HF_HOME), so that whoever loads the dataset later finds it. A download that was
cut is resumed by the libraries; a connection that fails is tried again a few times.
"""

import argparse
import json
import os
import re
import sys
import time

ATTEMPTS = 4
NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?"


def main() -> int:
    """Check the words, then download and tell the result in one line."""
    arguments = parsed()
    problem = wrong(arguments)
    if problem:
        print(f"sygaldry: {problem}\n  hint: hf-download -- DATASET CONFIG SPLIT, such as: "
              "hf-download -- nyu-mll/glue mrpc train", file=sys.stderr)  # fmt: skip
        return 2
    return 0 if arguments.check else download(arguments)


def parsed() -> argparse.Namespace:
    """Read the words."""
    parser = argparse.ArgumentParser(
        prog="hf-download",
        description="Download a Hugging Face dataset to where `datasets` and `huggingface_hub` look for it.",
        epilog="A private or gated dataset needs HF_TOKEN in the caller's environment; HF_ENDPOINT names another Hub.",
    )
    parser.add_argument("dataset", help="such as nyu-mll/glue")
    parser.add_argument("config", nargs="?", help="such as mrpc; without it the dataset's default")
    parser.add_argument("split", nargs="?", help="such as train, or train[:10%%]; without it all of them")
    parser.add_argument("--json", action="store_true", help="tell the result as JSON")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def wrong(arguments: argparse.Namespace) -> str:
    """Say which word cannot be what it should be; nothing if all can."""
    dataset, config, split = arguments.dataset, arguments.config, arguments.split
    if not re.fullmatch(rf"{NAME}(/{NAME})?", dataset) or ".." in dataset or "--" in dataset:
        return f"{dataset!r} cannot be the name of a dataset"
    if config is not None and not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.,=+ -]{0,127}", config):
        return f"{config!r} cannot be the name of a configuration"
    if split is not None and not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.:%\[\]+-]{0,127}", split):
        return f"{split!r} cannot be a split"
    return ""


def download(arguments: argparse.Namespace) -> int:
    """Download, trying again what a failing network may have broken."""
    import datasets  # here, because checking words needs no libraries
    from huggingface_hub.errors import HfHubHTTPError

    for attempt in range(1, ATTEMPTS + 1):
        try:
            found = datasets.load_dataset(arguments.dataset, arguments.config, split=arguments.split)
        except (ConnectionError, HfHubHTTPError, OSError) as error:
            if attempt == ATTEMPTS or not may_pass(error):
                return failed(arguments, error)
            print(f"sygaldry: the connection failed, trying again ({attempt} of {ATTEMPTS - 1})", file=sys.stderr)
            time.sleep(2**attempt / 4)
        except Exception as error:  # the libraries raise many kinds of their own
            return failed(arguments, error)
        else:
            return told(arguments, found)
    raise AssertionError("the last attempt returns")


def may_pass(error: Exception) -> bool:
    """Tell a network's fault from an answer that will be the same next time."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status is not None:
        return status >= 500 or status == 429
    words = f"{type(error).__name__} {error}".lower()
    return any(word in words for word in ("connection", "timed out", "timeout", "peer closed", "incomplete", "reset"))


def failed(arguments: argparse.Namespace, error: Exception) -> int:
    """Say what failed in one message with the next thing to type."""
    words = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"[:300]
    text = f"{error}".lower()
    if any(word in text for word in ("401", "403", "gated", "private", "authenticated")):
        hint = "is it private or gated? export HF_TOKEN=... before the launch"
    elif "config" in text or "split" in text:
        hint = "which configurations and splits there are stands on the dataset's page"
    elif "offline" in text:
        hint = "HF_HUB_OFFLINE is set and it was not downloaded before"
    else:
        hint = (
            f"does it exist, and is {os.environ.get('HF_ENDPOINT', 'the Hub')} reachable? what is there already is kept"
        )
    print(f"sygaldry: {arguments.dataset} was not downloaded: {words}\n  hint: {hint}", file=sys.stderr)
    return 1


def told(arguments: argparse.Namespace, found: object) -> int:
    """Print the result: one line, or JSON."""
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


if __name__ == "__main__":
    sys.exit(main())

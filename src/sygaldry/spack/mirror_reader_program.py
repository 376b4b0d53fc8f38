"""Read files of a mirror that only Spack can open. Run by Spack's own Python (`spack python`), never imported.

What opens a bucket or a registry stays where it is: in the variables that the mirror's configuration names, and in
Spack's own reading of them. Standard input: {"name", "mirror", "variables", "wanted"}, the last a list of [address,
most bytes, headers]; standard output: {"answers", "problem", "lacks"}, the first a list of base64 or null, which is
the server's answer that the file does not exist.
"""

import base64
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

AT_ONCE = 8
NOT_FOUND = (404, 410)
NO_SUCH_KEY = ("NoSuchKey", "NotFound", "404")


def main() -> None:
    """Answer one question, whatever happens."""
    request = json.load(sys.stdin)
    answers: list[str | None] = []
    problem = missing_module = ""
    try:
        answers = read(request)
    except ModuleNotFoundError as error:
        problem, missing_module = str(error), error.name or ""
    except Exception as error:  # noqa: BLE001 - whatever a server, boto3 or Spack raises is this program's answer
        problem = without_secrets(f"{type(error).__name__}: {error}", request["variables"])
    sys.stdout.write(json.dumps({"answers": answers, "problem": problem, "lacks": missing_module}))


def read(request: dict[str, Any]) -> list[str | None]:
    """Read everything that is wanted, a few at once."""
    os.environ.setdefault("AWS_MAX_ATTEMPTS", "2")  # boto3 would wait for minutes
    import spack.config  # type: ignore[import-not-found]  # only where Spack is

    mirrors = {"mirrors": {request["name"]: request["mirror"]}}
    spack.config.CONFIG.push_scope(spack.config.InternalConfigScope("sygaldry", mirrors))
    wanted = request["wanted"]
    read_one = s3_reader(wanted[0][0]) if wanted[0][0].startswith("s3://") else read_registry
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda each: read_one(*each), wanted))
    return [None if each is None else base64.b64encode(each).decode() for each in found]


def s3_reader(address: str) -> Any:  # noqa: ANN401 - a function; Spack's types are not here
    """Open the bucket once, with Spack's own way to find what opens it."""
    from spack.util.s3 import get_s3_session  # type: ignore[import-not-found]  # likewise

    client = get_s3_session(address, method="fetch")

    def read_object(url: str, limit: int, headers: object) -> bytes | None:
        del headers
        bucket, _, key = url.removeprefix("s3://").partition("/")
        try:
            body: bytes = client.get_object(Bucket=bucket, Key=key)["Body"].read(limit)
        except client.ClientError as error:
            code = str(error.response.get("Error", {}).get("Code"))
            # A bucket that may not be listed says so of everything that is not there; of the first, it means us.
            if code in NO_SUCH_KEY or (code == "AccessDenied" and url != address):
                return None
            raise
        return body

    return read_object


def read_registry(url: str, limit: int, headers: dict[str, str]) -> bytes | None:
    """Read from a registry with the password of the mirror, which Spack's opener adds."""
    from urllib.error import HTTPError
    from urllib.request import Request

    from spack.oci import opener  # type: ignore[import-not-found]  # likewise

    try:
        with opener.urlopen(Request(url, headers=headers)) as answer:  # noqa: S310 - the mirror's own address
            body: bytes = answer.read(limit)
    except HTTPError as error:
        if error.code in NOT_FOUND:
            return None
        raise
    return body


def without_secrets(text: str, names: list[str]) -> str:
    """Replace secret values in a message, in case a server repeated one."""
    for name in names:
        if value := os.environ.get(name, ""):
            text = text.replace(value, f"${name}")
    return " ".join(text.split())[:400]


if __name__ == "__main__":
    main()

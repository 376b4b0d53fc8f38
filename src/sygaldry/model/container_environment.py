"""What the environment looks like from inside: names, variables and what passes through from the caller."""

from __future__ import annotations

from sygaldry.model.identity import HOME, USER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

WORKSPACE = "/workspace"
SYGALDRY = "/opt/sygaldry"
CERTIFICATES = f"{SYGALDRY}/ca-certificates.crt"
SEARCH_PATH = f"{SYGALDRY}/container/bin:{SYGALDRY}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# The caller's variables that keep their meaning inside.
PASSED = frozenset({
    "TERM", "COLORTERM", "LANG", "LANGUAGE", "TZ",
    "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR",
    "CI", "CLAUDECODE", "OPENCODE_CLIENT", "AI_AGENT",
    "http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy",
    "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY",
    "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "UV_INDEX", "UV_INDEX_URL", "UV_DEFAULT_INDEX",
    "HF_ENDPOINT", "HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE",
    "HF_HUB_DISABLE_PROGRESS_BARS", "HF_HUB_ENABLE_HF_TRANSFER",
    "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES",
    "MAKEFLAGS", "SOURCE_DATE_EPOCH", "PYTHONUNBUFFERED", "SLURMD_NODENAME",
})  # fmt: skip
# The caller's secrets: they reach only an entrypoint that says `# tokens: NAME`, or what `pass_environment` names.
TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
SECRETS = "/run/sygaldry"  # where a container finds the file of them, which container/load-secrets.sh reads
LOAD_SECRETS = ("/bin/bash", f"{SYGALDRY}/container/load-secrets.sh")  # goes before the command of such a container
PUBLISHED = "SYGALDRY_PUBLISHED"  # the published ports, as [ADDRESS:]HOST_PORT:PORT between spaces
PASSED_PREFIXES = ("LC_", "SLURM_")
# What keeps the tools inside from the network, each by its own name.
OFFLINE = {
    "UV_OFFLINE": "1",
    "PIP_NO_INDEX": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
}

# Every tool has a name of its own for the bundle of trusted certificates.
CERTIFICATE_VARIABLES = (
    "SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS",
)  # fmt: skip


def passed(caller: Iterable[str], also: Iterable[str] = ()) -> tuple[str, ...]:
    """Name the caller's variables that reach the command, sorted."""
    wanted = PASSED | frozenset(also)
    return tuple(sorted(name for name in caller if name in wanted or name.startswith(PASSED_PREFIXES)))


def secret_names(names: Iterable[str], caller: Mapping[str, str], wanted: Collection[str]) -> tuple[str, ...]:
    """Name those of the passed variables that no answer of an engine may show, `wanted` among them.

    The address of a proxy or of a package index may hold a login: `user:password@` or a token after `?`.
    """
    return tuple(name for name in names if name in wanted or "@" in caller[name] or "?" in caller[name])


def environment(project: str, runtime: str, *, certificates: bool) -> Mapping[str, str]:
    """Return the variables that Sygaldry sets for every command, whatever runs it."""
    return {
        "HOME": HOME,
        "USER": USER,
        "LOGNAME": USER,
        "SHELL": "/bin/bash",
        "HF_HOME": "/opt/hf_cache",
        "CCACHE_DIR": "/opt/bazel_cache/ccache",
        "SYGALDRY_CONTAINER": runtime,
        "SYGALDRY_PROJECT_ID": project,
        # uv would warn that it cannot link from its cache into another mount.
        "UV_LINK_MODE": "copy",
        # Spack reads only what the image holds, never a stale ~/.spack.
        "SPACK_DISABLE_LOCAL_CONFIG": "1",
        "SPACK_USER_CACHE_PATH": "/opt/spack_store/cache/user",
        "SPACK_GNUPGHOME": "/opt/spack_store/gpg",
        **(dict.fromkeys(CERTIFICATE_VARIABLES, CERTIFICATES) if certificates else {}),
        # An unpacked root or the host's has no PATH of its own; an image does.
        **({"PATH": SEARCH_PATH} if runtime == "sandbox" else {}),
    }

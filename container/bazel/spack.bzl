"""The repository rule sygaldry_spack: the packages of a Spack lock as Bazel targets. Nothing is fetched."""

def _supports_compatibility():
    # target_compatible_with exists since Bazel 4; a distribution's own build may have no version.
    major = native.bazel_version.split(".")[0]
    return not major.isdigit() or int(major) >= 4

def _sygaldry_spack_impl(repository_ctx):
    python = repository_ctx.which("python3")
    if python == None:
        fail("sygaldry_spack needs python3 on PATH")
    words = [python, "-I", repository_ctx.path(repository_ctx.attr._program)]
    if repository_ctx.attr.lock != None:
        words += ["--lock", repository_ctx.path(repository_ctx.attr.lock)]
    if _supports_compatibility():
        words.append("--compatibility")
    store = repository_ctx.os.environ.get("SYGALDRY_SPACK_STORE", "") or repository_ctx.attr.store
    done = repository_ctx.execute(words + ["--store", store])
    if done.return_code != 0:
        fail("sygaldry_spack: " + done.stderr)

sygaldry_spack = repository_rule(
    implementation = _sygaldry_spack_impl,
    attrs = {
        "lock": attr.label(doc = "The spack.lock of the environment."),
        "store": attr.string(default = "/opt/spack_store", doc = "The store in which the lock is installed."),
        "_program": attr.label(default = Label("//:spack_repository.py")),
    },
    environ = ["PATH", "SYGALDRY_SPACK_STORE"],
    # What is installed changes without a change of the lock, so the rule runs again in each new server.
    local = True,
    doc = "Shows what a Spack lock names and a store holds as @NAME//:PACKAGE, with headers and libraries.",
)

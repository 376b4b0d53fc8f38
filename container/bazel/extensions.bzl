"""sygaldry_spack for modules (Bazel 7 and newer, or --enable_bzlmod)."""

load("//:spack.bzl", "sygaldry_spack")

_environment = tag_class(attrs = {
    "name": attr.string(default = "spack"),
    "lock": attr.label(),
    "store": attr.string(default = "/opt/spack_store"),
})

def _spack_impl(module_ctx):
    for module in module_ctx.modules:
        for each in module.tags.environment:
            sygaldry_spack(name = each.name, lock = each.lock, store = each.store)

spack = module_extension(implementation = _spack_impl, tag_classes = {"environment": _environment})

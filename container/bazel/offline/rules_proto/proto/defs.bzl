"""The proto rules that are built into Bazel, under the names of rules_proto, so that none is downloaded."""

proto_lang_toolchain = getattr(native, "proto_lang_toolchain", None)
proto_library = getattr(native, "proto_library", None)

"""The provenance states the base, the commit, the lock and the arguments; a forged label breaks nothing."""

import json

from sygaldry.image.oci.provenance import statement

LABELS = {
    "dev.sygaldry.base": "sygaldry/base:bookworm abc",
    "dev.sygaldry.arguments": '{"TOOLCHAINS": "uv"}',
    "dev.sygaldry.files": '{"image/uv.sh": "11"}',
    "dev.sygaldry.key": "k",
    "org.opencontainers.image.revision": "c0ffee",
    "org.opencontainers.image.version": "0.1.0",
}


def test_the_statement_names_all_inputs() -> None:
    found = json.loads(statement("dev:1", f"sha256:{'a' * 64}", LABELS, {"zephyr": "22"}))
    assert found["subject"] == [{"name": "dev:1", "digest": {"sha256": "a" * 64}}]
    definition = found["predicate"]["buildDefinition"]
    assert definition["externalParameters"] == {"TOOLCHAINS": "uv"}
    assert definition["resolvedDependencies"] == [
        {"uri": "oci:sygaldry/base:bookworm", "digest": {"layers": "abc"}},
        {"uri": "git+https://github.com/phi9t/sygaldry", "digest": {"gitCommit": "c0ffee"}},
        {"uri": "spack:zephyr", "digest": {"sha256": "22"}},
        {"uri": "file:container/image/uv.sh", "digest": {"sha256": "11"}},
    ]


def test_a_foreign_image_has_a_statement_too() -> None:
    for text in ("", "[1]", "{", "[" * 5000):
        found = json.loads(statement("x", "sha256:1", {"dev.sygaldry.files": text}, {}))
        assert found["predicate"]["buildDefinition"]["resolvedDependencies"] == []

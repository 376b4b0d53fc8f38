"""The lock that users install, in an exported image: only what runs, fewer than 127 layers, and its variables."""

import gzip
import json
import shutil
import tarfile
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.image.oci.environment import runtime_of
from sygaldry.flows.image.oci.export import Exported, export_layout
from sygaldry.image.sif import archive_source
from sygaldry.model.errors import ImageError, NotFoundError
from sygaldry.spack.graph import closure

ROOT = Path(__file__).parents[3]


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(Path(shutil.copytree(ROOT / "pkg" / "zephyr", tmp_path / "zephyr")), tmp_path / "no-spack")


@pytest.fixture
def store(environment: Environment, tmp_path: Path) -> Store:
    """Give a store in which every package of the lock is a folder with a program and a log of its build."""
    found = Store(tmp_path / "store")
    records = {}
    for node in environment.lock.to_install:
        path = f"{found.inside}/install/linux/{node.directory}"
        prefix = found.locate(path)
        (prefix / "bin").mkdir(parents=True)
        (prefix / "bin" / node.name).write_text(node.label)
        (prefix / ".spack").mkdir()
        (prefix / ".spack" / "spack-build-out.txt.gz").write_text("log")
        (prefix / ".spack" / "spec.json").write_text("{}")
        spec = {"name": node.name, "version": node.version}
        records[node.hash] = {"spec": spec, "path": path, "installed": True}
    write_database(found, records)
    view = found.here / "views" / "._zephyr" / "abc"
    (view / "bin").mkdir(parents=True)
    for node in environment.lock.to_install:
        (view / "bin" / node.name).symlink_to(f"{found.inside}/install/linux/{node.directory}/bin/{node.name}")
    (found.here / "views" / "zephyr").symlink_to("._zephyr/abc")
    return found


def write_database(store: Store, records: dict[str, dict[str, object]]) -> None:
    folder = store.here / "install" / ".spack-db"
    folder.mkdir(exist_ok=True)
    (folder / "index.json").write_text(json.dumps({"database": {"version": "8", "installs": records}}))


def saved(folder: Path) -> Path:
    """Write what `docker save` writes of an image with one layer."""
    layer = packed({"etc/passwd": b"root:x:0:0::/root:/bin/sh\n", "etc/group": b"root:x:0:\n"})
    config = json.dumps({
        "architecture": "amd64",
        "config": {"Env": ["PATH=/usr/bin:/bin"]},
        "rootfs": {"diff_ids": [f"sha256:{sha256(layer).hexdigest()}"]},
        "history": [{"created_by": "import"}],
    }).encode()  # fmt: skip
    manifest = json.dumps([{"Config": "c.json", "Layers": ["layer.tar"]}]).encode()
    path = folder / "saved.tar"
    path.write_bytes(packed({"manifest.json": manifest, "c.json": config, "layer.tar": layer}))
    return path


def packed(files: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, BytesIO(content))
    return buffer.getvalue()


def layers(layout: Path, exported: Exported) -> Iterator[dict[str, tarfile.TarInfo]]:
    manifest = json.loads(blob(layout, exported.image.digest))
    for each in manifest["layers"]:
        with tarfile.open(fileobj=BytesIO(gzip.decompress(blob(layout, each["digest"])))) as archive:
            yield {member.name: member for member in archive}


def blob(layout: Path, digest: str) -> bytes:
    return (layout / "blobs" / "sha256" / digest.removeprefix("sha256:")).read_bytes()


def test_what_runs_is_inside_and_what_only_builds_is_not(
    environment: Environment, store: Store, tmp_path: Path
) -> None:
    source = archive_source(str(saved(tmp_path)), "1" * 64)
    made = [
        export_layout(source, str(tmp_path / name), (runtime_of(environment, store), store), print)
        for name in ("one", "other")
    ]
    assert made[0].image.digest == made[1].image.digest, "two exports are the same"
    assert made[0].layers < 127

    found = list(layers(tmp_path / "one", made[0]))
    assert len(found) == made[0].layers
    files = {name: member for layer in found for name, member in layer.items()}
    lock = environment.lock
    needed = closure(lock, lock.roots.values(), to_run=True)
    for node in lock.to_install:
        program = f"opt/spack_store/install/linux/{node.directory}/bin/{node.name}"
        assert (program in files) == (node.hash in needed), node.label
        assert (f"opt/spack_store/views/._zephyr/abc/bin/{node.name}" in files) == (node.hash in needed), node.label
    assert len(needed) < len(lock.nodes), "something is only needed to build"
    assert files["opt/spack_store/views/zephyr"].linkname == "._zephyr/abc"
    assert not [name for name in files if "spack-build-out" in name]
    assert {member.uid for name, member in files.items() if name.startswith("opt/")} == {0}

    config = json.loads(
        blob(tmp_path / "one", json.loads(blob(tmp_path / "one", made[0].image.digest))["config"]["digest"])
    )
    assert config["config"]["User"] == "1000:1000"
    assert "PATH=/opt/spack_store/views/zephyr/bin:/usr/bin:/bin" in config["config"]["Env"]
    assert files["home/kvothe"].uid == 1000


def test_a_package_that_is_missing_is_named(environment: Environment, store: Store) -> None:
    write_database(store, {})
    with pytest.raises(NotFoundError, match=r"zephyr is not built yet: .* packages are missing"):
        runtime_of(environment, store)


@pytest.mark.parametrize("kind", ["database", "link", "view"])
def test_nothing_outside_of_the_store_gets_into_an_image(
    environment: Environment, store: Store, tmp_path: Path, kind: str
) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("private")
    (secret / ".spack").mkdir()
    (secret / ".spack" / "spec.json").write_text("{}")  # it passes for a package
    if kind == "view":
        (store.here / "views" / "zephyr").unlink()
        (store.here / "views" / "zephyr").symlink_to(secret)
    else:
        index = store.here / "install" / ".spack-db" / "index.json"
        records = json.loads(index.read_text())["database"]["installs"]
        key = next(iter(environment.lock.roots.values()))
        if kind == "link":
            link = store.here / "install" / "linux" / "link"
            link.symlink_to(secret)
            records[key]["path"] = f"{store.inside}/install/linux/link"
        else:
            records[key]["path"] = str(secret)
        write_database(store, records)
    with pytest.raises(ImageError, match="is not in the store"):
        runtime_of(environment, store)


def test_layers_that_are_not_those_of_the_configuration_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"root:x:0:\n", b"evil:x:0:\n"))
    with pytest.raises(ImageError, match="do not match its configuration"):
        export_layout(archive_source(str(path), "1" * 64), str(tmp_path / "out"), None, print)
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".export-*"))

"""An image in a bundle: taken from an engine's archive, proved, and written as an archive for every engine."""

from __future__ import annotations

import gzip
import json
import tarfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from sygaldry.bundle.index import FILE
from sygaldry.config.resolve import Layer, Resolved, resolve
from sygaldry.flows.bundle.apply import ApplyRequest, bundle_apply
from sygaldry.flows.bundle.create import BundleRequest, bundle_create
from sygaldry.flows.bundle.sources import image_sources
from sygaldry.flows.bundle.verify import bundle_verify
from sygaldry.flows.lock.make import lock_project
from sygaldry.model.errors import BundleError, ImageError, StorageError
from sygaldry.model.machine import Machine

MACHINE = Machine(1000, 1000)
NAME = "sygaldry/test:1"
LAYERS = (b"the base " * 300_000, b"a program " * 1000, b"a program " * 1000)
DIFF_IDS = [f"sha256:{sha256(each).hexdigest()}" for each in LAYERS]
CONFIG = {"architecture": "amd64", "os": "linux", "rootfs": {"diff_ids": DIFF_IDS}}


def quiet(_: str) -> None:
    """Report nothing."""


def settings(tmp_path: Path, side: str) -> Resolved:
    given = {"storage_root": str(tmp_path / side), "project_id": "p", "runtime": "sandbox"}
    return resolve(Layer(given, dict.fromkeys(given, "test")))


def saved(path: Path, layers: tuple[bytes, ...] = LAYERS, config: object = CONFIG) -> Path:
    """Write what `docker save` writes: a folder for each layer, and a link for a repeated one."""
    with tarfile.open(path, "w") as tar:
        names = [f"{number}/layer.tar" for number in range(len(layers))]
        manifest = [{"Config": "c.json", "RepoTags": [NAME], "Layers": names}]
        texts = (json.dumps(manifest).encode(), json.dumps(config).encode(), *layers)
        for number, (name, content) in enumerate(zip(("manifest.json", "c.json", *names), texts, strict=True)):
            member = tarfile.TarInfo(name)
            if content in texts[:number]:
                member.type, member.linkname = tarfile.SYMTYPE, f"../{names[layers.index(content)]}"
                tar.addfile(member)
                continue
            member.size = len(content)
            tar.addfile(member, BytesIO(content))
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> str:
    """Make a locked project."""
    (tmp_path / "work").mkdir()
    workspace = str(tmp_path / "work")
    lock_project(settings(tmp_path, "here"), MACHINE, workspace, (), ask_engine=False)
    return workspace


def created(
    tmp_path: Path, workspace: str, monkeypatch: pytest.MonkeyPatch, archive: Path, base: Path | None = None
) -> Path:
    """Make a bundle of an image that an engine saved."""
    monkeypatch.setattr("sygaldry.flows.bundle.create._image", lambda *_: image_sources(NAME, archive))
    request = BundleRequest(tmp_path / archive.stem, 2**20, base, with_wheels=False)
    bundle_create(request, settings(tmp_path, "here"), MACHINE, workspace, quiet)
    return request.folder


def written(tmp_path: Path, workspace: str, bundle: Path, base: Path | None = None) -> dict[str, bytes]:
    """Write the image of a bundle as an archive and read that."""
    target = tmp_path / "image.tar"
    request = ApplyRequest(bundle, base, image_archive=target)
    bundle_apply(request, settings(tmp_path, "there"), MACHINE, workspace, quiet)
    with tarfile.open(target) as tar:
        names = tar.getnames()
        assert len(names) == len(set(names))
        above = {str(Path(each).parent) for each in names} - {"."}
        assert above <= set(names[: names.index(next(each.name for each in tar if each.isfile()))]), (
            "folders come first"
        )
        return {each.name: tar.extractfile(each).read() for each in tar if each.isfile()}  # type: ignore[union-attr]


@pytest.mark.parametrize("packed", [False, True])
def test_an_image_arrives_as_an_oci_layout(
    tmp_path: Path, workspace: str, monkeypatch: pytest.MonkeyPatch, *, packed: bool
) -> None:
    layers = tuple(map(gzip.compress, LAYERS)) if packed else LAYERS
    bundle = created(tmp_path, workspace, monkeypatch, saved(tmp_path / "saved.tar", layers))
    assert list(bundle.glob("blobs/*/*.00001")), "the base has parts"
    assert bundle_verify(bundle, None, quiet).exit_code == 0
    files = written(tmp_path, workspace, bundle)
    assert files["oci-layout"] == b'{"imageLayoutVersion":"1.0.0"}'
    (image,) = json.loads(files["index.json"])["manifests"]
    manifest = json.loads(files[f"blobs/sha256/{image['digest'][7:]}"])
    assert [each["digest"] for each in manifest["layers"]] == DIFF_IDS
    assert [files[f"blobs/sha256/{each[7:]}"] for each in DIFF_IDS] == list(LAYERS)
    assert json.loads(files[f"blobs/sha256/{manifest['config']['digest'][7:]}"]) == CONFIG
    assert len(files) == 7, "two layers, two documents about them, two indexes, and the version"
    with pytest.raises(StorageError, match="exists already"):
        written(tmp_path, workspace, bundle)


def test_a_newer_bundle_shares_the_layers_of_the_older_one(
    tmp_path: Path, workspace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = created(tmp_path, workspace, monkeypatch, saved(tmp_path / "older.tar"))
    changed = (LAYERS[0], b"another program")
    config = {**CONFIG, "rootfs": {"diff_ids": [DIFF_IDS[0], f"sha256:{sha256(changed[1]).hexdigest()}"]}}
    newer = created(tmp_path, workspace, monkeypatch, saved(tmp_path / "newer.tar", changed, config), older)
    assert not list(newer.glob(f"blobs/*/{DIFF_IDS[0][7:]}*"))
    files = written(tmp_path, workspace, newer, older)
    assert files[f"blobs/sha256/{DIFF_IDS[0][7:]}"] == LAYERS[0]


def test_a_layer_that_is_not_the_one_of_the_configuration_is_refused(
    tmp_path: Path, workspace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BundleError, match="and its configuration names"):
        created(tmp_path, workspace, monkeypatch, saved(tmp_path / "saved.tar", (b"other", *LAYERS[1:])))
    assert not (tmp_path / "saved" / FILE).exists()


@pytest.mark.parametrize(
    "config",
    [{}, {"rootfs": None}, {"rootfs": {"diff_ids": DIFF_IDS[:1]}}, {"rootfs": {"diff_ids": ["../../x"] * len(LAYERS)}}],
)
def test_an_archive_without_the_digests_of_its_layers_is_refused(tmp_path: Path, config: object) -> None:
    with pytest.raises(ImageError, match="not those of its configuration"):
        list(image_sources(NAME, saved(tmp_path / "saved.tar", config=config)))


def test_a_truncated_layer_is_refused(tmp_path: Path, workspace: str, monkeypatch: pytest.MonkeyPatch) -> None:
    layers = (gzip.compress(LAYERS[0])[:-9], *LAYERS[1:])
    with pytest.raises(ImageError, match="cannot be read"):
        created(tmp_path, workspace, monkeypatch, saved(tmp_path / "saved.tar", layers))


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (('"group": "sygaldry/test:1"', '"group": "sygaldry/other:1"'), "another name"),
        (('"path": "index.json"', '"path": "other.json"'), "not a blob under its own digest"),
        (('"path": "index.json"', '"path": "manifest.json"'), "named twice"),
    ],
)
def test_an_image_that_is_not_what_its_documents_say_is_named_and_not_applied(
    tmp_path: Path, workspace: str, monkeypatch: pytest.MonkeyPatch, edit: tuple[str, str], problem: str
) -> None:
    bundle = created(tmp_path, workspace, monkeypatch, saved(tmp_path / "saved.tar"))
    index = bundle / FILE
    text = index.read_text()
    assert edit[0] in text
    index.write_text(text.replace(*edit))
    report = bundle_verify(bundle, None, quiet)
    assert report.exit_code == 1
    assert problem in report.lines[0]
    with pytest.raises(BundleError, match=problem):
        written(tmp_path, workspace, bundle)
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize("version", [1, 2])
def test_an_engines_archive_of_an_earlier_version_is_still_written(
    tmp_path: Path, workspace: str, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    bundle = created(tmp_path, workspace, monkeypatch, saved(tmp_path / "saved.tar"))
    index = bundle / FILE
    raw = json.loads(index.read_text())
    layer, *_ = [each for each in raw["files"] if each["kind"] == "image"]
    link = {"kind": "image", "group": NAME, "path": "1/layer.tar", "size": 0, "link": "../0/layer.tar"}
    kept = [each for each in raw["files"] if each["kind"] != "image"]
    index.write_text(json.dumps({**raw, "version": version, "files": [*kept, {**layer, "path": "0/layer.tar"}, link]}))
    assert bundle_verify(bundle, None, quiet).exit_code == 0
    assert written(tmp_path, workspace, bundle) == {"0/layer.tar": LAYERS[0]}
    with tarfile.open(tmp_path / "image.tar") as tar:
        assert tar.getmember("1/layer.tar").linkname == "../0/layer.tar"


def test_a_bundle_without_its_lock_or_image_is_refused(
    tmp_path: Path, workspace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = created(tmp_path, workspace, monkeypatch, saved(tmp_path / "saved.tar"))
    index = bundle / FILE
    raw = json.loads(index.read_text())
    for kind, problem in (("image", "0 images, not one"), ("lock", "0 locks, not one")):
        index.write_text(json.dumps({**raw, "files": [each for each in raw["files"] if each["kind"] != kind]}))
        with pytest.raises(BundleError, match=problem):
            written(tmp_path, workspace, bundle)

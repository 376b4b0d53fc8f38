"""The comparison of two saved images names the layer, the file and both values."""

import json
import tarfile
from io import BytesIO

import pytest
from benchmarks.image_difference import differences
from benchmarks.saved_image import SavedImage, read_saved

from sygaldry.model.errors import ImageError


def packed(*members: tuple[str, bytes, int]) -> bytes:
    """Pack files: name, content, time; a name that ends in a slash is a folder."""
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content, mtime in members:
            member = tarfile.TarInfo(name.rstrip("/"))
            member.mtime, member.size = mtime, len(content)
            if name.endswith("/"):
                member.type = tarfile.DIRTYPE
            archive.addfile(member, BytesIO(content))
    return buffer.getvalue()


def image(*layers: bytes) -> SavedImage:
    config = {"history": [{"created_by": f"step {number}"} for number in range(len(layers))]}
    names = [f"{number}.tar" for number in range(len(layers))]
    manifest = json.dumps([{"Config": "c.json", "Layers": names}]).encode()
    files = [("manifest.json", manifest, 0), ("c.json", json.dumps(config).encode(), 0)]
    return read_saved(BytesIO(packed(*files, *((name, each, 0) for name, each in zip(names, layers, strict=True)))))


def test_equal_images_have_no_difference() -> None:
    layer = packed(("a", b"1", 5))
    assert differences(image(layer), image(layer)) == ()


def test_a_file_is_named_with_both_values() -> None:
    one = image(packed(("same", b"", 0)), packed(("a", b"1", 5), ("gone", b"", 0), ("t/", b"", 1)))
    other = image(packed(("same", b"", 0)), packed(("a", b"22", 5), ("new", b"", 0), ("t/", b"", 61)))
    (found,) = differences(one, other)
    assert list(found.lines(9)) == [
        "layer 1: 4 entries differ (step 1)",
        "  a: size 1 -> 2, digest 6b86b273ff34 -> 785f3ec7eb32",
        "  gone: only in the first",
        "  new: only in the second",
        "  t: mtime 1970-01-01T00:00:01Z -> 1970-01-01T00:01:01Z",
    ]
    assert list(found.lines(1))[-1] == "  … 3 more"


def test_another_order_or_another_number_of_layers_is_a_difference() -> None:
    a, b = ("a", b"", 0), ("b", b"", 0)
    (order,) = differences(image(packed(a, b)), image(packed(b, a)))
    assert list(order.lines(5))[1:] == ["  only the order of the entries differs"]
    (more,) = differences(image(packed(a)), image(packed(a), packed(b)))
    assert (more.number, more.entries) == (1, ("b: only in the second",))


@pytest.mark.parametrize("content", [b"", b"no archive", packed(("x", b"", 0)), packed(("manifest.json", b"[{}]", 0))])
def test_what_is_no_saved_image_is_an_error(content: bytes) -> None:
    with pytest.raises(ImageError):
        read_saved(BytesIO(content))

"""What --offline means for an image: the one that is here is used; nothing is built or pulled."""

from __future__ import annotations

from sygaldry.model.errors import ImageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sygaldry.flows.image.state import State


def offline_error(state: State) -> ImageError:
    """Return the refusal to make an image without a network, with its reason and what works instead."""
    if state.image is None:
        return ImageError(
            f"the image {state.name} is not here, and --offline forbids to build or pull it",
            hint="bring it in a bundle: sygaldry bundle apply DIR; in an archive: docker load; or leave --offline out",
        )
    if state.usable:
        return ImageError(
            f"--offline forbids to build the image {state.name} again, which is fresh", hint="leave --force out"
        )
    # A bundle brings the finished image. Its base and its packages are not there one by one, so no part can be redone.
    return ImageError(
        f"the image {state.name} is stale ({'; '.join(state.reasons)}), and --offline forbids to build it",
        hint="undo the change (sygaldry lock --check names it), bring the new image in a bundle, or leave --offline "
        "out and name mirrors of the site: base_image, base_mirror and artifact_mirror in sygaldry.toml",
    )

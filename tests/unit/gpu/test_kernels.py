"""What a build must have kernels for: nothing that is demanded passes without machine code for it."""

import pytest

from sygaldry.gpu.architectures import parse_architectures
from sygaldry.gpu.validation.kernels import demanded, lacking


@pytest.mark.parametrize(
    ("wanted", "found", "devices", "reason"),
    [
        ("75,90", "75,80,90", "", ""),
        ("89", "86,90", "", ""),  # code for 8.6 runs on 8.9
        ("61,75", "75,80", "", "no kernels for 6.1, which lock promises; built for 75,80"),
        ("90a", "80", "", "no kernels for 9.0, which lock promises; built for 80"),
        ("90a", "90", "", ""),
        ("100f", "90", "", "no kernels for 10.0, which lock promises; built for 90"),
        ("compute_90", "90", "", "no PTX for 9.0, which lock promises; built for 90"),
        ("90+PTX", "90+PTX 90", "", ""),
        ("90", "90", "12.0", "no kernels for the GPU here, 12.0; built for 90"),
        ("90", "90 90+PTX", "12.0", ""),  # the driver compiles the PTX
        ("75", "75", "8.9", "no kernels for the GPU here, 8.9; built for 75"),
    ],
)
def test_what_a_build_lacks_is_named(wanted: str, found: str, devices: str, reason: str) -> None:
    here = parse_architectures(devices).sass if devices else ()
    assert lacking(parse_architectures(wanted), parse_architectures(found), here, "lock") == reason


def test_code_for_one_chip_is_demanded_too() -> None:
    assert demanded(parse_architectures("80,90a,100f")) == [(8, 0), (9, 0), (10, 0)]

"""GPUs chosen by index or UUID are the only ones that a runtime gives."""

import pytest

from sygaldry.gpu.gate import Gate, GpuVerdict, Mode
from sygaldry.gpu.gpus import Gpu
from sygaldry.gpu.passthrough import Grant
from sygaldry.gpu.selection import select, with_mig_devices
from sygaldry.model.errors import MachineNotReadyError

GPUS = tuple(GpuVerdict(Gpu(index, uuid=f"GPU-{index}{index}{index}"), index != 2, "too old") for index in range(3))
VERDICT = Gate(Mode.NATIVE, True, "driver 580", gpus=GPUS)


def chosen(request: str) -> list[int]:
    return [each.gpu.index for each in select(VERDICT, request).usable]


def test_a_list_leaves_the_others_out() -> None:
    assert chosen("1") == [1]
    assert chosen("GPU-000,1") == [0, 1]
    assert select(VERDICT, "0").partial
    for word in ("auto", "true", "require"):
        assert select(VERDICT, word) is VERDICT


@pytest.mark.parametrize(("request_", "reason"), [("7", "there is no GPU 7"), ("2", "GPU 2 cannot be used: too old")])
def test_a_gpu_that_is_absent_or_unusable_is_an_error(request_: str, reason: str) -> None:
    with pytest.raises(MachineNotReadyError, match=reason):
        select(VERDICT, request_)


def test_mig_devices_are_chosen_by_cuda() -> None:
    given = Grant("runtime", environment={"NVIDIA_VISIBLE_DEVICES": "all"})
    names = with_mig_devices(given, "MIG-a,MIG-b").environment
    assert names == {"NVIDIA_VISIBLE_DEVICES": "MIG-a,MIG-b", "CUDA_VISIBLE_DEVICES": "MIG-a,MIG-b"}
    assert with_mig_devices(given, "0") is given

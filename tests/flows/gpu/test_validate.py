"""The validation flow with scripted suites: limits, missing frameworks, and what may never be green."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.gpu.conftest import facts_of

from sygaldry.flows.gpu.validate import gpu_validate
from sygaldry.flows.gpu.validation_child import Request
from sygaldry.gpu.validation.challenge import NONCE, expected
from sygaldry.gpu.validation.outcome import Exit, Outcome, State
from sygaldry.gpu.validation.promise import Promise
from sygaldry.gpu.validation.required import required
from sygaldry.model.command import MISSING, TIMED_OUT, Command, Completed


def suite(command: Command) -> tuple[str, str]:
    """Tell which suite a command runs and on what."""
    place = command.argv.index("-m")
    return command.argv[place + 1].rpartition(".")[2].removesuffix("_suite"), command.argv[place + 2]


def passing(command: Command, variables: dict[str, str]) -> Completed:
    """Answer as a suite whose checks all pass."""
    name, device = suite(command)
    level = int(command.argv[command.argv.index("-m") + 3])
    return Completed(command, 0, reported(name, device, level, variables[NONCE]))


def reported(name: str, device: str, level: int, nonce: str, state: State = State.PASS) -> str:
    """Write what a suite prints."""
    least = 0 if device == "cpu" else 1
    outcomes = [Outcome(f"{name}.{each}", state, device=device, level=least) for each in required(name, device, level)]
    lines = [{**each.data(), "nonce": nonce} for each in outcomes]
    return "".join(json.dumps(line) + "\n" for line in (*lines, {"proof": {name: expected(nonce)}, "nonce": nonce}))


def validated(request: Request, machine: str, run: object = passing) -> tuple[int, dict[str, str]]:
    report = gpu_validate(request, run=run, facts=lambda: facts_of(machine))  # type: ignore[arg-type] # scripted
    checks = report.data["checks"]
    assert isinstance(checks, list)
    return report.exit_code, {f"{each['id']}/{each['device']}": each["state"] for each in checks}


@pytest.mark.parametrize("level", [0, 1, 2, 3])
@pytest.mark.parametrize("allow", [False, True])
def test_require_is_never_green_without_a_gpu(level: int, allow: bool) -> None:
    code, _ = validated(Request(level=level, gpu="require", allow_no_gpu=allow), "no-gpu")
    assert code == Exit.NO_GPU


def test_require_runs_on_the_gpu_even_at_level_0() -> None:
    code, states = validated(Request(level=0, gpu="require"), "h100-575")
    assert (states["torch.gpu/cuda:0"], code) == ("pass", Exit.PASSED)


def test_without_a_gpu_only_level_0_or_leave_given_is_green() -> None:
    assert validated(Request(level=0), "no-gpu")[0] == Exit.PASSED
    assert validated(Request(level=1), "no-gpu")[0] == Exit.NO_GPU
    code, states = validated(Request(level=1, allow_no_gpu=True), "no-gpu")
    assert code == Exit.PASSED
    assert states["torch.gpu/cuda"] == states["jax.gpu/cuda"] == "skip"


def test_a_gpu_that_computes_is_green_and_each_suite_ran_on_both() -> None:
    code, states = validated(Request(level=2, gpu="require"), "h100-575")
    assert code == Exit.PASSED
    assert {"torch.gpu/cuda:0", "jax.gpu/cuda:0", "exchange.dlpack/cuda:0", "torch.matmul-fp32/cpu"} <= states.keys()


def test_a_gpu_whose_suite_skips_everything_is_not_green() -> None:
    def skipping(command: Command, variables: dict[str, str]) -> Completed:
        name, device = suite(command)
        state = State.PASS if device == "cpu" else State.SKIP
        return Completed(command, 0, reported(name, device, 1, variables[NONCE], state))

    assert validated(Request(level=1), "h100-575", skipping)[0] == Exit.NOT_JUDGED


def test_a_gpu_that_the_gate_refuses_fails_though_the_cpu_is_fine() -> None:
    code, states = validated(Request(level=1), "a10g-515")
    assert states["driver.gpu/cuda"] == "fail"
    assert code == Exit.GPU_UNUSABLE


def test_at_level_0_a_gpu_that_the_gate_refuses_is_told_and_no_failure() -> None:
    code, states = validated(Request(level=0), "a10g-515")
    assert (states["driver.gpu/cuda"], code) == ("skip", Exit.PASSED)
    assert validated(Request(level=0, gpu="require"), "a10g-515")[0] == Exit.GPU_UNUSABLE


def test_what_was_finished_before_a_hang_is_kept_and_the_hang_is_told() -> None:
    def hanging(command: Command, variables: dict[str, str]) -> Completed:
        done = passing(command, variables)
        return Completed(command, TIMED_OUT, done.out, "no answer within 180 s")

    code, states = validated(Request(level=0), "no-gpu", hanging)
    assert code == Exit.NOT_JUDGED
    assert (states["torch.matmul-fp32/cpu"], states["torch.run/cpu"]) == ("pass", "error")


def test_a_missing_python_is_not_judged_and_says_how_to_choose_one() -> None:
    def missing(command: Command, _: dict[str, str]) -> Completed:
        return Completed(command, MISSING, err="not found")

    report = gpu_validate(Request(level=0, python="/no/python"), run=missing, facts=lambda: facts_of("no-gpu"))
    assert report.exit_code == Exit.NOT_JUDGED
    assert any(
        "/no/python is not there; choose the environment's Python: --python PATH" in line for line in report.lines
    )


def test_noise_among_the_answers_is_passed_over() -> None:
    def noisy(command: Command, variables: dict[str, str]) -> Completed:
        done = passing(command, variables)
        return Completed(command, 0, "{broken\n[1]\n{}\nWARNING: hello\n" + done.out + '{"environment": 3}\n')

    assert validated(Request(level=0), "no-gpu", noisy)[0] == Exit.PASSED


def test_each_device_has_its_variables_and_only_the_exchange_forgoes_preallocation() -> None:
    seen: dict[tuple[str, str], dict[str, str]] = {}

    def noting(command: Command, variables: dict[str, str]) -> Completed:
        seen[suite(command)] = variables
        return passing(command, variables)

    validated(Request(level=1), "h100-575", noting)
    assert seen["jax", "cuda:0"]["JAX_PLATFORMS"] == "cuda"
    assert seen["jax", "cpu"]["JAX_PLATFORMS"] == "cpu"
    assert seen["torch", "cpu"]["CUDA_VISIBLE_DEVICES"] == ""
    assert [key for key, each in seen.items() if "XLA_PYTHON_CLIENT_PREALLOCATE" in each] == [
        ("exchange", "cpu"),
        ("exchange", "cuda:0"),
        ("exchange", "cuda:1"),
    ]


def test_junit_is_written_beside_the_report(tmp_path: Path) -> None:
    target = tmp_path / "out.xml"
    gpu_validate(Request(level=0, junit=str(target)), run=passing, facts=lambda: facts_of("no-gpu"))
    assert target.read_text().startswith("<?xml")


def test_every_gpu_is_validated_by_itself() -> None:
    seen: dict[tuple[str, str], str] = {}

    def noting(command: Command, variables: dict[str, str]) -> Completed:
        seen[suite(command)] = variables.get("CUDA_VISIBLE_DEVICES", "")
        return passing(command, variables)

    code, _ = validated(Request(level=3), "8xa100", noting)
    assert code == Exit.PASSED
    assert {seen["torch", f"cuda:{index}"] for index in range(8)} == {
        f"GPU-0000000{index + 1}-0000-0000-0000-000000000000" for index in range(8)
    }
    assert {("torch", "cuda:all"), ("jax", "cuda:all")} <= seen.keys()


def test_one_gpu_that_computes_wrongly_fails_the_run() -> None:
    def one_is_wrong(command: Command, variables: dict[str, str]) -> Completed:
        done = passing(command, variables)
        if suite(command) != ("torch", "cuda:1"):
            return done
        return Completed(
            command, 0, done.out.replace('"torch.matmul-fp32", "state": "pass"', '"torch.matmul-fp32", "state": "fail"')
        )

    assert validated(Request(level=1), "h100-575", one_is_wrong)[0] == Exit.WRONG


@pytest.mark.parametrize("forged", ["no nonce", "old nonce", "no proof", "wrong proof", "one check"])
def test_a_script_that_prints_passes_is_not_believed(forged: str) -> None:
    def script(command: Command, variables: dict[str, str]) -> Completed:
        name, device = suite(command)
        nonce = {"no nonce": "", "old nonce": "0123456789abcdef"}.get(forged, variables[NONCE])
        out = reported(name, device, 1, nonce)
        if forged == "no proof":
            out = "".join(line + "\n" for line in out.splitlines() if '"proof"' not in line)
        if forged == "wrong proof":
            out = out.replace(str(expected(nonce)), "12345")
        if forged == "one check":
            out = out.splitlines()[0] + "\n"
        return Completed(command, 0, out)

    assert validated(Request(level=1), "h100-575", script)[0] in (Exit.NOT_JUDGED, Exit.WRONG)


def test_the_promise_decides_whether_a_cpu_build_may_pass() -> None:
    with_cuda, without = Request(promise=Promise("12.9")), Request()
    assert (with_cuda.expected_cuda, without.expected_cuda) == ("12.9", "")
    assert replace(with_cuda, expect="cpu").expected_cuda == ""
    assert replace(without, expect="cuda").expected_cuda == "12.9"


def test_the_report_names_what_declared_the_architectures() -> None:
    request = Request(level=0, promise=Promise("13.0", "75,90", "75,90", "pkg/x/spack.lock"))
    report = gpu_validate(request, run=passing, facts=lambda: facts_of("no-gpu"))
    assert report.lines[1] == "expected: CUDA 13.0, machine code for 75,90; from pkg/x/spack.lock"
    own = replace(request, promise=Promise("13.0", source="/v"))
    report = gpu_validate(own, run=passing, facts=lambda: facts_of("no-gpu"))
    assert report.lines[1] == "expected: CUDA 13.0, the machine code that the builds themselves claim; from /v"


def test_the_suite_of_torch_hears_what_is_declared_and_which_gpus_are_here() -> None:
    seen: dict[tuple[str, str], tuple[str, ...]] = {}

    def noting(command: Command, variables: dict[str, str]) -> Completed:
        seen[suite(command)] = command.argv[command.argv.index("-m") + 4 :]
        return passing(command, variables)

    validated(Request(level=0, promise=Promise("12.9", "80,90", "90", "lock")), "h100-575", noting)
    assert seen["torch", "cpu"] == ("12.9", "80,90", "lock", "9.0")
    assert (seen["jax", "cpu"], seen["xla", "cpu"]) == (("12.9",), ("90",))

"""PyTorch at run time: devices, shapes, data loaders, distributed, checkpoints, Hugging Face."""

from typing import Final

from sygaldry.diagnosis import Family, Kind, Rule

FAMILY: Final = Family(
    "PyTorch",
    (
        Rule(
            "torch not compiled with cuda",
            r"Torch not compiled with CUDA enabled",
            92,
            "this PyTorch has no CUDA",
            "install a CUDA build of torch",
        ),
        Rule(
            "expected all tensors to be on the same device",
            r"(?P<what>Expected all tensors to be on the same device.{0,200})",
            88,
            "tensors are on different devices",
            ".to(device) before use",
        ),
        Rule(
            "mat1 and mat2",
            r"(?P<what>mat1 and mat2 shapes cannot be multiplied.{0,100}|mat1 and mat2 must have the same dtype.{0,80})",
            88,
            "shapes or types do not fit: {what}",
        ),
        Rule("size mismatch", r"(?P<what>size mismatch for .{1,250})", 86, "the checkpoint does not fit the model"),
        Rule("the size of tensor", r"(?P<what>The size of tensor a .{1,200})", 88, "shapes do not fit: {what}"),
        Rule(
            "error(s) in loading state_dict",
            r"Error\(s\) in loading state_dict for (?P<what>\S+):",
            84,
            "the checkpoint does not fit {what}",
            after=2,
        ),
        Rule("dataloader worker", r"DataLoader worker \(pid.{0,60}\) is killed by signal: Terminated", 37),
        Rule(
            "dataloader worker",
            r"(?P<what>DataLoader worker \(pid.{0,60}\) is killed by signal.{0,160})",
            87,
            "a data loader's worker was killed",
            "more /dev/shm (--shm-size), fewer workers",
            Kind.RESOURCES,
        ),
        # It printed its own error, if it had the time.
        Rule(
            "dataloader worker", r"(?P<what>DataLoader worker \(pid.{0,60}\) exited unexpectedly.{0,160})", 58, "{what}"
        ),
        Rule(
            "bus error",
            r"(?P<what>Unexpected bus error encountered in worker.{0,120})",
            90,
            "shared memory is used up (/dev/shm)",
            "more /dev/shm (--shm-size), fewer workers",
            Kind.RESOURCES,
        ),
        Rule(
            "loss is nan",
            r"(?P<what>\b[Ll]oss (?:is|became|=) ?(?:nan|NaN|inf).{0,100})",
            84,
            "the loss is not a number",
            "lower the rate; look for a bad batch",
        ),
        # What training loops print at each step: `loss: nan`, `loss=nan`, `'loss': nan` of Hugging Face's trainer.
        Rule(
            "nan",
            r"(?P<what>\b(?:(?:train|training|total)[_ ])?[Ll]oss['\"]? ?[:=]? ?['\"]?(?:nan|NaN)\b.{0,100})",
            62,
            "the loss is not a number",
            "lower the rate; look for a bad batch",
        ),
        Rule(
            "returned nan values",
            r"(?P<what>Function '\S+' returned nan values.{0,80})",
            86,
            "a gradient is not a number",
        ),
        Rule(
            "numpy is not available",
            r"RuntimeError: Numpy is not available",
            88,
            "this PyTorch was built for another NumPy than the one that is installed",
            "numpy<2, or a newer torch",
        ),
        # Triton compiles kernels with LLVM, which ends the process or prints the module before its own message.
        Rule("llvm error: ", r"LLVM ERROR: (?P<what>.{3,200})", 88, "the compiler of a kernel stops: {what}"),
        Rule("mlir pass pipeline", r"error: Failures have been detected while processing an MLIR pass pipeline", 38),
        Rule("passmanager::run", r"RuntimeError: PassManager::run failed", 58, "a kernel cannot be compiled"),
        # What the other ranks print when one is gone.
        Rule(
            "/transport/tcp/pair.cc",
            r"pair\.cc:\d{1,5}\] (?:Connection closed by peer|Connection reset by peer|(?:Read|Write) error) ?\[",
            38,
        ),
        Rule("childfailederror", r"ChildFailedError", 36),
        Rule("exitcode  ", r"(?:exitcode|traceback) +: .{1,200}", 30),
        Rule(
            "failed (exitcode: -9",
            r"failed \(exitcode: -9\) local_rank: (?P<where>\d{1,6})",
            78,
            "rank {where} was killed by SIGKILL, most often out of memory",
            "dmesg shows the OOM killer; smaller batches, fewer workers, or more memory",
            Kind.RESOURCES,
        ),
        Rule(
            "failed (exitcode: -11",
            r"failed \(exitcode: -11\) local_rank: (?P<where>\d{1,6})",
            74,
            "rank {where} crashed with a segmentation fault (SIGSEGV)",
        ),
        Rule(
            "failed (exitcode: -6",
            r"failed \(exitcode: -6\) local_rank: (?P<where>\d{1,6})",
            60,
            "rank {where} aborted itself (SIGABRT)",
        ),
        Rule(
            "failed (exitcode: -7",
            r"failed \(exitcode: -7\) local_rank: (?P<where>\d{1,6})",
            78,
            "rank {where} was killed by a bus error (SIGBUS): shared memory may be used up (/dev/shm)",
            "more /dev/shm (--shm-size), fewer workers",
            Kind.RESOURCES,
        ),
        Rule("failed (exitcode", r"failed \(exitcode: (?!-(?:9|11|6|7)\))(?P<what>-?\d+)\) local_rank", 38),
        *(  # DeepSpeed's launcher
            Rule(
                f"exits with return code = {code}",
                rf"(?:--local_rank=(?P<where>\d{{1,6}})\b.{{0,300}})?exits with return code = {code}\b",
                weight,
                says,
                "dmesg shows the OOM killer; smaller batches, fewer workers, or more memory" if code == -9 else "",
                Kind.RESOURCES if code == -9 else Kind.DETERMINISTIC,
            )
            for code, weight, says in (
                (-9, 78, "rank {where} was killed by SIGKILL, most often out of memory"),
                (-11, 74, "rank {where} crashed with a segmentation fault (SIGSEGV)"),
                (-6, 60, "rank {where} aborted itself (SIGABRT)"),
            )
        ),
        Rule("exits with return code", r"exits with return code = [1-9]\d{0,2}\b", 36),
        Rule(
            "rendezvous",
            r"(?P<what>(?:RendezvousTimeoutError|RendezvousConnectionError|DistStoreError|DistNetworkError).{0,200})",
            84,
            "the ranks did not find one another",
            "MASTER_ADDR and MASTER_PORT, firewall, number of ranks",
            Kind.TRANSIENT,
        ),
        Rule(
            "the server socket has failed to listen",
            r"The server socket has failed to listen on any local network address.{0,160}",
            86,
            "the rendezvous port is taken",
            "another MASTER_PORT",
        ),
        Rule(
            "gatedrepoerror",
            r"(?:GatedRepoError|Access to model .{1,120} is restricted|You are trying to access a gated repo).{0,160}",
            88,
            "the model requires a licence and a login",
            "accept it on its page, and set HF_TOKEN",
        ),
        Rule(
            "repositorynotfounderror",
            r"RepositoryNotFoundError.{0,200}",
            86,
            "the repository does not exist on the hub, or it requires a login",
            "check the name and HF_TOKEN",
        ),
        Rule(
            "we couldn't connect to",
            r"(?P<what>We couldn't connect to '\S{1,120}' to load.{0,160})",
            85,
            "the hub cannot be reached",
            "HF_HUB_OFFLINE=1 with a filled cache",
            Kind.TRANSIENT,
        ),
        Rule(
            "weights_only",
            r"(?P<what>Weights only load failed.{0,200})",
            86,
            "torch.load refuses a pickled object",
            "allow its class (add_safe_globals)",
        ),
        Rule(
            "element 0 of tensors does not require grad",
            r"element 0 of tensors does not require grad.{0,60}",
            87,
            "there is nothing to differentiate",
        ),
    ),
)

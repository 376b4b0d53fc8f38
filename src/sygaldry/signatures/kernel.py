"""Messages of the kernel's driver, as `dmesg` prints them: over one line or several.

https://github.com/NVIDIA/open-gpu-kernel-modules : kernel-open/nvidia/nv.c, nv-pci.c, osapi.c
"""

from typing import Final

from sygaldry.signatures import Signature

# The driver breaks its sentences into lines, each with its own time and prefix.
_BREAK: Final = r"\s+(?:(?:\[[^\]]*\]|\S+ kernel:)?\s*NVRM:\s+)?"

SIGNATURES: Final = (
    Signature(
        "not supported by",
        rf"is{_BREAK}not{_BREAK}supported{_BREAK}by{_BREAK}the{_BREAK}NVIDIA{_BREAK}[\w.]+{_BREAK}driver{_BREAK}release",
        "the driver branch does not know this GPU",
        ("drv.unsupported-gpu",),
    ),
    Signature(
        "legacy",
        rf"supported{_BREAK}through{_BREAK}the{_BREAK}NVIDIA{_BREAK}[\w.]+{_BREAK}Legacy{_BREAK}drivers",
        "the GPU needs an older driver branch",
        ("drv.unsupported-gpu",),
    ),
    Signature(
        "open kernel modules",
        rf"requires{_BREAK}use{_BREAK}of{_BREAK}the{_BREAK}NVIDIA{_BREAK}open{_BREAK}kernel{_BREAK}modules",
        "this GPU needs the open kernel modules",
        ("drv.flavour-open-needed",),
    ),
    Signature(
        "open",
        rf"not{_BREAK}supported{_BREAK}by{_BREAK}open{_BREAK}nvidia\.ko|required{_BREAK}GPU{_BREAK}System{_BREAK}Processor",
        "this GPU needs the proprietary kernel modules",
        ("drv.flavour-prop-needed",),
    ),
    Signature(
        "nvidia device is invalid",
        r"PCI I/O region assigned to your NVIDIA device is invalid",
        "the firmware gave the GPU no address space",
        ("drv.rminit",),
    ),
    Signature("bar1 is 0m", r"BAR\d is 0M @ 0x0", "the firmware gave the GPU no address space", ("drv.rminit",)),
    Signature("rminitadapter", r"RmInitAdapter failed", "the driver could not start the GPU", ("drv.rminit",)),
    Signature("rm_init_adapter", r"rm_init_adapter failed", "the driver could not start the GPU", ("drv.rminit",)),
    Signature(
        "probe of",
        r"nvidia: probe of [0-9a-f:.]+ failed with error",
        "the driver did not take the GPU",
        ("drv.rminit", "drv.unsupported-gpu", "drv.flavour-open-needed"),
        "the driver's lines before this one in the kernel log",
    ),
    Signature(
        "wpr2 already up",
        r"unexpected WPR2 already up",
        "the firmware of before still runs on the GPU",
        ("gpu.gsp-stuck",),
    ),
    Signature(
        "gsp firmware",
        r"Cannot initialize GSP firmware RM",
        "the GPU's firmware could not be loaded",
        ("drv.gsp-fw",),
    ),
    Signature(
        "api mismatch",
        r"NVRM: API mismatch",
        "the driver's libraries and the loaded module are of two versions",
        ("drv.mismatch",),
    ),
    Signature(
        "probe routine was not called",
        r"The NVIDIA probe routine was not called",
        "another driver holds the GPU",
        ("drv.nouveau", "drv.vfio"),
        "the driver link of the PCI device",
    ),
    Signature(
        "another driver was loaded",
        rf"another{_BREAK}driver{_BREAK}was{_BREAK}loaded{_BREAK}and{_BREAK}obtained{_BREAK}ownership",
        "another driver holds the GPU",
        ("drv.nouveau", "drv.vfio"),
        "the driver link of the PCI device",
    ),
    Signature(
        "key was rejected", r"Key was rejected by service", "Secure Boot refuses the module", ("drv.secureboot",)
    ),
    Signature(
        "required key not available",
        r"Required key not available",
        "Secure Boot refuses the module",
        ("drv.secureboot",),
    ),
    Signature(
        "module nvidia",
        r"modprobe: (?:FATAL|ERROR): (?:Module nvidia\S* not found|could not insert 'nvidia)",
        "the kernel module is missing or does not load",
        ("drv.dkms", "drv.absent", "drv.secureboot"),
        "the installed modules, dkms status, Secure Boot",
    ),
    Signature(
        "bad return status for module build",
        r"Bad return status for module build on kernel",
        "the kernel module was not built",
        ("drv.dkms",),
    ),
    Signature("version magic", r"nvidia\S*: version magic", "the module is built for another kernel", ("drv.dkms",)),
    Signature("unknown symbol", r"nvidia\w*: Unknown symbol", "the module is built for another kernel", ("drv.dkms",)),
    Signature(
        "fallen off the bus", r"has fallen off the bus", "a GPU no longer answers on PCI Express", ("gpu.xid79",)
    ),
    Signature("sxid", r"SXid \(PCI:", "an NVSwitch reports an error", ("fm.sxid",)),
    Signature("xid", r"NVRM: Xid \(", "the driver reports a GPU error (Xid)", ("gpu.xid",)),
)

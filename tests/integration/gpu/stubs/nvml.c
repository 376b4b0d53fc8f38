/* libnvidia-ml.so.1 without hardware: the functions that nvidia-ml-py calls for us, answers from a scenario file.
 * Prototypes by the public reference, https://docs.nvidia.com/deploy/nvml-api/ */
#include "scenario.h"

typedef int ret;
typedef void *device;
enum { SUCCESS = 0, NOT_SUPPORTED = 3, NOT_FOUND = 6 };

struct memory { unsigned long long total, free, used; };
struct pci { char legacy[16]; unsigned domain, bus, dev, pci_id, subsystem; char id[32]; };
struct process { unsigned pid; unsigned long long used; unsigned instance, compute; };
struct fabric { unsigned char cluster[16]; ret status; unsigned clique; unsigned char state; };
struct value { unsigned field, scope; long long time, latency; unsigned type; ret result; union { double d; unsigned u; unsigned long long l; } v; };

static long index_of(device d) { return (long)d - 1; }
static device handle_of(long index) { return (device)(index + 1); }

ret nvmlInitWithFlags(unsigned flags) { (void)flags; maybe_hang("nvmlInit"); return (ret)number_of(-1, "init", 0); }
ret nvmlInit_v2(void) { return nvmlInitWithFlags(0); }
ret nvmlInit(void) { return nvmlInitWithFlags(0); }
ret nvmlShutdown(void) { return SUCCESS; }
const char *nvmlErrorString(ret code) { (void)code; return "stub"; }

ret nvmlSystemGetDriverVersion(char *text, unsigned size)
{
    snprintf(text, size, "%s", text_of(-1, "driver", "575.57.08"));
    return SUCCESS;
}

ret nvmlSystemGetCudaDriverVersion_v2(int *version)
{
    *version = (int)number_of(-1, "cuda", 12090);
    return (ret)number_of(-1, "cuda_code", 0);
}

ret nvmlDeviceGetCount_v2(unsigned *count) { *count = (unsigned)number_of(-1, "count", 1); return SUCCESS; }

ret nvmlDeviceGetHandleByIndex_v2(unsigned index, device *d)
{
    *d = handle_of(index);
    return (ret)number_of(index, "lost", 0);
}

ret nvmlDeviceGetName(device d, char *text, unsigned size)
{
    snprintf(text, size, "%s", text_of(index_of(d), "name", "NVIDIA H100 80GB HBM3"));
    return SUCCESS;
}

ret nvmlDeviceGetUUID(device d, char *text, unsigned size)
{
    snprintf(text, size, "GPU-%08lx-0000-0000-0000-000000000000", index_of(d) + 1);
    return SUCCESS;
}

ret nvmlDeviceGetBrand(device d, unsigned *brand) { *brand = (unsigned)number_of(index_of(d), "brand", 14); return SUCCESS; }

ret nvmlDeviceGetCudaComputeCapability(device d, int *major, int *minor)
{
    long both = number_of(index_of(d), "capability", 90);
    *major = (int)(both / 10);
    *minor = (int)(both % 10);
    return SUCCESS;
}

ret nvmlDeviceGetMigMode(device d, unsigned *now, unsigned *then)
{
    long mig = number_of(index_of(d), "mig", -1);
    *now = (unsigned)mig;
    *then = (unsigned)number_of(index_of(d), "mig_pending", mig);
    return mig < 0 ? NOT_SUPPORTED : SUCCESS;
}

ret nvmlDeviceGetMaxMigDeviceCount(device d, unsigned *count) { (void)d; *count = 7; return SUCCESS; }

ret nvmlDeviceGetMigDeviceHandleByIndex(device d, unsigned index, device *mig)
{
    *mig = d;
    return index < (unsigned)number_of(index_of(d), "mig_devices", 0) ? SUCCESS : NOT_FOUND;
}

ret nvmlDeviceGetEccMode(device d, unsigned *now, unsigned *then)
{
    *now = (unsigned)number_of(index_of(d), "ecc", 1);
    *then = (unsigned)number_of(index_of(d), "ecc_pending", 1);
    return SUCCESS;
}

ret nvmlDeviceGetRemappedRows(device d, unsigned *correctable, unsigned *uncorrectable, unsigned *pending, unsigned *failed)
{
    *correctable = *uncorrectable = 0;
    *pending = (unsigned)number_of(index_of(d), "remap_pending", 0);
    *failed = (unsigned)number_of(index_of(d), "remap_failed", 0);
    return SUCCESS;
}

ret nvmlDeviceGetPersistenceMode(device d, unsigned *mode) { *mode = (unsigned)number_of(index_of(d), "persistence", 1); return SUCCESS; }
ret nvmlDeviceGetComputeMode(device d, unsigned *mode) { *mode = (unsigned)number_of(index_of(d), "compute_mode", 0); return SUCCESS; }

ret nvmlDeviceGetFieldValues(device d, int count, struct value *values)
{
    for (int i = 0; i < count; i++) {
        values[i].type = 1;
        values[i].result = values[i].field == 230 ? SUCCESS : NOT_SUPPORTED;
        values[i].v.u = (unsigned)number_of(index_of(d), "recovery", 0);
    }
    return SUCCESS;
}

ret nvmlDeviceGetMemoryInfo(device d, struct memory *memory)
{
    memory->total = 81559ull << 20;
    memory->used = (unsigned long long)number_of(index_of(d), "used_mib", 500) << 20;
    memory->free = memory->total - memory->used;
    return SUCCESS;
}

ret nvmlDeviceGetUtilizationRates(device d, unsigned rates[2])
{
    rates[0] = (unsigned)number_of(index_of(d), "busy", 0);
    rates[1] = 0;
    return SUCCESS;
}

ret nvmlDeviceGetPciInfo_v3(device d, struct pci *pci)
{
    memset(pci, 0, sizeof *pci);
    pci->bus = (unsigned)index_of(d) + 1;
    snprintf(pci->id, sizeof pci->id, "00000000:%02X:00.0", pci->bus);
    return SUCCESS;
}

ret nvmlDeviceGetGpuFabricInfo(device d, struct fabric *fabric)
{
    memset(fabric, 0, sizeof *fabric);
    fabric->state = (unsigned char)number_of(index_of(d), "fabric", 0);
    return SUCCESS;
}

ret nvmlDeviceGetComputeRunningProcesses_v3(device d, unsigned *count, struct process *processes)
{
    long pid = number_of(index_of(d), "pid", 0);
    unsigned room = *count;
    *count = pid ? 1 : 0;
    if (!pid)
        return SUCCESS;
    if (room < 1 || !processes)
        return 7; /* insufficient size: asked again with room */
    processes[0] = (struct process){(unsigned)pid, 1ull << 30, ~0u, ~0u};
    return SUCCESS;
}

/* What a job's GPU monitor asks; the scenario may change while it runs. */
ret nvmlDeviceGetMinorNumber(device d, unsigned *minor) { *minor = (unsigned)index_of(d); return (ret)number_of(index_of(d), "gone", 0); }
ret nvmlDeviceGetTotalEccErrors(device d, unsigned type, unsigned counter, unsigned long long *count)
{
    (void)type, (void)counter;
    maybe_hang("nvmlDeviceGetTotalEccErrors");
    *count = (unsigned long long)number_of(index_of(d), "ecc_errors", 0);
    return SUCCESS;
}
ret nvmlDeviceGetCurrentClocksThrottleReasons(device d, unsigned long long *reasons) { *reasons = (unsigned long long)number_of(index_of(d), "throttle", 0); return SUCCESS; }
ret nvmlDeviceGetCurrentClocksEventReasons(device d, unsigned long long *reasons) { return nvmlDeviceGetCurrentClocksThrottleReasons(d, reasons); }

struct event { device d; unsigned long long type, data; unsigned instance, compute; };
ret nvmlEventSetCreate(device *set) { *set = handle_of(0); return SUCCESS; }
ret nvmlDeviceRegisterEvents(device d, unsigned long long types, device set) { (void)d, (void)types, (void)set; return SUCCESS; }
ret nvmlEventSetWait_v2(device set, struct event *event, unsigned ms)
{
    static long reported;
    long xid = number_of(-1, "xid", 0);
    (void)set;
    if (xid && xid != reported) {
        reported = xid;
        *event = (struct event){handle_of(0), 8, (unsigned long long)xid, 0, 0};
        return SUCCESS;
    }
    usleep(ms * 1000);
    return 10; /* timeout */
}

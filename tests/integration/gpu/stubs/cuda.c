/* libcuda.so.1 without hardware: how far starting CUDA gets is told by a scenario file. */
#include "scenario.h"

int cuInit(unsigned flags) { (void)flags; maybe_hang("cuInit"); return (int)number_of(-1, "cu_init", 0); }
int cuDriverGetVersion(int *version) { *version = (int)number_of(-1, "cuda", 12090); return 0; }
int cuDeviceGetCount(int *count) { *count = (int)number_of(-1, "count", 1); return 0; }

/* Names as in cuda.h, for frameworks that ask for them. */
int cuGetErrorName(int code, const char **name)
{
    static const struct { int code; const char *name; } names[] = {
        {34, "CUDA_ERROR_STUB_LIBRARY"}, {46, "CUDA_ERROR_DEVICE_UNAVAILABLE"}, {100, "CUDA_ERROR_NO_DEVICE"},
        {214, "CUDA_ERROR_ECC_UNCORRECTABLE"}, {304, "CUDA_ERROR_OPERATING_SYSTEM"}, {802, "CUDA_ERROR_SYSTEM_NOT_READY"},
        {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"}, {804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE"},
        {999, "CUDA_ERROR_UNKNOWN"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].code == code) {
            *name = names[i].name;
            return 0;
        }
    *name = NULL;
    return 1;
}

int cuGetErrorString(int code, const char **text) { return cuGetErrorName(code, text); }

/* libcuda.so.1 without hardware: how far starting CUDA gets is told by a scenario file. */
#include "scenario.h"

int cuInit(unsigned flags) { (void)flags; maybe_hang("cuInit"); return (int)number_of(-1, "cu_init", 0); }
int cuDriverGetVersion(int *version) { *version = (int)number_of(-1, "cuda", 12090); return 0; }
int cuDeviceGetCount(int *count) { *count = (int)number_of(-1, "count", 1); return 0; }

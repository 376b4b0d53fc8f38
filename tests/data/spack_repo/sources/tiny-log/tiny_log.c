#include "tiny_log.h"
/* Long enough to be found and relocated in the binary. */
const char *tiny_prefix(void) { return PREFIX "/share/tiny-log/words"; }

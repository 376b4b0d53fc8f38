#include "tiny_math.h"
#include <tiny_log.h>
int tiny_twice(int number) { return 2 * number; }
const char *tiny_words(void) { return tiny_prefix(); }

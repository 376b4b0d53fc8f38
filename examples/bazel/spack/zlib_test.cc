#include <zlib.h>

#include <cstdio>
#include <cstring>

int main() {
  if (std::strcmp(zlibVersion(), ZLIB_VERSION) != 0) {
    std::fprintf(stderr, "headers of zlib %s, library of zlib %s\n", ZLIB_VERSION, zlibVersion());
    return 1;
  }
  return 0;
}

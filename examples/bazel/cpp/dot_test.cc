#include "examples/bazel/cpp/dot.h"

#include <cstdio>

int main() {
  const double product = dot({1, 2, 3}, {4, 5, 6});
  if (product != 32) {
    std::fprintf(stderr, "dot({1, 2, 3}, {4, 5, 6}) is %g, expected 32\n", product);
    return 1;
  }
  return 0;
}

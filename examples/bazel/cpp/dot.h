#pragma once

#include <vector>

// Returns the dot product; both vectors have the same length.
double dot(const std::vector<double>& a, const std::vector<double>& b);

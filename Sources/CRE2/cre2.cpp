// SPDX-License-Identifier: Apache-2.0

#include "CRE2.h"

#include <re2/re2.h>

struct cre2_expression {
    RE2 compiled;
};

namespace {

/// Bytes an expression may take, compiled program and match cache together. Past it a pattern is refused, and a
/// match falls back from the cache to a slower, still linear, simulation.
constexpr int64_t memory_limit = 8 << 20;

RE2::Options options() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(memory_limit);
    options.set_never_capture(true);
    return options;
}

/// RE2 takes a null pointer badly in places, even with no bytes behind it.
re2::StringPiece piece(const char *bytes, size_t length) {
    return re2::StringPiece(bytes == nullptr ? "" : bytes, length);
}

}  // namespace

// An exception must not unwind into Swift.

cre2_expression *cre2_compile(const char *pattern, size_t length) {
    try {
        return new cre2_expression{RE2(piece(pattern, length), options())};
    } catch (...) {
        return nullptr;
    }
}

const char *cre2_error(const cre2_expression *expression) {
    return expression->compiled.ok() ? nullptr : expression->compiled.error().c_str();
}

bool cre2_matches(const cre2_expression *expression, const char *text, size_t length) {
    try {
        return expression->compiled.Match(piece(text, length), 0, length, RE2::UNANCHORED, nullptr, 0);
    } catch (...) {
        return false;
    }
}

void cre2_free(cre2_expression *expression) {
    delete expression;
}

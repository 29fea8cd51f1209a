// SPDX-License-Identifier: Apache-2.0

/// A C face of RE2 (Debian: libre2-dev), the library whose syntax and linear-time promise Go's `regexp` shares.
///
/// Only what a match needs: no captures, no replacement. Nothing here throws, logs or exits.

#ifndef CRE2_H
#define CRE2_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled regular expression. Immutable: any number of threads may match with it at once.
typedef struct cre2_expression cre2_expression;

/// Compiles `length` bytes of UTF-8 in RE2 syntax; `pattern` need not end with a NUL and is not kept.
///
/// Returns NULL only when there is no memory. The result may carry an error: ask `cre2_error` before the first
/// match. It belongs to the caller, who gives it back with `cre2_free`.
cre2_expression *_Nullable cre2_compile(const char *_Nullable pattern, size_t length);

/// Says what is wrong with the pattern, in RE2's words, or NULL when it compiled. Valid until `cre2_free`.
const char *_Nullable cre2_error(const cre2_expression *_Nonnull expression);

/// Whether the expression matches anywhere in `length` bytes of UTF-8. Time is linear in `length`.
bool cre2_matches(const cre2_expression *_Nonnull expression, const char *_Nullable text, size_t length);

/// Frees the expression and the text of its error.
void cre2_free(cre2_expression *_Nonnull expression);

#ifdef __cplusplus
}
#endif

#endif

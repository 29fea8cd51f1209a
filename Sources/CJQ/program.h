// SPDX-License-Identifier: Apache-2.0

#ifndef CJQ_PROGRAM_H
#define CJQ_PROGRAM_H

#include "CJQ.h"

#include <jq.h>

/// Whether an expression closes all brackets and quotation marks that it opens, and no others.
///
/// One that does not might compile all the same in the company of others.
int program_is_closed(const char *expression);

/// One program for all expressions, because jq 1.6 compiles its own library with each: 30 ms.
///
/// NULL where one of them does not compile, with what is wrong as a text in `problem`, which is null otherwise.
jq_state *program_of_all(char *const *expressions, size_t count, jv *problem);

/// What is wrong with an expression, as a text, or null.
jv program_problem(const char *expression);

/// Runs one of the expressions over a document; the result is the text of an answer.
jv program_run(jq_state *program, uint32_t index, jv document, cjq_status *status);

#endif

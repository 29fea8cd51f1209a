// SPDX-License-Identifier: Apache-2.0

/// A C face of libjq (Debian: libjq-dev, 1.6), behind the border of a process.
///
/// Whoever writes an expression must not be able to harm the process that serves: libjq ends it when memory runs out, a
/// deep value overflows its stack, a program may go on for ever, and `$ENV`, `import` and `modulemeta` read what is secret.
/// So libjq runs in an *evaluator*: a child without environment, without files to open, and with bounds on memory and on
/// processor time. It is this same program started again, which becomes an evaluator before its `main` where it is called
/// `cjq_name`: there is nothing else to install, and it always has the version of those who talk to it.
///
/// What goes through its socket, in numbers of 32 bits (the machine's byte order):
///
/// 1. to it, once: the size of what follows; then for each expression its size and its text.
/// 2. from it, once for each expression: a `cjq_status` (`cjq_value` for one that compiles), the size of a text, the text.
/// 3. to it, as often as needed: the size of what follows; then a count, as many indexes of expressions, and a document.
/// 4. from it, for each index as soon as it is known: a `cjq_status`, the size of a text, the text.
///
/// It ends when the socket is closed. A signal ends it in the middle of an expression that exceeds a bound.

#ifndef CJQ_H
#define CJQ_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// What has become of an expression.
typedef enum : uint32_t {
    /// The text is its first output, as JSON.
    cjq_value = 0,
    /// It has no output, as `empty`.
    cjq_nothing = 1,
    /// The text is what jq says is wrong.
    cjq_failed = 2,
} cjq_status;

/// The name under which this program is an evaluator: its `argv[0]`.
#define cjq_name "webhook-fcgi-jq"

/// Bytes that an evaluator may have beyond those it begins with.
static const size_t cjq_memory_limit = 128 << 20;

/// Processor time that an expression may take for a document, in milliseconds. Another clock would count what others do.
static const int cjq_time_limit = 500;

/// Processor time of all expressions together that one message asks for, in milliseconds: those that are left when it is
/// used up have failed.
static const int cjq_document_limit = 2000;

/// The same for all expressions together to be compiled.
static const int cjq_compile_limit = 10000;

/// Bytes of an output: no more than a catalogue takes for everything.
static const size_t cjq_value_limit = 1 << 20;

/// Bytes of all outputs together that one message asks for: those for which there is no room have failed.
static const size_t cjq_document_value_limit = 4 << 20;

/// How deep an output may be nested. (jq itself would print no JSON past 256.)
static const int cjq_depth_limit = 64;

/// Starts an evaluator; returns the socket that leads to it, or -1, with errno.
///
/// `process` is the caller's to wait for.
int cjq_start(pid_t *_Nonnull process);

#endif

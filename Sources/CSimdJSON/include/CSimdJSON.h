// SPDX-License-Identifier: Apache-2.0

/// A C face of simdjson's document interface (Debian: libsimdjson-dev).
///
/// Only what reading a webhook's body needs: members of objects, elements of arrays, texts. Nothing here throws,
/// logs or exits.

#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A document that was checked from its first byte to its last. Immutable.
typedef struct csimdjson_document csimdjson_document;

/// A value in a document, valid as long as that. Holds what simdjson calls an element.
typedef struct {
    uint64_t storage[2];
} csimdjson_value;

/// Where the walk through an array is, and where it ends.
typedef struct {
    csimdjson_value next;
    csimdjson_value end;
} csimdjson_elements;

typedef enum : int32_t {
    csimdjson_null,
    csimdjson_text,
    csimdjson_object,
    csimdjson_array,
    /// A number or a truth value, which nobody reads.
    csimdjson_other,
} csimdjson_kind;

/// Reads `length` bytes, which need no padding and are not kept.
///
/// Returns NULL for what is not one JSON value in UTF-8 (RFC 8259), for one that is more than 1,024 levels deep, and
/// when there is no memory. A number may be of any size. The result belongs to the caller, who gives it back with
/// `csimdjson_free`.
csimdjson_document *_Nullable csimdjson_parse(const uint8_t *_Nullable bytes, size_t length);

/// Frees the document; no value of it may be used any more.
void csimdjson_free(csimdjson_document *_Nonnull document);

/// The value that is the whole document.
csimdjson_value csimdjson_root(const csimdjson_document *_Nonnull document);

/// What `value` is.
csimdjson_kind csimdjson_kind_of(csimdjson_value value);

/// Finds the member of the object `value` with this key, the first where there are several.
///
/// False where there is none, or `value` is no object.
bool csimdjson_member(csimdjson_value value, const uint8_t *_Nonnull key, size_t length,
                      csimdjson_value *_Nonnull member);

/// The bytes of the text `value`, without escapes, in UTF-8; they belong to the document. `value` must be a text.
const char *_Nonnull csimdjson_bytes(csimdjson_value value, size_t *_Nonnull length);

/// Begins at the first element of `value`, which must be an array.
csimdjson_elements csimdjson_begin(csimdjson_value value);

/// Takes the next element; false at the end.
bool csimdjson_next(csimdjson_elements *_Nonnull elements, csimdjson_value *_Nonnull element);

#ifdef __cplusplus
}
#endif

#endif

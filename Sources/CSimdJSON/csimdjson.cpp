// SPDX-License-Identifier: Apache-2.0

#include "CSimdJSON.h"

#include <cstring>
#include <memory>
#include <string>
#include <type_traits>

#include <simdjson.h>

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::element_type;

struct csimdjson_document {
    simdjson::dom::parser parser;
    element root;
};

namespace {

/// What Swift holds, and copies, as plain memory.
template <typename To, typename From>
To as(const From &value) {
    static_assert(sizeof(To) == sizeof(From));
    static_assert(std::is_trivially_copyable_v<To> && std::is_trivially_copyable_v<From>);
    To result;
    std::memcpy(&result, &value, sizeof result);
    return result;
}

bool is_digit(char byte) {
    return '0' <= byte && byte <= '9';
}

/// The same with at most 15 digits in a row, and two in an exponent: any double holds that.
///
/// Where there are fewer, no digit goes, so that what is no number stays none.
std::string with_small_numbers(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    bool is_quoted = false;
    size_t digits = 0;
    size_t limit = 15;
    for (size_t index = 0; index < text.size(); ++index) {
        const char byte = text[index];
        if (is_quoted && byte == '\\' && index + 1 < text.size()) {
            result += byte;
            result += text[++index];
            continue;
        }
        if (byte == '"') is_quoted = !is_quoted;
        digits = !is_quoted && is_digit(byte) ? digits + 1 : 0;
        if (byte == 'e' || byte == 'E') {
            limit = 2;
        } else if (byte != '+' && byte != '-' && !is_digit(byte)) {
            limit = 15;
        }
        if (digits <= limit) result += byte;
    }
    return result;
}

/// What was read last on this thread, for its memory: with a document for each body, malloc would take as long as the
/// reading.
thread_local std::unique_ptr<csimdjson_document> spare;

/// A larger one is not kept.
constexpr size_t spare_limit = 64 << 10;

/// Reads `text`, also where a number in it is one that simdjson does not hold.
simdjson::error_code parse(csimdjson_document &document, std::string_view text) {
    const auto code = document.parser.parse(text.data(), text.size()).get(document.root);
    // Which code a large number has, versions of simdjson do not agree on.
    if (code == simdjson::SUCCESS) return code;
    return document.parser.parse(with_small_numbers(text)).get(document.root);
}

}  // namespace

// An exception must not unwind into Swift.

csimdjson_document *csimdjson_parse(const uint8_t *bytes, size_t length) {
    const std::string_view text(bytes == nullptr ? "" : reinterpret_cast<const char *>(bytes), length);
    try {
        auto document = spare ? std::move(spare) : std::make_unique<csimdjson_document>();
        if (parse(*document, text) == simdjson::SUCCESS) return document.release();
    } catch (...) {
    }
    return nullptr;
}

void csimdjson_free(csimdjson_document *document) {
    std::unique_ptr<csimdjson_document> freed(document);
    if (freed->parser.capacity() <= spare_limit) spare = std::move(freed);
}

csimdjson_value csimdjson_root(const csimdjson_document *document) {
    return as<csimdjson_value>(document->root);
}

csimdjson_kind csimdjson_kind_of(csimdjson_value value) {
    switch (as<element>(value).type()) {
        case element_type::NULL_VALUE: return csimdjson_null;
        case element_type::STRING: return csimdjson_text;
        case element_type::OBJECT: return csimdjson_object;
        case element_type::ARRAY: return csimdjson_array;
        default: return csimdjson_other;
    }
}

bool csimdjson_member(csimdjson_value value, const uint8_t *key, size_t length, csimdjson_value *member) {
    element found;
    const std::string_view name(reinterpret_cast<const char *>(key), length);
    if (as<element>(value).at_key(name).get(found) != simdjson::SUCCESS) return false;
    *member = as<csimdjson_value>(found);
    return true;
}

const char *csimdjson_bytes(csimdjson_value value, size_t *length) {
    std::string_view text;
    if (as<element>(value).get_string().get(text) != simdjson::SUCCESS) text = "";
    *length = text.size();
    return text.data();
}

csimdjson_elements csimdjson_begin(csimdjson_value value) {
    array elements;
    if (as<element>(value).get_array().get(elements) != simdjson::SUCCESS) return {value, value};
    return {as<csimdjson_value>(elements.begin()), as<csimdjson_value>(elements.end())};
}

bool csimdjson_next(csimdjson_elements *elements, csimdjson_value *element) {
    auto next = as<array::iterator>(elements->next);
    if (next == as<array::iterator>(elements->end)) return false;
    *element = as<csimdjson_value>(*next);
    elements->next = as<csimdjson_value>(++next);
    return true;
}

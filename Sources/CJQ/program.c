// SPDX-License-Identifier: Apache-2.0

#include "program.h"

#include <stdlib.h>
#include <string.h>

/// Takes away what is no function of the document. The process has no environment and can open nothing, so this is there
/// to say at once what will not work: jq forgets a function that nobody calls, and complains of this name for one that
/// somebody does. Behind a definition `import` and `include` are syntax errors.
static const char prelude[] =
#define CLOSED(name, parameters) "def " name parameters ": " name "_is_not_available_in_a_mapping;"
    CLOSED("env", "") CLOSED("input", "") CLOSED("inputs", "") CLOSED("debug", "") CLOSED("stderr", "")
    CLOSED("input_filename", "") CLOSED("input_line_number", "") CLOSED("halt", "") CLOSED("halt_error", "")
    CLOSED("halt_error", "($code)") CLOSED("modulemeta", "") CLOSED("get_search_list", "")
    CLOSED("get_jq_origin", "") CLOSED("get_prog_origin", "")
#undef CLOSED
    "\n";

/// Keeps the first message, without what jq says about itself.
static void keep(void *problem, jv message) {
    jv *kept = problem;
    if (jv_get_kind(*kept) != JV_KIND_NULL || jv_get_kind(message) != JV_KIND_STRING) {
        jv_free(message);
        return;
    }
    const char *text = jv_string_value(message);
    const char *prefix = "jq: error: ";
    if (strncmp(text, prefix, strlen(prefix)) == 0) text += strlen(prefix);
    const char *ends[] = {" (Unix shell quoting issues?)", " at <top-level>", "\n"};
    size_t length = strlen(text);
    for (size_t index = 0; index < sizeof ends / sizeof *ends; index++) {
        const char *end = strstr(text, ends[index]);
        if (end != NULL && (size_t)(end - text) < length) length = (size_t)(end - text);
    }
    *kept = jv_string_sized(text, (int)length);
    jv_free(message);
}

static jq_state *compile(jv text, jv *problem) {
    *problem = jv_null();
    jq_state *program = jq_init();
    if (program == NULL) abort();
    jq_set_error_cb(program, keep, problem);
    int compiles = jq_compile(program, jv_string_value(text));
    jv_free(text);
    if (compiles) return program;
    if (jv_get_kind(*problem) != JV_KIND_STRING) *problem = jv_string("it does not compile");
    jq_teardown(&program);
    return NULL;
}

int program_is_closed(const char *expression) {
    // What is open, the last at the end.
    char *open = malloc(strlen(expression) + 1);
    if (open == NULL) abort();
    size_t depth = 0;
    int is_closed = 1;
    for (const char *next = expression; is_closed && *next != 0; next++) {
        char last = depth > 0 ? open[depth - 1] : 0;
        if (last == '"') {
            if (*next == '"') depth--;
            if (*next == '\\' && next[1] != 0 && *++next == '(') open[depth++] = '(';
        } else if (*next == '#') {
            while (next[1] != 0 && next[1] != '\n') next++;
        } else if (strchr("\"([{", *next) != NULL) {
            open[depth++] = *next;
        } else if (strchr(")]}", *next) != NULL) {
            is_closed = last == (*next == ')' ? '(' : *next == ']' ? '[' : '{');
            depth -= (size_t)is_closed;
        }
    }
    free(open);
    return is_closed && depth == 0;
}

jq_state *program_of_all(char *const *expressions, size_t count, jv *problem) {
    jv text = jv_string(prelude);
    text = jv_string_append_str(text, ".[0] as $__index | .[1] | if false then .\n");
    for (size_t index = 0; index < count; index++) {
        // The line's end is there for a comment at an expression's end.
        jv branch = jv_string_fmt("elif $__index == %zu then (\n%s\n)\n", index, expressions[index]);
        text = jv_string_concat(text, branch);
    }
    return compile(jv_string_append_str(text, "else empty end"), problem);
}

jv program_problem(const char *expression) {
    jv problem;
    jq_state *program = compile(jv_string_append_str(jv_string(prelude), expression), &problem);
    if (program != NULL) jq_teardown(&program);
    return problem;
}

static int is_deeper(jv value, int levels) {
    int result = levels < 0;
    if (!result && jv_get_kind(value) == JV_KIND_ARRAY) {
        for (int index = 0; !result && index < jv_array_length(jv_copy(value)); index++) {
            result = is_deeper(jv_array_get(jv_copy(value), index), levels - 1);
        }
    } else if (!result && jv_get_kind(value) == JV_KIND_OBJECT) {
        for (int next = jv_object_iter(value); !result && jv_object_iter_valid(value, next);
             next = jv_object_iter_next(value, next)) {
            result = is_deeper(jv_object_iter_value(value, next), levels - 1);
        }
    }
    jv_free(value);
    return result;
}

static jv failure(jv message, cjq_status *status) {
    *status = cjq_failed;
    if (jv_get_kind(message) == JV_KIND_STRING) return message;
    if (jv_get_kind(message) == JV_KIND_NULL) return jv_string("it fails with the error null");
    return jv_dump_string(message, 0);
}

jv program_run(jq_state *program, uint32_t index, jv document, cjq_status *status) {
    if (!jv_is_valid(document)) return failure(jv_invalid_get_msg(document), status);
    jq_start(program, JV_ARRAY(jv_number(index), document), 0);
    jv result = jq_next(program);
    if (!jv_is_valid(result)) {
        if (jv_invalid_has_msg(jv_copy(result))) return failure(jv_invalid_get_msg(result), status);
        jv_free(result);
        *status = cjq_nothing;
        return jv_string("");
    }
    if (is_deeper(jv_copy(result), cjq_depth_limit)) {
        jv_free(result);
        return failure(jv_string_fmt("its result is more than %d levels deep", cjq_depth_limit), status);
    }
    jv text = jv_dump_string(result, 0);
    if ((size_t)jv_string_length_bytes(jv_copy(text)) > cjq_value_limit) {
        jv_free(text);
        return failure(jv_string_fmt("its result is larger than %zu bytes", cjq_value_limit), status);
    }
    *status = cjq_value;
    return text;
}

// SPDX-License-Identifier: Apache-2.0

#ifndef CJQ_EVALUATOR_H
#define CJQ_EVALUATOR_H

/// What an evaluator does from its beginning to its end.
_Noreturn void cjq_evaluate(int socket);

#endif

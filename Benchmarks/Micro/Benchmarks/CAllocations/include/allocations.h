// SPDX-License-Identifier: Apache-2.0

/// How often this thread has asked for memory.
unsigned long allocations(void);

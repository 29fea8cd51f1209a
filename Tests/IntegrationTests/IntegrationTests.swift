// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// The program as it is run: behind a real nginx, started by spawn-fcgi, told what to do by signals.
///
/// One test at a time, for each starts servers and some load the machine; the suites are in the files beside
/// this one.
@Suite(.serialized, .threadsOfTheirOwn) enum IntegrationTests {}

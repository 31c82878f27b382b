#!/usr/bin/env node
'use strict';

// SQLite, file reads and name look-ups share libuv's pool of four threads; one slow disk would hold up the rest.
// The pool reads its size once, at its first use, so this stands before anything else.
process.env.UV_THREADPOOL_SIZE ??= '64';

import('../dist/cli/main.js')
  .then(({ main }) => main(process.argv.slice(2)))
  .catch((error) => {
    process.stderr.write(`docket: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 3;
  });

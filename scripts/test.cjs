// Runs jest, with what is passed on: `npm test -- test/requests`.
'use strict';
const { run } = require('jest');

// Jest gives each test file an AsyncLocalStorage, and on Node 22 every promise then passes through a hook for each of them. With this
// option of Node 22, the default of newer versions, they cost nothing. Jest starts its workers with the options of this process.
const OPTION = '--experimental-async-context-frame';
if (process.allowedNodeEnvironmentFlags.has(OPTION)) process.execArgv.push(OPTION);

// What nock leaves in a worker's heap slows down the files that follow. Not for a few files: jest would no longer run them in this
// process, and runs a file again whose worker has exited.
if (process.argv.length === 2) process.argv.push('--workerIdleMemoryLimit=300MB');

void run();

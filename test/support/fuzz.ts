import * as fc from 'fast-check';

/**
 * Property tests use the same values at each run, so that a failure is caused by the change at hand. For other values use
 * `FUZZ_SEED=7 npm test -- test/robustness/fuzz`, and more of them with `FUZZ_RUNS=1000`.
 */
fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 1) });

/** The number of values for a property, unless FUZZ_RUNS overrides it. */
export const RUNS = { hostile: Number(process.env.FUZZ_RUNS ?? 40), events: 400, crashes: 8 };

import * as fc from 'fast-check';

/**
 * Property tests draw the same values at each run, so that a red run is about the change at hand. Others are drawn with
 * `FUZZ_SEED=7 npx jest hostile jivochat`, and more of them for the hostile inputs with `FUZZ_RUNS=1000`.
 */
fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 1) });

/** How many values a property is tried with; each operation's hostile inputs, unless FUZZ_RUNS says otherwise. */
export const RUNS = { hostile: Number(process.env.FUZZ_RUNS ?? 40), events: 400 };

/** A deliberate fault in the app's code, and the tests that should fail with it. */
export interface Mutant {
  /** The file, from the root of the project. */
  file: string;
  /** The code to replace: exact, and once in the file. */
  find: string;
  replace: string;
  /** What the fault does, in words. */
  breaks: string;
  /** The test files that should notice it, run in this order. */
  tests: readonly string[];
  /** Why no test can notice it, if none can. */
  invisible?: string;
}

/** The faults of one file, which have their tests in common. */
export function faults(
  file: string,
  tests: readonly string[],
  list: readonly Pick<Mutant, 'breaks' | 'find' | 'replace' | 'invisible'>[],
): Mutant[] {
  return list.map((fault) => ({ file, tests, ...fault }));
}

/**
 * Replaces Node's `domain` under jest. Core runs every call in a domain, which catches what is thrown outside of promises; from
 * the first one on, Node follows every promise of the process, which takes a fifth of a test's time. Here such an error ends
 * the test. The built app, `invoke` and the sandbox's programs run with Node's own.
 */
export function create(): { on: () => void; run: (work: () => void) => void } {
  return { on() {}, run: (work) => work() };
}

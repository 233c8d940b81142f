import { simulate, sum, type Report } from '../test/robustness/polls/simulator.ts';

/** Plays the scripts of the seeds 1 to `seeds` against the built app; `done` is called after each. */
export async function scripts(app: object, seeds: number, done: (seeds: number) => void): Promise<Report> {
  const reports: Report[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    reports.push(await simulate(app, seed));
    done(seed);
  }
  return sum(reports);
}

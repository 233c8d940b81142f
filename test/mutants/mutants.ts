import { base } from './base.ts';
import { highlevel } from './highlevel.ts';
import { leads } from './leads.ts';
import type { Mutant } from './mutant.ts';
import { outside } from './outside.ts';
import { polling } from './polling.ts';
import { resources } from './resources.ts';

/** Deliberate faults in the app's code, each of which a test should notice. */
export const mutants: readonly Mutant[] = [
  ...base,
  ...highlevel,
  ...resources,
  ...polling,
  ...leads,
  ...outside,
];

// Under jest, each look at a global such as `Math` takes longer than the calculation.
const { floor, imul } = Math;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Repeatable random values: the same seed gives the same people and ids. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** One of the items. */
  pick<T>(items: readonly [T, ...T[]]): T;
  /** An id such as HighLevel's: 20 letters and digits. */
  id(): string;
  /** A number as hexadecimal digits, such as the ids of businesses. */
  hex(digits: number): string;
  /** Hexadecimal digits in groups, such as the ids of workflows and traces. */
  uuid(): string;
}

/** A small linear congruential generator; good enough for names and ids. */
export function randomness(seed: number): Random {
  let state = seed >>> 0 || 1;
  const next = () => {
    state = (imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const text = (length: number, letters: string) => {
    let made = '';
    while (made.length < length) made += letters[floor(next() * letters.length)];
    return made;
  };
  const hex = (digits: number) => text(digits, '0123456789abcdef');
  return {
    next,
    pick: (items) => items[floor(next() * items.length)] ?? items[0],
    id: () => text(20, LETTERS),
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
  };
}

/**
 * A separate stream for one kind of record: additional records or values of another kind do not change it. Streams differ by
 * kind and by seed.
 */
export function streamOf(seed: number, kind: string): Random {
  // FNV-1a: neighboring seeds lead far apart.
  let hash = 0x811c9dc5;
  for (const character of `${seed} ${kind}`)
    hash = imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return randomness(hash);
}

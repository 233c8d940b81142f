const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Chance that repeats itself: the same seed gives the same people and ids. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** One of the items. */
  pick<T>(items: readonly [T, ...T[]]): T;
  /** An id such as HighLevel's: 20 letters and digits. */
  id(): string;
  /** A number as hexadecimal digits, such as the ids of businesses. */
  hex(digits: number): string;
}

/** A small linear congruential generator; good enough for names and ids. */
export function randomness(seed: number): Random {
  let state = seed >>> 0 || 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const text = (length: number, letters: string) =>
    Array.from({ length }, () => letters[Math.floor(next() * letters.length)]).join('');
  return {
    next,
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
    id: () => text(20, LETTERS),
    hex: (digits) => text(digits, '0123456789abcdef'),
  };
}

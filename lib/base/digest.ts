import { createHash } from 'node:crypto';

/** A short mark of a text: the same for the same text, and in practice for no other. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

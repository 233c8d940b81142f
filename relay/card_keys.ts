import { createHash } from 'node:crypto';

// A card is found by a hash of what identifies the visitor, so that the table holds no addresses. No kind of key can be
// taken for another.

/** The key of a visitor number of JivoChat, which is unique within its widget only. */
export function visitorKey(widgetId: string | null, number: string | null): string | undefined {
  return widgetId === null || number === null ? undefined : key('visitor', widgetId, number);
}

/** The key of a user token, which the website sets for those who signed in. */
export function tokenKey(token: string | null): string | undefined {
  return token === null ? undefined : key('token', token);
}

/** The key of an email address or a phone number. Anybody can type anybody's: a card found by it is not verified. */
export function typedKey(kind: 'email' | 'phone', value: string | null): string | undefined {
  return value === null || value === '' ? undefined : key(kind, value.trim().toLowerCase());
}

function key(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

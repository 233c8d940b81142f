import fc from 'fast-check';
import { isEmail, mayBeEmail, readEmail } from '../../../lib/base/email.ts';
import { RUNS } from '../../support/fuzz.ts';

test.each([
  ['zoe@example.com and max@example.com', 'max@example.com'],
  ['zoe@example.com, max@example.com', 'max@example.com'],
  ['zoe@example.com/max@example.com', 'max@example.com'],
  ['zoe@example.com;max@example.com', 'max@example.com'],
  ['zoe@example.com (work)', 'work'],
  ['Zoe Smith <zoe@example.com>', 'Zoe Smith'],
  ['zoe@example.com +1 415 555 0132', '+1 415 555 0132'],
  ['zoe@example.com, call me', 'call me'],
  ['zoe@example.com?subject=hi', 'subject=hi'],
  ['max@example..com zoe@example.com', 'max@example..com'],
  ['Email: zoe@example.com.', null],
  ['my email is zoe@example.com!', null],
  ['[zoe@example.com](mailto:zoe@example.com)', null],
  ['"zoe@example.com"', null],
  ['zoe@example.com😀', '😀'],
  ['📧 zoe@example.com', '📧'],
  ['👍🏻zoe@example.com', '👍🏻'],
  ['zoe@example.com', null],
])('the rest of %j is %j', (typed, rest) => {
  expect(readEmail(typed)).toEqual({ email: 'zoe@example.com', rest, raw: typed });
});

test.each([
  'zoe@example..com',
  ' .zoe@example.com',
  'none',
  'zoe at example.com',
  'a@zoe@example.com',
  'zoe@example.com@example.net',
])('%j is kept as typed', (typed) => {
  expect(readEmail(typed)).toEqual({ email: null, rest: typed.trim(), raw: typed });
});

test.each([
  ['a sentence ends behind the address', 'Write to zoe@example.com. De nada', 'zoe@example.com'],
  ['a country stands behind the address', 'zoe@example.com,de', 'zoe@example.com'],
  ['a handle stands behind a word', 'contact me @example.com', null],
  ['a row of names and addresses has no spaces', 'max@example.net,zoe@example.com', 'max@example.net'],
  ['an emoji stands in the middle of a word', 'max❤️zoe@example.com', null],
  ['an emoji stands in the middle of a domain', 'zoe@example.co❤️m', null],
  ['a name and an address are joined by a comma', 'Zoe,zoe@example.com', null],
])('no address is invented when %s', (_, typed, email) => {
  expect(readEmail(typed).email).toBe(email);
});

test('an address may have 64 characters before the @ and 254 in all', () => {
  const local = 'z'.repeat(64);
  expect(readEmail(`${local}@example.com`).email).toBe(`${local}@example.com`);
  expect(readEmail(`z${local}@example.com`).email).toBeNull();
  const domain = `${`${'a'.repeat(61)}.`.repeat(3)}com`;
  expect(readEmail(`${local}@${domain}`).email).toBe(`${local}@${domain}`);
  expect(`${local}@${domain}`).toHaveLength(254);
  expect(isEmail(`${local}@${domain}m`)).toBe(false);
  expect(readEmail(`zoe@${'a'.repeat(64)}.com`).email).toBeNull();
});

test.each([
  ['zoe@example.com', true],
  ['zoe@example..com', true],
  ['@zoe', true],
  ['zoe ＠ example', true],
  ['zoe(at)example.com', true],
  ['zoe at example.com', true],
  ['zoe at example dot com', true],
  ['zoe', false],
  ['look at me', false],
  ['', false],
])('that %j may be an email address is %s', (text, expected) => {
  expect(mayBeEmail(text)).toBe(expected);
});

describe('Any input', () => {
  const typed = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[a-z0-9@.,;:<>()[\]"'?!/ _+-]{0,40}$/),
    fc.stringMatching(
      /^[a-z.]{0,6} ?@+ ?[a-z.-]{0,8}[., ]{0,2}(?:com|de|co\.uk)?[.!?,;)>]{0,2}( [a-z@.]{0,9})?$/,
    ),
    fc.tuple(fc.string(), fc.emailAddress(), fc.string()).map((parts) => parts.join(' ')),
  );

  test('gives no address or one that mail servers accept, in lower case', () => {
    fc.assert(
      fc.property(typed, (text) => {
        const { email, raw, rest } = readEmail(text);
        const address = email ?? 'zoe@example.com';
        expect(raw).toBe(text);
        expect(email !== null || rest === (text.trim() || null)).toBe(true);
        expect(address.length).toBeLessThanOrEqual(254);
        expect(address).toBe(address.toLowerCase());
        expect(address.split('@')[0]?.length).toBeLessThanOrEqual(64);
        expect(address).toMatch(
          /^[^\s@.]+(?:\.[^\s@.]+)*@(?:[^\s@._-](?:[^\s@._]{0,61}[^\s@._-])?\.)+[^\s@._\d-][^\s@._]*[^\s@._-]$/u,
        );
        expect(email === null || mayBeEmail(text)).toBe(true);
      }),
      { numRuns: 2 * RUNS.events },
    );
  });

  test('gives the same address when its result is parsed again', () => {
    fc.assert(
      fc.property(typed, (text) => {
        const { email } = readEmail(text);
        fc.pre(email !== null);
        expect(readEmail(email ?? '')).toMatchObject({ email, rest: null });
      }),
      { numRuns: RUNS.events },
    );
  });
});

test('a very long text is parsed quickly', () => {
  for (const piece of ['a', 'a@', 'a.', 'a,', '@', ' ', 'my ', 'a@x.com ', '<', '"', '邮', '\u200b']) {
    const before = process.cpuUsage();
    readEmail(piece.repeat(100_000));
    mayBeEmail(piece.repeat(100_000));
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  }
});

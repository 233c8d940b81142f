import { faults } from './mutant.ts';

export const base = [
  ...faults(
    'lib/base/dates.ts',
    ['test/unit/base/dates.test.ts'],
    [
      {
        breaks: 'reads a date without a time as midnight',
        find: 'dateOnly ? moment.set({ hour: MORNING }) : moment',
        replace: 'moment',
      },
      {
        breaks: 'accepts February 31 with an offset',
        find: 'Number.isNaN(moment) || !new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)',
        replace: 'Number.isNaN(moment)',
      },
      {
        breaks: 'reads a time without an offset in UTC',
        find: "'$1T$2'), { zone });\n  if",
        replace: "'$1T$2'), { zone: 'utc' });\n  if",
      },
      {
        breaks: 'sorts records with the same date at random',
        find: ' || (a.id < b.id ? -1 : 1)',
        replace: '',
      },
    ],
  ),
  ...faults(
    'lib/base/written_dates.ts',
    ['test/unit/base/written_dates.test.ts', 'test/unit/schema/parse_input.test.ts'],
    [
      {
        breaks: 'reads 12 AM as noon',
        find: '(Number(hour) % 12)',
        replace: 'Number(hour)',
      },
      {
        breaks: 'takes a date with equal day and month for ambiguous',
        find: ' && first !== second',
        replace: '',
      },
      {
        breaks: 'reads 10 digits as milliseconds',
        find: '.length <= 10',
        replace: '.length < 10',
      },
    ],
  ),
  ...faults(
    'lib/base/phone.ts',
    ['test/unit/base/phone.test.ts', 'test/unit/base/contact_details.test.ts'],
    [
      {
        breaks: 'takes a card number for a phone number',
        find: '    .replace(/\\b\\d{4}([ -])\\d{4}\\1\\d{4}\\1\\d{4}\\b/g, blank);',
        replace: ';',
      },
      {
        breaks: 'keeps the old 1 of Mexican mobile numbers',
        find: "replace(/^\\+521(?=\\d{10}$)/, '+52')",
        replace: "replace(/^\\+521(?=\\d{11}$)/, '+52')",
      },
      {
        breaks: 'takes a number that counts up for real',
        find: 'isSame(digits) || isRun(digits);',
        replace: 'isSame(digits);',
      },
      {
        breaks: 'takes an ID in square brackets for a phone number',
        find: '.replace(/\\[[^[\\]]*\\]/g, blank)',
        replace: '',
      },
      {
        breaks: 'takes a premium-rate number for somebody’s own',
        find: "'PREMIUM_RATE', ",
        replace: '',
      },
      {
        breaks: 'reads a date as a phone number',
        find: '.length >= MIN_DIGITS && !isDate(one)',
        replace: '.length >= MIN_DIGITS',
      },
    ],
  ),
  ...faults(
    'lib/base/email.ts',
    ['test/unit/base/email.test.ts', 'test/unit/base/contact_details.test.ts'],
    [
      { breaks: 'accepts an address that is too long', find: 'text.length <= MAX_EMAIL &&', replace: '' },
      {
        breaks: 'accepts a local part that is too long',
        find: 'local.length <= MAX_LOCAL_PART &&',
        replace: '',
      },
      { breaks: 'keeps capitals', find: ".normalize('NFC').toLowerCase()", replace: ".normalize('NFC')" },
      {
        breaks: 'takes the end of two joined addresses',
        find: "after.startsWith('@') || before.endsWith('@') || ",
        replace: '',
      },
    ],
  ),
  ...faults(
    'lib/base/html.ts',
    ['test/unit/base/html.test.ts'],
    [
      { breaks: 'shows scripts as text', find: "'script', ", replace: '' },
      {
        breaks: 'numbers list items from 0',
        find: '${indent}${number + 1}. ',
        replace: '${indent}${number}. ',
      },
      {
        breaks: 'shows comments',
        find: "from = end + '-->'.length;",
        replace: 'from = match.index;',
      },
      {
        breaks: 'makes half a character of a surrogate’s number',
        find: 'isControl || isSurrogate ||',
        replace: 'isControl ||',
      },
    ],
  ),
  ...faults(
    'lib/base/secrets.ts',
    ['test/unit/base/secrets.test.ts', 'test/requests/transport/secrets.test.ts'],
    [
      {
        breaks: 'shows the refresh token',
        find: 'access_token, refresh_token, process',
        replace: 'access_token, process',
      },
      {
        breaks: 'shows the client secret',
        find: 'process.env.CLIENT_SECRET, jivoChatChannelSecret]',
        replace: 'jivoChatChannelSecret]',
      },
      {
        breaks: 'masks a part before the whole, so that the rest of the whole shows',
        find: 'b.length - a.length',
        replace: 'a.length - b.length',
      },
      { breaks: 'shows secrets in keys', find: '[maskText(key, secrets), masked', replace: '[key, masked' },
      {
        breaks: 'masks a secret once only',
        find: 'left.replaceAll(secret, MASK)',
        replace: 'left.replace(secret, MASK)',
      },
    ],
  ),
  ...faults(
    'lib/base/signed_request.ts',
    ['test/relay/routes.test.ts'],
    [
      {
        breaks: 'leaves the body out of the signature',
        find: 'method.toUpperCase(), path, hash].join',
        replace: 'method.toUpperCase(), path].join',
      },
      {
        breaks: 'leaves the path out of the signature',
        find: 'method.toUpperCase(), path, hash].join',
        replace: 'method.toUpperCase(), hash].join',
      },
      {
        breaks: 'checks the newest key only',
        find: 'keys.some((key) =>',
        replace: 'keys.slice(0, 1).some((key) =>',
      },
    ],
  ),
];

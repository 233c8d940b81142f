import { numberFrom } from '../../../lib/base/numbers.ts';
import { timeZoneName } from '../../../lib/base/time_zones.ts';
import { dayIn, isoFrom } from '../../../lib/base/written_dates.ts';
import { noteBody, updatedNote } from '../../../lib/capture/note.ts';
import { ownPart, withoutTrace } from '../../../lib/capture/own_part.ts';
import { traceOf } from '../../../lib/capture/trace.ts';
import { countryCode } from '../../../lib/base/countries.ts';
import { dayFrom, momentFrom, needsZone } from '../../../lib/base/dates.ts';
import { quoted } from '../../../lib/base/errors.ts';
import { toE164 } from '../../../lib/base/phone.ts';
import { withoutMarkup } from '../../../lib/base/html.ts';
import { cleanLine, cleanText, defuseHtml, shortened, truncate } from '../../../lib/base/text.ts';
import {
  errorFor,
  isFirewall,
  isOutcomeUnknown,
  meaningOf401,
} from '../../../lib/highlevel/error_responses.ts';
import { ContactResponse } from '../../../lib/highlevel/records/contact.ts';
import { readEvent } from '../../../lib/jivochat/event.ts';
import { leadFrom } from '../../../lib/jivochat/lead.ts';
import { isPlaceholder, splitName } from '../../../lib/jivochat/name.ts';
import { decideRetry } from '../../../lib/highlevel/retry.ts';
import { searchText } from '../../../lib/resources/contacts.ts';
import { read, readNumber } from '../../../lib/schema/parse_input.ts';
import { readHighLevelEvent } from '../../../lib/webhooks/highlevel_event.ts';

/** The repeated texts: each starts or ends some regular expression. */
const REPEATED = [
  ['1', 'a', ' ', '\n', '<', '>', '@', '&', '[', '(', '{{', '#', '/', '\\', '%', '=', '|', '?', '.', ','],
  ['-', '+', ':', '"', ';', '_', '😀', 'é', '\t', 'z ', '0 ', 'a.', 'a@', '1,', '1.', '1 ', ': ', '&#'],
  ['<a', '<p ', '</p ', '<script ', '<script>', '</script ', '<style><script>', '<br', '<!--', '&nbsp;'],
  ['Messages: ', 'Messages: 1', 'Status: <', 'JivoChat ', 'JivoChat 7607', 'JivoChat a/', '+00', 'Z', 'e1'],
  ['task ', 'the event id ', 'error ', 'time', 'contact not ', 'not found'],
].flat();
const ENDS = ['', '!'];

const trace = traceOf(leadFrom(readEvent({ event_name: 'chat_finished', chat_id: 7607, widget_id: 3948 })));
const lead = (parts: object) => leadFrom(readEvent({ event_name: 'chat_finished', ...parts }));
const ours = noteBody(lead({ chat_id: 7607, message: 'Hello' }), trace);
const quietly = (work: () => unknown) => {
  try {
    return work();
  } catch {
    return undefined;
  }
};
const zone = async () => 'utc';

/** All functions that parse external text. */
const readers: Record<string, (text: string) => unknown> = {
  cleanLine,
  cleanText,
  truncate: (text) => truncate(text, 100),
  shortened: (text) => shortened(text.repeat(10)),
  defuseHtml,
  withoutMarkup,
  'withoutMarkup, with a tag': (text) => withoutMarkup(`<p>${text}`),
  quoted,
  momentFrom: (text) => momentFrom(text, 'utc'),
  'momentFrom, with a day': (text) => momentFrom(`2026-01-31${text}`, 'utc'),
  needsZone,
  dayFrom,
  countryCode,
  toE164: (text) => toE164(text, 'US'),
  isPlaceholder: (text) => isPlaceholder(`Visitor ${text}`, { number: '1', places: ['Berlin'] }),
  splitName,
  dayIn,
  isoFrom,
  numberFrom,
  timeZoneName,
  readNumber: (text) => quietly(() => readNumber(text, 'Limit')),
  'read as a date': (text) => read(text, 'Due', { type: 'datetime' }, { zone }).catch(() => undefined),
  'read as a list': (text) => read([text], 'Tags', { type: 'string', list: true }, { zone }),
  searchText,
  'a contact of HighLevel': (text) =>
    ContactResponse.safeParse({ id: text, email: text, tags: [text], dateOfBirth: text }),
  "the visitor's name": (name) => lead({ visitor: { name } }),
  "the visitor's email": (email) => lead({ visitor: { email } }),
  "the visitor's phone": (phone) => lead({ visitor: { phone } }),
  'what was said': (message) => lead({ message, chat: { messages: [{ message }] }, plain_messages: message }),
  'where a visit came from': (text) => lead({ session: { utm: text, utm_json: { source: text } } }),
  'a page': (url) => lead({ page: { url: `https://example.com/?${url}` } }),
  attributes: (text) => lead({ attributes: [[text, text]] }),
  'a note': (text) => ownPart(text, trace),
  'a note of ours': (text) => updatedNote(lead({ message: 'x' }), `<p>${text}<p>${ours}</p>`, trace),
  'a note for JivoChat': withoutTrace,
  'a note that we write': (text) => noteBody(lead({ chat_id: 7607, message: text }), trace),
  'the trace in a text': (text) => trace.pattern.test(text) || trace.ofChat.test(text),
  'an error of HighLevel': (message) => errorFor(400, { message }, 'x', true).message,
  'a firewall': (message) => isFirewall(403, { message, title: message, error_code: message }),
  'a timeout': (message) => isOutcomeUnknown(400, { message }),
  'a 401': meaningOf401,
  'a rate limit header': (text) =>
    decideRetry(
      { kind: 'throttled', header: () => text },
      { attempt: 1, left: 1_000, idempotent: true, random: 0 },
    ),
  'an event of HighLevel': (text) =>
    quietly(() => readHighLevelEvent({ type: text, id: text, contactId: text, customData: text })),
};

const SHORT = 5_000;
const TIMES = 8;
/** Linear work takes 8 times as long, work that grows with the square 64 times. */
const MAX_GROWTH = 24;
/** Less than this is not measured well. */
const FLOOR_MS = 4;

/** The CPU time of some work in ms: other processes of the machine do not count. */
function cost(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

test.each(Object.entries(readers))('%s: the time is linear in the length of the text', (_, reader) => {
  const costly: string[] = [];
  for (const unit of REPEATED) {
    for (const end of ENDS) {
      const [short = '', long = ''] = [SHORT, SHORT * TIMES].map(
        (size) => unit.repeat(size / unit.length) + end,
      );
      // A short time is measured again too, so that a slow first one does not widen the limit.
      const once = () => cost(() => reader(short));
      const first = once();
      const before = first > FLOOR_MS ? Math.max(Math.min(first, once(), once()), FLOOR_MS) : FLOOR_MS;
      // A measurement that a garbage collection falls into is repeated.
      const fits = () => cost(() => reader(long)) <= before * MAX_GROWTH;
      if (!fits() && !fits() && !fits())
        costly.push(`${JSON.stringify(unit)} ${end}: ${before} ms when short`);
    }
  }
  expect(costly).toEqual([]);
});

import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { noteBody, taskBody } from '../../../lib/capture/note.ts';
import { traceOf } from '../../../lib/capture/trace.ts';
import { InputError } from '../../../lib/base/errors.ts';
import { readEvent } from '../../../lib/jivochat/event.ts';
import { leadFrom, leadRecord, type Lead } from '../../../lib/jivochat/lead.ts';
import { cleanText } from '../../../lib/base/text.ts';
import { isObject } from '../../../lib/base/json.ts';
import { LeadRecord } from '../../../lib/jivochat/lead_record.ts';
import { RUNS } from '../../support/fuzz.ts';
import { finished, sample, sampleNames } from '../../support/jivochat/samples.ts';

const MANY = { numRuns: RUNS.events };
const keys = Object.keys(leadFrom(readEvent(sample('chat_finished'))));

/** Texts as users, bots and attackers write them. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('\uD83D', '\uDE42', '\u0000', '\u001B', '\u2028', '\u202E', ' ', '\n', 'a'),
  }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '</p>',
    '{{x}}',
    '$&',
    'null',
    'JivoChat 3948/7607',
    'Messages: 99',
  ),
  fc.integer({ min: 1, max: 90_000 }).map((length) => '🙂a'.repeat(length)),
);
const hostileKey = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'event_name',
);
const deep = fc.integer({ min: 1, max: 80 }).map((levels) => {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level++)
    value = level % 2 === 0 ? { __proto__: null, a: value } : [value];
  return value;
});
const anything = fc.oneof(fc.jsonValue(), text, deep, fc.double(), fc.dictionary(hostileKey, fc.jsonValue()));

/** Every path in an event, as a list of keys. */
function placesIn(value: unknown, path: string[] = []): string[][] {
  const inner = Array.isArray(value) ? Object.entries(value) : isObject(value) ? Object.entries(value) : [];
  return [path, ...inner.flatMap(([key, item]) => placesIn(item, [...path, key]))];
}

/** The event with another value at a path; undefined removes it. */
function changed(value: unknown, [key, ...rest]: string[], to: unknown): unknown {
  if (key === undefined) return to;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === key ? changed(item, rest, to) : item));
  if (!isObject(value)) return value;
  // Like a JSON parser, which treats __proto__ as an ordinary key.
  return Object.fromEntries(
    Object.entries(value).map(([k, item]) => [k, k === key ? changed(item, rest, to) : item]),
  );
}

/** Official samples with up to six changed values, or with hostile additional keys. */
const mutated = fc
  .tuple(
    fc.constantFrom(...sampleNames),
    fc.array(fc.tuple(fc.nat(), fc.option(anything, { nil: undefined })), { maxLength: 6 }),
    fc.dictionary(hostileKey, anything, { maxKeys: 2 }),
  )
  .map(([name, changes, more]) => {
    let event: unknown = sample(name);
    for (const [at, to] of changes) {
      const places = placesIn(event);
      event = changed(event, places[at % places.length] ?? [], to);
    }
    return isObject(event) ? { ...more, ...event } : event;
  });

const read = (payload: unknown): Lead | string => {
  try {
    return leadFrom(readEvent(payload), { defaultCountry: 'US', timezone: 'America/New_York' });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message;
  }
};

/** What is wrong with the parsed payload. */
function faults(payload: unknown): string[] {
  const lead = read(payload);
  if (typeof lead === 'string') return /^Payload is [^<>]+\.$/.test(lead) ? [] : [`says: ${lead}`];
  const trace = traceOf(lead);
  const bodies = [noteBody(lead, trace), taskBody(lead, trace)];
  const holds = {
    'has always the same keys': isDeepStrictEqual(Object.keys(lead), keys),
    'is what JSON keeps of it': isDeepStrictEqual(JSON.parse(JSON.stringify(lead)), lead),
    'reads the same again': isDeepStrictEqual(read(payload), lead),
    'has an email that is one': /^\S+@\S+\.\S+$/.test(lead.email ?? 'a@b.co'),
    'has a phone that is one': /^\+[1-9]\d{4,14}$/.test(lead.phone ?? '+14155550132'),
    'writes no markup and no control characters': !bodies.some((body) =>
      /<[a-z/!?]|(?![\n\t])\p{Cc}|\p{Cs}/iu.test(body),
    ),
    'finds its trace again': bodies.every((body) => trace.pattern.test(body)),
    'writes no more than can be read': bodies.every((body) => body.length < 500_000),
  };
  return Object.entries(holds).flatMap(([what, holding]) => (holding ? [] : [what]));
}

test('any JSON value is parsed or rejected with a message', () => {
  fc.assert(
    fc.property(fc.oneof(anything, fc.dictionary(hostileKey, anything)), (value) => {
      expect([...faults(value), ...faults(JSON.stringify(value))]).toEqual([]);
    }),
    MANY,
  );
});

test('any text is parsed or rejected with a message', () => {
  fc.assert(
    fc.property(fc.oneof(text, fc.json()), (payload) => expect(faults(payload)).toEqual([])),
    MANY,
  );
});

test('any mutation of an official event is parsed or rejected with a message', () => {
  fc.assert(
    fc.property(mutated, (event) => {
      expect([...faults(event), ...faults(JSON.stringify(event))]).toEqual([]);
    }),
    MANY,
  );
});

test('parsing never pollutes prototypes', () => {
  fc.assert(
    fc.property(mutated, (event) => {
      read(JSON.stringify(event));
      expect(Object.keys(Object.prototype)).toEqual([]);
      expect(Reflect.get({}, 'visitor')).toBeUndefined();
    }),
    { numRuns: 100 },
  );
});

test('the lead record matches its schema, and is the same when parsed from its own payload', () => {
  fc.assert(
    fc.property(mutated, (event) => {
      const payload = JSON.stringify(event) ?? '';
      const lead = read(payload);
      if (typeof lead === 'string') return;
      const record = leadRecord(lead, payload);
      expect(LeadRecord.parse(record)).toEqual(record);
      expect(read(record.payload)).toEqual(lead);
    }),
    MANY,
  );
});

/** Messages that are short enough for a note to keep them all. */
const markup = fc.constantFrom('<script>', '<b>x</b>', '</p>', '<!--', '<3', 'a < b', '< a>', '<<a');
const said = fc.array(
  fc.tuple(
    fc.constantFrom('visitor', 'agent'),
    fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), markup),
  ),
  { maxLength: 12 },
);
const visible = (message: string) => cleanText(message) !== '';
/** Fails unless the whole contains the texts in order. */
function expectInOrder(whole: string, texts: string[]): void {
  let from = 0;
  for (const one of texts) {
    const at = whole.indexOf(one, from);
    expect({ one, found: at >= from }).toEqual({ one, found: true });
    from = at + one.length;
  }
}

test('every visible message is in the transcript and the note, in order', () => {
  fc.assert(
    fc.property(said, (messages) => {
      const lead = leadFrom(readEvent(finished(messages)));
      const texts = messages
        .map(([, message]) => message)
        .filter(visible)
        .map(cleanText);
      expect(lead.messageCount).toBe(texts.length);
      expectInOrder(lead.transcript ?? '', texts);
      const note = noteBody(lead, traceOf(lead));
      expect(/<[a-z/!?]/i.exec(note)).toBeNull();
      // Only markup changes: it gets a space.
      expectInOrder(
        note.replaceAll('< ', '<'),
        texts.map((one) => one.replaceAll('< ', '<')),
      );
    }),
    MANY,
  );
});

test('every line of plain_messages is kept', () => {
  fc.assert(
    fc.property(said, (messages) => {
      const lines = messages.map(([who, message]) => `${who}: ${message}`);
      const lead = leadFrom(readEvent(finished([], { plain_messages: lines.join('\n') })));
      expect(lead.transcript ?? '').toBe(cleanText(lines.join('\n')));
    }),
    MANY,
  );
});

test('the note of one chat is never taken for another’s', () => {
  const id = fc.oneof(fc.nat(999).map(String), fc.string({ minLength: 1, unit: 'grapheme-ascii' }));
  fc.assert(
    fc.property(id, id, fc.constantFrom('3948', 'xG7_k', null), (one, other, widget_id) => {
      const [a, b] = [one, other].map((chat_id) => leadFrom(readEvent(finished([], { chat_id, widget_id }))));
      if (!a?.chatId || !b?.chatId || a.chatId === b.chatId) return;
      // Ids are numbers or words: one that starts with another id and a space would be ambiguous.
      if ([a.chatId, b.chatId].some((known) => /\W/.test(known))) return;
      expect(
        traceOf(a).pattern.test(noteBody({ ...b, transcript: null, description: null }, traceOf(b))),
      ).toBe(false);
    }),
    MANY,
  );
});

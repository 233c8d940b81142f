import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import * as z from 'zod';
import { asHtml } from '../../../lib/base/html_text.ts';
import { noteBody, taskBody, updatedNote } from '../../../lib/capture/note.ts';
import { endsWithTrace, ownPart } from '../../../lib/capture/own_part.ts';
import { traceOf } from '../../../lib/capture/trace.ts';
import { InputError } from '../../../lib/base/errors.ts';
import { readEvent } from '../../../lib/jivochat/event.ts';
import { leadFrom, leadRecord, mayHaveContactDetails, type Lead } from '../../../lib/jivochat/lead.ts';
import { cleanText } from '../../../lib/base/text.ts';
import { isObject } from '../../../lib/base/json.ts';
import { LeadRecord } from '../../../lib/jivochat/lead_record.ts';
import { RUNS } from '../../support/fuzz.ts';
import { finished, sample, sampleNames } from '../../support/jivochat/samples.ts';

const MANY = { numRuns: RUNS.events };
const keys = Object.keys(leadFrom(readEvent(sample('chat_finished'))));

/** Texts as users, bots and attackers write them. */
const shortText = fc.oneof(
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
);
const text = fc.oneof(
  { weight: 4, arbitrary: shortText },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 90_000 }).map((length) => '🙂a'.repeat(length)) },
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

const url = fc.constantFrom('https://files.example.com/a.jpg', '//cdn.example.com/b.pdf', 'c.png');
const moment = fc.oneof(
  fc.integer({ min: 0, max: 2_000_000_000 }),
  fc.integer({ min: 0, max: 2_000_000_000_000 }).map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(null, '2022-10-10 10:07:56', 'yesterday'),
);
/** Messages as text or file, with the keys of other systems. */
const anyMessage = fc.oneof(
  fc.record(
    {
      message: fc.oneof(
        shortText,
        fc.record({ type: fc.constantFrom('text', 'photo'), text: shortText, file: url }),
      ),
      text: shortText,
      caption: shortText,
      file: fc.oneof(url, fc.record({ url, name: shortText })),
      attachments: fc.array(fc.record({ link: url }), { maxLength: 3 }),
      type: fc.constantFrom('visitor', 'AGENT', 'bot', 'photo', null),
      agent_id: fc.constantFrom(1, '2', null),
      timestamp: moment,
      created_at: moment,
    },
    { requiredKeys: [] },
  ),
  shortText,
);
/** A list as a list, a map, JSON text, or its only item. */
const listOf = <T>(item: fc.Arbitrary<T>) =>
  fc
    .tuple(fc.array(item, { maxLength: 6 }), fc.constantFrom('list', 'map', 'named', 'text', 'single'))
    .map(([items, form]): unknown => {
      if (form === 'map') return Object.fromEntries(items.entries());
      if (form === 'named') return Object.fromEntries(items.map((one, index) => [`id${index}`, one]));
      if (form === 'text') return JSON.stringify(items);
      return form === 'single' ? items[0] : items;
    });
const person = fc.oneof(
  fc.record({
    id: fc.constantFrom(1, '2', null),
    name: shortText,
    email: fc.constantFrom('a@b.co', 'Ada <a@b.co>, c@d.co', 'none'),
  }),
  shortText,
);
const contactText = fc.constantFrom(
  'a@b.co',
  'a@b.co and c@d.co',
  '8 999 829 15 50',
  'n/a',
  'Ann [324234234]',
);
const utm = fc.oneof(
  fc.dictionary(fc.constantFrom('source', 'utm_medium', 'Keyword', '__proto__'), shortText),
  fc.constantFrom('source=a|medium=b', 'utm_source=a&UTM_Term=b', '{"keyword":"c"}', '?=&=|'),
);
const tag = fc.oneof(shortText, fc.record({ title: shortText }), fc.boolean());
/** Events in the forms that other accounts, bridges and the CRM webhooks send. */
const drifted = fc
  .record({
    event: fc.constantFrom(
      'chat_finished',
      'call_event',
      'created_client',
      'assigned_status',
      'chat_archived',
    ),
    details: fc.record({ name: contactText, email: contactText, phone: contactText, tags: listOf(tag) }),
    agents: listOf(person),
    tags: listOf(tag),
    messages: listOf(anyMessage),
    contacts: listOf(fc.record({ contact_type: fc.constantFrom('phone', 'email'), contact: contactText })),
    call: fc.record({ phone: contactText, status: fc.constantFrom('end', 'error') }),
    session: fc.record({ utm, utm_json: utm, geoip: fc.constantFrom({ country_code: 'RU' }, null) }),
    html: fc.oneof(shortText, markupText()),
  })
  .map(({ event, details, agents, tags, messages, contacts, call, session, html }) => {
    const client = { client_id: 7, ...details, contacts };
    return {
      event_name: event,
      ...(event === 'assigned_status'
        ? { client }
        : event === 'created_client'
          ? client
          : { visitor: details }),
      agents,
      tags,
      call,
      session,
      chat: { messages, blacklisted: 'no' },
      html_messages: html,
    };
  });

function markupText(): fc.Arbitrary<string> {
  return fc
    .array(
      fc.constantFrom(
        '<div>',
        '</div>',
        '<script>',
        '<',
        '>',
        '&lt;b&gt;',
        '&#60;b&#x3e;',
        '&#9999999;',
        'a',
      ),
    )
    .map((parts) => parts.join(''));
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

const momentOf = (time: number | string) => (typeof time === 'string' ? Date.parse(time) / 1000 : time);

/** The problem with the parsed payload. */
function faults(payload: unknown): string[] {
  const lead = read(payload);
  if (typeof lead === 'string')
    return /^"JivoChat Event Data" is [^<>]+\.$/.test(lead) ? [] : [`says: ${lead}`];
  const trace = traceOf(lead);
  const [ofChat, ofTask] = [noteBody(lead, trace), taskBody(lead, trace)];
  const bodies = [ofChat, ofTask];
  const kept = [bodies, bodies.map(asHtml)];
  const isOwn = ([first = '', second = '']: string[]) =>
    ownPart(first, trace) !== undefined && endsWithTrace(second, trace, ofTask);
  const holds = {
    'has always the same keys': isDeepStrictEqual(Object.keys(lead), keys),
    'is what JSON keeps of it': isDeepStrictEqual(JSON.parse(JSON.stringify(lead)), lead),
    'reads the same again': isDeepStrictEqual(read(payload), lead),
    'has an email that is one': /^\S+@\S+\.\S+$/.test(lead.email ?? 'a@b.co'),
    'has a phone that is one': /^\+[1-9]\d{4,14}$/.test(lead.phone ?? '+14155550132'),
    'writes no markup and no control characters': !bodies.some((body) =>
      /<[a-z/!?]|(?![\n\t])\p{Cc}|\p{Cs}/iu.test(body),
    ),
    'finds its note and its task again': kept.every(isOwn),
    'has nothing to add to its own note': kept.every(
      ([first = '']) => updatedNote(lead, first, trace) === undefined,
    ),
    'writes a note that HighLevel takes': ofChat.length <= 60_000,
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

test('an event in any form that accounts send is parsed', () => {
  fc.assert(
    fc.property(drifted, (event) => {
      expect(typeof read(event)).toBe('object');
      expect([...faults(event), ...faults(JSON.stringify(event))]).toEqual([]);
    }),
    MANY,
  );
});

test('messages are the same in a list, in a map and as JSON text, in any order', () => {
  const timed = fc.uniqueArray(fc.integer({ min: 1, max: 2_000_000_000 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(timed, fc.infiniteStream(shortText), fc.boolean(), (times, texts, isIso) => {
      const said = times.map((time) => ({
        message: texts.next().value,
        type: 'visitor',
        timestamp: isIso ? new Date(time * 1000).toISOString() : time,
      }));
      const inOrder = said.toSorted((a, b) => momentOf(a.timestamp) - momentOf(b.timestamp));
      const [expected, ...others] = [
        inOrder,
        said,
        said.toReversed(),
        Object.fromEntries(inOrder.map((one, index) => [`m${index}`, one])),
        JSON.stringify(said),
      ].map((messages) => leadFrom(readEvent(finished([], { 'chat.messages': messages }))).messages);
      for (const other of others) expect(other).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});

test('Require Contact Details never drops an event with contact details', () => {
  fc.assert(
    fc.property(drifted, fc.constantFrom('US', 'RU', 'DE', 'MX', undefined), (body, accountCountry) => {
      const event = readEvent(body);
      const { email, phone } = leadFrom(event, { accountCountry });
      const isFound = email !== null || phone !== null;
      expect(!isFound || mayHaveContactDetails(event)).toBe(true);
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
      expect(z.object(LeadRecord).parse(record)).toEqual(record);
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

test('the note of one chat is never mistaken for another’s', () => {
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

import { DateTime } from 'luxon';
import * as z from 'zod';
import { digest } from '../base/digest.ts';
import { ApiError } from '../base/errors.ts';
import { isObject } from '../base/json.ts';
import { DAY } from '../base/dates.ts';
import type { ContactResponse } from '../highlevel/records/contact.ts';
import { personIn } from '../highlevel/records/names.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { businessNames } from './businesses.ts';
import { lostReasons, pipelineNames } from './opportunities.ts';
import { calendarNames } from './appointments.ts';
import { SECONDS, subAccount } from './location.ts';
import { questionnaires } from './submissions.ts';
import { users } from './users.ts';

/** Names are an extra: they may not take the time that the step itself needs. */
const WITHIN_MS = 3_000;
/** The most contacts of one lookup. HighLevel documents no limit for a group of filters. */
const PER_LOOKUP = 100;
const MAX_LOOKUPS = 3;
/** The most records of a poll that are remembered as named. */
const MAX_REMEMBERED = 1_000;

interface Person {
  name: string | null;
  email: string | null;
  phone: string | null;
}

type Row = Record<string, unknown>;

/**
 * Fills in the names beside the ids of all records in an output, and the time of appointments in words: contacts, tasks,
 * notes, appointments, opportunities, also inside other records. They come from the output itself (a lead's task has the lead's contact) and from the
 * cached lists of users, companies, calendars and pipelines, read only if a record refers to one. With `readContacts` the names of
 * contacts are looked up too, up to 100 in one request. A name that cannot be found stays null. Never throws.
 */
export async function addNames(
  highlevel: HighLevel,
  output: unknown,
  { readContacts = false } = {},
): Promise<void> {
  const records = recordsIn(output);
  const wants = (key: string, id: string) => records.some((row) => row[key] === null && textIn(row, id));
  // A task row of the search has its user's name, but not the email.
  const owners = ownerKeys.some(({ name, email, id }) => wants(name, id) || wants(email, id));
  const wantsPipelines = wants('pipelineName', 'pipelineId') || wants('pipelineStageName', 'pipelineStageId');
  const [userNames, companies, calendars, forms, surveys, stages, reasons, zone] = await Promise.all([
    owners
      ? listed(highlevel, 'users', async () =>
          (await users(highlevel, { withinMs: WITHIN_MS })).map(userEntry),
        )
      : none,
    wants('businessName', 'businessId')
      ? listed(highlevel, 'businesses', () => businessNames(highlevel, { withinMs: WITHIN_MS }))
      : none,
    wants('calendarName', 'calendarId')
      ? listed(highlevel, 'calendars', () => calendarNames(highlevel, { withinMs: WITHIN_MS }))
      : none,
    wants('formName', 'formId')
      ? listed(highlevel, 'forms', () => questionnaires(highlevel, 'form', { withinMs: WITHIN_MS }))
      : none,
    wants('surveyName', 'surveyId')
      ? listed(highlevel, 'surveys', () => questionnaires(highlevel, 'survey', { withinMs: WITHIN_MS }))
      : none,
    wantsPipelines
      ? listed(highlevel, 'pipelines', () => pipelineNames(highlevel, { withinMs: WITHIN_MS }))
      : none,
    wants('lostReasonName', 'lostReasonId')
      ? listed(highlevel, 'lostReasons', () => lostReasons(highlevel, { withinMs: WITHIN_MS }))
      : none,
    wants('startTimeText', 'startTime') ? zoneOf(highlevel) : undefined,
  ]);
  for (const row of records) {
    for (const { name, email, id } of ownerKeys) {
      const user = userNames.get(textIn(row, id) ?? '');
      if (!user) continue;
      if (user.name && name in row) row[name] = user.name;
      fill(row, { [email]: user.email });
    }
    fill(row, { businessName: companies.get(textIn(row, 'businessId') ?? '')?.name });
    fill(row, { calendarName: calendars.get(textIn(row, 'calendarId') ?? '')?.name });
    fill(row, { formName: forms.get(textIn(row, 'formId') ?? '')?.name });
    fill(row, { surveyName: surveys.get(textIn(row, 'surveyId') ?? '')?.name });
    fill(row, {
      pipelineName: stages.get(textIn(row, 'pipelineId') ?? '')?.name,
      pipelineStageName: stages.get(textIn(row, 'pipelineStageId') ?? '')?.name,
      lostReasonName: reasons.get(textIn(row, 'lostReasonId') ?? '')?.name,
    });
    if (zone) fill(row, timeInWords(textIn(row, 'startTime'), zone));
  }
  addContacts(records, contactsIn(records));
  if (readContacts) addContacts(records, await lookedUp(highlevel, records));
}

/**
 * The same for the records of a poll of the trigger `key` with these filters: only those that the previous polls did not return, because Zapier ignores the others. A
 * poll without news therefore takes no request for names.
 */
export async function addNamesToNews(
  highlevel: HighLevel,
  poll: { key: string; filters: unknown },
  records: readonly object[],
): Promise<void> {
  const marks = records.slice(0, MAX_REMEMBERED).map((record) => markOf(record));
  const name = `named:${poll.key}:${digest(JSON.stringify(poll.filters))}`;
  const before = new Set(await highlevel.cache.get(name, z.array(z.string())));
  const news = records.filter((_, index) => !before.has(marks[index] ?? ''));
  if (news.length === 0) return;
  await addNames(highlevel, news, { readContacts: true });
  await highlevel.cache.set(name, marks, DAY / 1000);
}

/** Identifies a record in its present state. */
function markOf(record: object): string {
  const { id, dateUpdated, updatedAt, startTime, dueDate, tag, revision }: Row = { ...record };
  const moments = [dateUpdated ?? updatedAt, startTime, dueDate];
  return digest(JSON.stringify([id, ...moments, tag, revision])).slice(0, 8);
}

const ownerKeys = [
  { id: 'assignedTo', name: 'assignedToName', email: 'assignedToEmail' },
  { id: 'assignedUserId', name: 'assignedToName', email: 'assignedToEmail' },
  { id: 'userId', name: 'userName', email: 'userEmail' },
];
const NAME_KEYS = ['assignedToName', 'userName', 'contactName', 'businessName', 'calendarName'];
const none: ReadonlyMap<string, Person> = new Map();

/** The records with fields for names, at any depth. */
function recordsIn(output: unknown): Row[] {
  if (Array.isArray(output)) return output.flatMap(recordsIn);
  if (!isObject(output)) return [];
  const inside = Object.values(output).flatMap((value) =>
    isObject(value) || Array.isArray(value) ? recordsIn(value) : [],
  );
  return NAME_KEYS.some((key) => key in output) ? [output, ...inside] : inside;
}

/** The contacts among the records themselves, by id. */
function contactsIn(records: Row[]): ReadonlyMap<string, Person> {
  return new Map(
    records.flatMap((row) => {
      const id = textIn(row, 'id');
      return id && 'firstName' in row ? [[id, personIn(row)] as const] : [];
    }),
  );
}

function addContacts(records: Row[], contacts: ReadonlyMap<string, Person>): void {
  for (const row of records) {
    const contact = contacts.get(textIn(row, 'contactId') ?? '');
    if (!contact || !('contactName' in row)) continue;
    // HighLevel's task rows have the name in lower case.
    if (contact.name) row.contactName = contact.name;
    fill(row, { contactEmail: contact.email, contactPhone: contact.phone });
  }
}

/** The contacts that the records refer to, by one search for each 100 of them. */
async function lookedUp(highlevel: HighLevel, records: Row[]): Promise<ReadonlyMap<string, Person>> {
  // HighLevel's opportunities have all that is known of their contacts.
  const hasContact = (row: Row) => 'pipelineStageId' in row && row.contactName !== null;
  const wanted = records.filter(
    (row) => 'contactEmail' in row && row.contactEmail === null && !hasContact(row),
  );
  const ids = [...new Set(wanted.flatMap((row) => textIn(row, 'contactId') ?? []))];
  const found = new Map<string, Person>();
  for (let start = 0; start < Math.min(ids.length, MAX_LOOKUPS * PER_LOOKUP); start += PER_LOOKUP) {
    const some = ids.slice(start, start + PER_LOOKUP);
    const contacts = await ifKnown(highlevel, 'contacts', () => contactsWith(highlevel, some));
    if (!contacts) break;
    for (const contact of contacts) found.set(contact.id, personIn(contact));
  }
  return found;
}

/** The contacts with these ids, at most 100. One request. */
async function contactsWith(highlevel: HighLevel, ids: string[]): Promise<ContactResponse[]> {
  const more = { withinMs: WITHIN_MS };
  const [contactId, ...others] = ids;
  // Unlike the search, this has no index lag.
  if (contactId !== undefined && others.length === 0)
    return [(await highlevel.request('GET /contacts/{contactId}', { path: { contactId } }, more)).contact];
  const body = {
    locationId: highlevel.locationId,
    pageLimit: ids.length,
    filters: [{ group: 'OR', filters: ids.map((id) => ({ field: 'id', operator: 'eq', value: id })) }],
  };
  return (await highlevel.request('POST /contacts/search', { body }, more)).contacts;
}

/** A list for names, by id; empty if it cannot be read. */
async function listed(
  highlevel: HighLevel,
  name: string,
  read: () => Promise<({ id: string; name: string | null } & Partial<Person>)[]>,
): Promise<ReadonlyMap<string, Person>> {
  const list = (await ifKnown(highlevel, name, read)) ?? [];
  return new Map(list.map(({ id, ...one }) => [id, { email: null, phone: null, ...one }]));
}

/**
 * What a lookup for names returns; undefined if it fails. One that HighLevel refuses is not repeated for 10 minutes, which
 * is how long the lists are cached.
 */
async function ifKnown<T>(
  { cache }: HighLevel,
  name: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  const key = `unnamed:${name}`;
  // Without a cache, each run would read the lists again.
  if ((await cache.get(key, z.boolean())) || !cache.isWorking()) return undefined;
  try {
    return await read();
  } catch (error) {
    const isOfAll = error instanceof ApiError && error.kind !== 'throttled' && error.kind !== 'not found';
    if (isOfAll) await cache.set(key, true, SECONDS);
    return undefined;
  }
}

function userEntry(user: {
  id: string;
  name: string | null;
  firstName: string | null;
  lastName: string | null;
  email: string | null;
}) {
  return { id: user.id, ...personIn(user) };
}

async function zoneOf(highlevel: HighLevel): Promise<string> {
  const location = await ifKnown(highlevel, 'location', () => subAccount(highlevel, { withinMs: WITHIN_MS }));
  return location?.timezone ?? 'UTC';
}

/** A time as people in the sub-account's time zone say it. */
function timeInWords(
  startTime: string | undefined,
  zone: string,
): { startTimeText?: string; timezone?: string } {
  const start = DateTime.fromISO(startTime ?? '', { zone });
  if (!start.isValid) return {};
  return { startTimeText: start.toFormat('cccc, LLLL d, yyyy, h:mm a ZZZZ'), timezone: zone };
}

/** Sets the fields that the record has and that are null. */
function fill(row: Row, values: Record<string, string | null | undefined>): void {
  for (const [key, value] of Object.entries(values))
    if (value !== undefined && value !== null && key in row && row[key] === null) row[key] = value;
}

function textIn(row: Row, key: string): string | undefined {
  const value = row[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

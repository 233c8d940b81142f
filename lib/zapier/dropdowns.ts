import { DateTime } from 'luxon';
import type { Bundle, ZObject } from 'zapier-platform-core';
import { CHAT_AGENT } from '../capture/assignee.ts';
import { withoutMarkup } from '../base/html.ts';
import { countries } from '../base/countries.ts';
import { editorFieldOf, takesText } from '../resources/custom_fields.ts';
import { toZapierError } from './errors.ts';
import { CUSTOM_FIELD, type DropdownName } from '../schema/fields.ts';
import { createClient, type HighLevel } from '../highlevel/client.ts';
import { isObject } from '../base/json.ts';
import { timeZones } from '../base/time_zones.ts';
import { mayGoOn } from '../base/pages.ts';
import { customFields, ifAllowed, ifReadable, tagNames, timeZone } from '../resources/location.ts';
import { upcomingAppointments } from '../resources/appointments.ts';
import type { Named } from '../highlevel/records/location.ts';
import { clearable, contactFields, type ContactResponse } from '../highlevel/records/contact.ts';
import { watchable } from '../resources/contact_values.ts';
import { tasksOfContact } from '../resources/tasks.ts';
import { questionnairePage, QUESTIONNAIRES_PAGE, type Questionnaire } from '../resources/submissions.ts';
import { lostReasons, pipelines } from '../resources/opportunities.ts';
import { users } from '../resources/users.ts';

/** One choice of a dropdown: the value and its label. */
interface Choice {
  id: string;
  label: string;
  /** Distinguishes choices with the same label; if empty, the id is used. */
  detail?: string | null;
}

/** One page of choices. `next` is passed to the next call as `page`; null on the last page. */
interface Page {
  results: Choice[];
  next: string | null;
}

/** What Zapier asks for: a page, and the values of the step's other fields. */
interface PageQuery {
  page: string | undefined;
  input: Record<string, unknown>;
}

/** A dropdown as Zapier calls it. All fields share one object per dropdown, because Zapier copies each object. */
function dropdown(list: (highlevel: HighLevel, query: PageQuery) => Promise<Page | Choice[]>) {
  return {
    async perform(zapier: ZObject, bundle: Bundle) {
      try {
        const highlevel = createClient(zapier, bundle, { bypassCache: true });
        const page = pageOf(bundle.meta?.paging_token);
        const listed = await list(highlevel, {
          page,
          input: isObject(bundle.inputData) ? bundle.inputData : {},
        });
        const { results, next } = Array.isArray(listed) ? { results: listed, next: null } : listed;
        return { results: disambiguate(results), paging_token: next };
      } catch (error) {
        throw toZapierError(error);
      }
    },
  };
}

/** The page that Zapier asks for. Null, '' or missing for the first one. */
function pageOf(token: unknown): string | undefined {
  const page = typeof token === 'number' || typeof token === 'string' ? String(token).trim() : '';
  return /^0*[1-9]\d*$/.test(page) ? page : undefined;
}

const PER_PAGE = 100;

/** The page after this one of a search. HighLevel returns at most 10,000 rows by page number. */
function nextPage(page: string, received: number): string | null {
  const more = received === PER_PAGE && Number(page) * PER_PAGE < 10_000;
  return more ? String(Number(page) + 1) : null;
}

/** The implementation of each dropdown. */
export const dropdowns: Record<DropdownName, ReturnType<typeof dropdown>> = {
  /** Contacts, last updated first: users usually look for one they just worked on. */
  contacts: dropdown(async (highlevel, { page = '1' }) => {
    const { contacts, received } = await highlevel.request('POST /contacts/search', {
      body: {
        locationId: highlevel.locationId,
        page: Number(page),
        pageLimit: PER_PAGE,
        sort: [{ field: 'dateUpdated', direction: 'desc' }],
      },
    });
    return {
      results: contacts.map((contact) => ({ id: contact.id, label: contactLabel(contact) })),
      next: nextPage(page, received),
    };
  }),

  users: dropdown(userChoices),

  /** The chat's agent, then all users. */
  assignees: dropdown(async (highlevel) => [
    { id: CHAT_AGENT, label: 'The agent in the chat (matched by email)' },
    ...(await userChoices(highlevel)),
  ]),

  tags: dropdown(async (highlevel) => (await tagNames(highlevel)).map((name) => ({ id: name, label: name }))),

  businesses: dropdown(async (highlevel, { page = '0' }) => {
    const skip = Number(page);
    const query = { locationId: highlevel.locationId, limit: PER_PAGE, skip };
    const { businesses, received, total } = await highlevel.request('GET /businesses/', { query });
    const read = skip + received;
    return {
      results: businesses.map(choiceOf),
      next: mayGoOn({ received, total }, PER_PAGE, read) ? String(read) : null,
    };
  }),

  /** Open opportunities, last updated first. */
  opportunities: dropdown(async (highlevel, { page = '1' }) => {
    const { opportunities, received } = await highlevel.request('POST /opportunities/search', {
      body: {
        locationId: highlevel.locationId,
        page: Number(page),
        limit: PER_PAGE,
        filters: [{ field: 'status', operator: 'eq', value: 'open' }],
        sort: [{ field: 'date_updated', direction: 'desc' }],
      },
    });
    return {
      results: opportunities.map(({ id, name, contactName }) => ({
        id,
        label:
          contactName && contactName !== name
            ? `${firstNonBlank(name, id)} (${contactName})`
            : firstNonBlank(name, id),
      })),
      next: nextPage(page, received),
    };
  }),

  pipelines: dropdown(async (highlevel) => (await pipelines(highlevel)).map(choiceOf)),

  /** The stages of the chosen pipeline, in their order. */
  pipelineStages: dropdown(async (highlevel, { input }) => {
    const pipelineId = chosen(input.pipelineId);
    const pipeline = (await pipelines(highlevel)).find(({ id }) => id === pipelineId);
    return (pipeline?.stages ?? []).map(choiceOf);
  }),

  lostReasons: dropdown(async (highlevel) => (await lostReasons(highlevel)).map(choiceOf)),

  /** The custom fields that take any text. */
  customFields: dropdown(async (highlevel) =>
    (await customFields(highlevel)).filter(takesText).map((field) => ({
      id: field.id,
      label: firstNonBlank(field.name, field.fieldKey, field.id),
    })),
  ),

  campaigns: dropdown(async ({ request, locationId }) =>
    liveFirst((await request('GET /campaigns/', { query: { locationId } })).campaigns),
  ),

  workflows: dropdown(async ({ request, locationId }) =>
    liveFirst((await request('GET /workflows/', { query: { locationId } })).workflows),
  ),

  calendars: dropdown(async ({ request, locationId }) =>
    liveFirst((await request('GET /calendars/', { query: { locationId } })).calendars),
  ),

  /** Tasks of the chosen contact, open ones first. */
  tasks: dropdown(async (highlevel, { input }) => {
    const contactId = chosen(input.contactId);
    if (!contactId) return [];
    const tasks = await tasksOfContact(highlevel, contactId);
    return tasks
      .toSorted((a, b) => Number(a.completed) - Number(b.completed))
      .map((task) => ({
        id: task.id,
        label: `${firstNonBlank(task.title, beginning(task.body ?? ''), task.id)}${task.completed ? ' (completed)' : ''}`,
        detail: task.dueDate && `due ${task.dueDate.slice(0, 10)}`,
      }));
  }),

  /** Notes of the chosen contact, labeled by title or first words. */
  notes: dropdown(async ({ request }, { input }) => {
    const contactId = chosen(input.contactId);
    if (!contactId) return [];
    const { notes } = await request('GET /contacts/{contactId}/notes', { path: { contactId } });
    return notes.map((note) => ({
      id: note.id,
      label: firstNonBlank(note.title, beginning(note.body), note.id),
      detail: note.dateAdded && `added ${note.dateAdded.slice(0, 10)}`,
    }));
  }),

  /** Appointments of the coming weeks, next one first. */
  appointments: dropdown(async (highlevel) => {
    const appointments = await upcomingAppointments(highlevel);
    // Only to show the times: a wrong zone is better than no choices.
    const zone = await ifReadable(timeZone(highlevel), 'utc');
    return appointments.map(({ id, title, startTime }) => {
      const start = DateTime.fromISO(startTime ?? '', { zone });
      const when = start.isValid ? start.toFormat('yyyy-MM-dd HH:mm') : 'no date';
      return { id, label: `${firstNonBlank(title, 'Appointment')}, ${when}` };
    });
  }),

  forms: dropdown((highlevel, query) => questionnaireChoices(highlevel, 'form', query)),

  surveys: dropdown((highlevel, query) => questionnaireChoices(highlevel, 'survey', query)),

  /** The sub-account's phone numbers; none if the connection may not list them, or there are none (HighLevel answers 404). */
  phoneNumbers: dropdown(async ({ request, locationId }) => {
    const read = request('GET /phone-system/numbers/location/{locationId}', {
      path: { locationId },
      query: { page: 0, pageSize: PER_PAGE },
    });
    const { numbers } = await ifReadable(read, { numbers: [] });
    return numbers.map(({ phoneNumber, friendlyName = null }) => ({
      id: phoneNumber,
      label: withName(phoneNumber, friendlyName),
    }));
  }),

  /** The fields whose updates Contact Field Updated can watch: standard fields, then custom fields. */
  contactFields: dropdown(async (highlevel) => [
    ...Object.entries(watchable).map(([id, label]) => ({ id, label })),
    ...(await ifAllowed(customFields(highlevel), [])).map((field) => ({
      id: CUSTOM_FIELD + field.id,
      label: firstNonBlank(field.name, field.fieldKey, field.id),
    })),
  ]),

  /** The fields that Update Contact can empty: standard fields, then custom fields. */
  clearable: dropdown(async (highlevel) => [
    ...clearable.map((key) => ({ id: key, label: contactFields[key].about.title ?? key })),
    ...(await ifAllowed(customFields(highlevel), []))
      .filter((field) => editorFieldOf(field) !== undefined)
      .map((field) => ({ id: CUSTOM_FIELD + field.id, label: field.name })),
  ]),

  countries: dropdown(async () => countries().map(({ code, name }) => ({ id: code, label: name }))),

  timezones: dropdown(async () => timeZones().map((zone) => ({ id: zone, label: zone }))),
};

/** A page of the sub-account's forms or surveys. */
async function questionnaireChoices(
  highlevel: HighLevel,
  kind: Questionnaire,
  { page = '0' }: PageQuery,
): Promise<Page> {
  const skip = Number(page);
  const { rows, received, total } = await questionnairePage(highlevel, kind, skip);
  const read = skip + received;
  return {
    results: rows.map(choiceOf),
    next: mayGoOn({ received, total: total ?? null }, QUESTIONNAIRES_PAGE, read) ? String(read) : null,
  };
}

/** A phone number with the name that users gave it. */
function withName(number: string, name: string | null): string {
  const shown = name?.trim() ?? '';
  return shown === '' || shown === number ? number : `${number} (${shown})`;
}

/** A contact's name with its email or phone; never blank. */
function contactLabel({ name, email, phone, id }: ContactResponse): string {
  const address = [email, phone].find((value) => value?.trim());
  return name?.trim() && address
    ? `${name.trim()} (${address.trim()})`
    : firstNonBlank(name, email, phone, id);
}

/** Adds a detail to choices with the same label, so that nobody picks the wrong Jane Doe. */
function disambiguate(choices: Choice[]): Choice[] {
  const times = new Map<string, number>();
  for (const { label } of choices) times.set(label, (times.get(label) ?? 0) + 1);
  return choices.map(({ id, label, detail }) => ({
    id,
    label: times.get(label) === 1 ? label : `${label} (${firstNonBlank(detail ?? null, id)})`,
  }));
}

async function userChoices(highlevel: HighLevel): Promise<Choice[]> {
  return (await users(highlevel)).map((user) => {
    const fullName = [user.firstName, user.lastName].filter(Boolean).join(' ');
    return {
      id: user.id,
      label: firstNonBlank(user.name, fullName, user.email, user.id),
      detail: user.email,
    };
  });
}

function choiceOf({ id, name }: { id: string; name: string | null }): Choice {
  return { id, label: firstNonBlank(name, id) };
}

/** Choices of records that may be inactive, which would have no effect: they are marked and listed last. */
function liveFirst(records: Named[]): Choice[] {
  return records
    .map((record) => ({ record, remark: notInUse(record) }))
    .toSorted((a, b) => Number(a.remark !== '') - Number(b.remark !== ''))
    .map(({ record, remark }) => ({ id: record.id, label: choiceOf(record).label + remark }));
}

function notInUse({ status, isActive }: Named): string {
  if (status && !/^(?:published|active)$/i.test(status.trim())) return ` (${status.trim().toLowerCase()})`;
  return isActive === false ? ' (inactive)' : '';
}

function firstNonBlank(...candidates: (string | null)[]): string {
  return candidates.map((candidate) => candidate?.trim()).find(Boolean) ?? '(no name)';
}

function chosen(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The first words of a note or a task, without the HTML of HighLevel's editor. */
function beginning(body: string): string {
  const words = withoutMarkup(body).replace(/\s+/g, ' ').trim();
  return words.length > 60 ? `${words.slice(0, 60)}…` : words;
}

import { MAX_BY_PAGE_NUMBER } from '../lib/polling/search.ts';
import { randomness } from '../test/sandbox/random.ts';
import { startSandbox, type Sandbox } from '../test/sandbox/sandbox.ts';
import { Oracle } from '../test/robustness/polls/oracle.ts';
import { People } from '../test/robustness/polls/people.ts';
import { watches, type Chosen, type Watch } from '../test/robustness/polls/watches.ts';
import { accountOf } from '../test/support/zapier/connect.ts';
import { startRemoteApp, type RemoteApp } from './remote_app.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MAX_TASKS = 20_000;
const PAGE = 500;
const FIRST_PAGE = 100;
const SUBMISSIONS_PAGE = 100;
/** A trigger watches no form with more submissions a day than this, in all rounds together. */
const MAX_SUBMISSIONS = 1_500;
const BUSINESS_PAGES = 10;
const NOTE_REQUESTS = 26;
const POLLS_A_DAY = 1440;

/** The cost of one poll, and its limit. */
export interface PollCost {
  trigger: string;
  input: Record<string, unknown>;
  /** The number of contacts in the sub-account, and of changes in the last hour. */
  contacts: number;
  changes: number;
  requests: number;
  /** Bytes received. */
  bytes: number;
  /** The app's CPU time, without the sandbox's. */
  cpuMs: number;
  bound: number;
  /** The items that Zapier would have wrongly triggered on or missed. */
  wrong: string[];
}

/** Requests a day when it is polled each minute. */
export const aDay = ({ requests }: PollCost): number => requests * POLLS_A_DAY;

/**
 * Polls every trigger with every kind of filter, in sub-accounts of these sizes, with these numbers of changes in the hour
 * before the poll. The built app runs in a separate process; `done` is called after each sub-account and number of changes.
 */
export async function polls(
  sizes: readonly number[],
  changes: readonly number[],
  done: (rounds: number) => void,
): Promise<PollCost[]> {
  const app = await startRemoteApp();
  try {
    return await measure(app, sizes, changes, done);
  } finally {
    app.close();
  }
}

async function measure(
  app: RemoteApp,
  sizes: readonly number[],
  changes: readonly number[],
  done: (rounds: number) => void,
): Promise<PollCost[]> {
  const costs: PollCost[] = [];
  let rounds = 0;
  for (const contacts of sizes) {
    let at = Date.now() - 24 * HOUR;
    const tasks = Math.min(contacts, MAX_TASKS);
    const sandbox = await startSandbox({ contacts, tasks, rateLimit: false, now: () => at });
    const people = new People(sandbox.store, randomness(contacts));
    const chosen = choose(sandbox);
    const zaps = watches(chosen).filter((watch) => !isRefused(watch, contacts));
    await app.ask({ connection: accountOf(sandbox, { expiresIn: 30 * 86_400 }) });
    for (const { key, input } of zaps) await app.ask({ trigger: key, input });
    for (const count of changes) {
      // Changes of the previous row are now outside every poll's window, and the last poll was a minute ago.
      at += 3 * HOUR;
      for (const poll of zaps.keys()) await app.ask({ poll });
      at += MINUTE;
      const oracles = zaps.map((watch) => new Oracle(watch, sandbox.store));
      change(people, chosen, count);
      at += MINUTE;
      for (const [poll, watch] of zaps.entries()) {
        const oracle = oracles[poll];
        oracle?.look();
        const before = { requests: sandbox.log.length, bytes: sandbox.bytesSent() };
        const { fired, cpuMs } = await app.ask({ poll });
        oracle?.judge(fired);
        const { missed = [], doubled = [], uncalled = [] } = oracle?.end() ?? {};
        costs.push({
          trigger: watch.key,
          input: watch.input,
          contacts,
          changes: count,
          requests: sandbox.log.length - before.requests,
          bytes: sandbox.bytesSent() - before.bytes,
          cpuMs,
          bound: bound(watch, sandbox, count),
          wrong: [...missed, ...doubled, ...uncalled],
        });
      }
      done(++rounds);
    }
    await sandbox.close();
  }
  return costs;
}

/**
 * Whether the trigger refuses to watch this many contacts, as it would have to know all their present values: without a filter,
 * and with a tag that many of the sandbox's contacts have.
 */
function isRefused({ key, input }: Watch, contacts: number): boolean {
  return key === 'contact_field_updated' && contacts > MAX_BY_PAGE_NUMBER && !input.value;
}

function choose({ store }: Sandbox): Chosen {
  return {
    contactId: [...store.contacts.keys()].at(-1) ?? '',
    userId: store.users[0]?.id ?? '',
    businessId: store.businesses[0]?.id ?? '',
    calendarId: store.calendars[0]?.id ?? '',
    tag: 'vip',
    formId: store.questionnaires.find(({ kind }) => kind === 'form')?.id ?? '',
    surveyId: store.questionnaires.find(({ kind }) => kind === 'survey')?.id ?? '',
    pipelineId: store.pipelines[0]?.id ?? '',
    pipelineStageId: store.pipelines[0]?.stages[1]?.id ?? '',
  };
}

/** Makes this many changes to each kind of record, alternating new and old ones, all of which match every filter. */
function change(people: People, chosen: Chosen, count: number): void {
  const { tag, businessId, userId, contactId, pipelineId, pipelineStageId } = chosen;
  const { store } = people;
  const opportunities = [...store.opportunities.values()].slice(0, count);
  const traits = { tags: [tag], businessId, assignedTo: userId };
  const oldest = [...store.contacts.values()].slice(0, count);
  const tasks = [...store.tasks.values()].slice(0, count);
  const watched = store.contacts.get(contactId);
  for (let index = 0; index < count; index++) {
    const old = index % 2 === 1 ? oldest[index] : undefined;
    if (old) people.edit(old, traits);
    const contact = old ?? people.addContact(traits);
    const task = index % 2 === 1 ? tasks[index] : undefined;
    if (task) people.editTask(task);
    else people.addTask(contact, userId);
    people.addNote(index % 2 === 1 && watched ? watched : contact);
    people.book(contact);
    people.say(
      contact,
      index % 3 === 0 ? 'TYPE_EMAIL' : 'TYPE_SMS',
      index % 2 === 0 ? 'inbound' : 'outbound',
    );
    const opportunity = index % 2 === 1 ? opportunities[index] : undefined;
    if (opportunity) {
      const isMoved = opportunity.pipelineStageId === pipelineStageId;
      store.changeOpportunity(opportunity.id, {
        pipelineId,
        pipelineStageId: isMoved ? (store.pipelines[0]?.stages[0]?.id ?? '') : pipelineStageId,
        status: opportunity.status === 'won' ? 'open' : 'won',
      });
    } else
      store.newOpportunity({
        contactId: contact.id,
        pipelineId,
        pipelineStageId,
        status: 'won',
        assignedTo: userId,
      });
    const questionnaire = store.questionnaires[index % store.questionnaires.length];
    if (questionnaire && index < MAX_SUBMISSIONS) people.submit(contact, questionnaire);
  }
}

/** The lists that names come from: users, companies, calendars, forms or surveys, custom fields, the sub-account. */
const NAME_LISTS = 5;
/** The most searches for the names of new records' contacts. */
const NAME_SEARCHES = 3;

/** Triggers by the clock return what is due, with its names, whether or not anything changed. */
const BY_CLOCK = ['task_due', 'appointment_starting'];

/** The requests that a poll may cost, with those for the names of the records that it returns. */
function bound(watch: Watch, sandbox: Sandbox, changes: number): number {
  const isQuiet = changes === 0 && !BY_CLOCK.includes(watch.key);
  const searches = Math.min(NAME_SEARCHES, Math.max(1, Math.ceil(changes / FIRST_PAGE)));
  const names = isQuiet ? 0 : NAME_LISTS + searches;
  return boundOfRecords(watch, sandbox, changes) + names;
}

function boundOfRecords({ key, input, view }: Watch, { store }: Sandbox, changes: number): number {
  // Emails are a list of their own.
  if (key === 'new_message') return 2 * (changes < FIRST_PAGE ? 1 : Math.ceil(changes / PAGE) + 1);
  if (key.endsWith('_submission')) return Math.floor(store.submissions.size / SUBMISSIONS_PAGE) + 1;
  if (key.endsWith('_note')) return input.contactId === undefined ? NOTE_REQUESTS : 1;
  if (key.includes('appointment')) {
    // A contact's list has no zone, so the sub-account's is looked up occasionally.
    if (input.contactId !== undefined) return 2;
    return input.calendarId === undefined && input.assignedUserId === undefined
      ? 1 + store.calendars.length
      : 1;
  }
  if (key === 'task_due')
    return Math.floor([...store.tasks.values()].filter(({ completed }) => !completed).length / PAGE) + 1;
  if (key.endsWith('_task')) return Math.floor(view(store).size / PAGE) + 1;
  const pages = changes < FIRST_PAGE ? 1 : Math.ceil(changes / PAGE) + 1;
  return Math.min(pages, 21) + (input.businessId !== undefined && changes > 0 ? BUSINESS_PAGES : 0);
}

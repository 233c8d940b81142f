import app from '../../../index.ts';
import { randomness } from '../../sandbox/random.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { accountOf } from '../../support/zapier/connect.ts';
import { Zapier } from '../../support/zapier/zapier.ts';
import { Oracle, type Tally } from './oracle.ts';
import { People } from './people.ts';
import { startProxy, type Distortion } from './proxy.ts';
import { watches, type Chosen } from './watches.ts';

jest.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const POLLING = Object.values(app.triggers ?? {}).flatMap(({ key, operation }) =>
  operation.type === 'polling' ? [key] : [],
);
/** More than any page, and than two of the largest ones. */
const MANY = 1_100;
const MINUTE = 60_000;

/** Adds and changes many records of each kind, all of which match every filter, one after the other. */
function change(people: People, chosen: Chosen, pass: () => void): void {
  const { tag, businessId, userId, contactId, formId, surveyId, pipelineId, pipelineStageId } = chosen;
  const opened: string[] = [];
  const { store } = people;
  const watched = store.contacts.get(contactId);
  for (let index = 0; index < MANY; index++) {
    pass();
    const contact = people.addContact({ tags: [tag], businessId, assignedTo: userId });
    const task = people.addTask(contact, userId);
    task.dueDate = new Date(store.now() - MINUTE).toISOString();
    if (index % 2 === 0) people.editTask(task, { completed: true });
    if (watched) people.addNote(watched);
    const appointment = people.book(contact);
    if (appointment && index % 2 === 0) people.cancel(appointment);
    opened.push(store.newOpportunity({ contactId: contact.id, pipelineId, assignedTo: userId }).id);
    // More than two seconds after it was opened.
    const earlier = opened.at(-30);
    if (earlier) store.changeOpportunity(earlier, { pipelineStageId, status: 'won' });
    people.say(contact, index % 2 === 0 ? 'TYPE_EMAIL' : 'TYPE_SMS', 'inbound');
    // A form that gets more than 2,000 a day is too much for its trigger.
    const submitted = store.questionnaires.filter(({ id }) => id === formId || id === surveyId);
    for (const one of submitted) people.submit(contact, one);
  }
}

/** What a Zap with this trigger, without filters where possible, makes of a burst. */
async function afterBurst(key: string, distortion?: Distortion): Promise<Tally> {
  const clock = { now: Date.parse('2026-01-28T14:00:00Z') };
  jest.spyOn(Date, 'now').mockImplementation(() => clock.now);
  const sandbox = await startSandbox({ rateLimit: false, now: () => clock.now });
  const proxy = distortion && (await startProxy(sandbox.url, distortion));
  try {
    const { store } = sandbox;
    const chosen: Chosen = {
      contactId: [...store.contacts.keys()][0] ?? '',
      userId: store.users[0]?.id ?? '',
      businessId: store.businesses[0]?.id ?? '',
      calendarId: store.calendars[0]?.id ?? '',
      tag: 'vip',
      formId: store.questionnaires[0]?.id ?? '',
      surveyId: store.questionnaires.find(({ kind }) => kind === 'survey')?.id ?? '',
      pipelineId: store.pipelines[0]?.id ?? '',
      pipelineStageId: store.pipelines[0]?.stages[1]?.id ?? '',
    };
    const account = accountOf(sandbox, { expiresIn: 30 * 86_400 });
    if (proxy) account.environment.HIGHLEVEL_API_URL = proxy.url;
    const watch = watches(chosen).find((one) => one.key === key);
    if (!watch) throw new Error(`The poll simulator does not know ${key}`);
    const on = await new Zapier(app, account).switchOn(key, watch.input);
    const oracle = new Oracle(watch, store);
    clock.now += MINUTE;
    change(new People(store, randomness(1)), chosen, () => (clock.now += 100));
    clock.now += MINUTE;
    oracle.look();
    const fired = await on.poll();
    for (let more = fired; more.length > 0; fired.push(...more)) more = await on.poll();
    oracle.judge(fired);
    return oracle.end();
  } finally {
    await proxy?.close();
    await sandbox.close();
    jest.restoreAllMocks();
  }
}

describe('Polling trigger after more news than fit on a page', () => {
  test.each(POLLING)('%s reads every page', async (key) => {
    const { missed, doubled, uncalled, delivered } = await afterBurst(key);
    expect({ missed: missed.length, doubled, uncalled }).toEqual({ missed: 0, doubled: [], uncalled: [] });
    expect(delivered[key]).toBeGreaterThan(0);
  });

  // A poll that stops after a page sees no more than this.
  const PAGED = POLLING.filter((key) => /contact|task|message|submission/.test(key));
  test.each(PAGED)('%s would miss news if it read one page', async (key) => {
    expect((await afterBurst(key, 'one page')).missed.length).toBeGreaterThan(100);
  });
});

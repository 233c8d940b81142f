import { ownOutputFields } from '../support/output_fields.ts';
import app from '../../index.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { accountOf } from '../support/zapier/connect.ts';
import { Zapier, type Item } from '../support/zapier/zapier.ts';

// What people ask for, done only with fields that the Zap editor offers, by their labels.

let sandbox: Sandbox;
let zapier: Zapier;

beforeEach(async () => {
  sandbox = await startSandbox();
  zapier = new Zapier(app, { ...accountOf(sandbox), timezone: 'America/New_York' });
});
afterEach(() => sandbox.close());

const operations = new Map([app.triggers, app.searches].flatMap((kind) => Object.entries(kind ?? {})));

/** The value of the output field with this label, as a user maps it. Fails if the editor does not offer it. */
async function mapped(operation: string, record: Item | undefined, label: string): Promise<unknown> {
  const fields = await ownOutputFields(operations.get(operation)?.operation ?? {});
  const found = fields.find((field) => field.label === label);
  if (!found) throw new Error(`${operation} has no field ${label}`);
  return record?.[found.key];
}

test('email the owner of a completed task', async () => {
  const { store } = sandbox;
  const zap = await zapier.switchOn('completed_task');
  const [task] = [...store.tasks.values()].filter(({ completed }) => !completed);
  const [owner] = store.users;
  await zapier.create('update_task', { contactId: task?.contactId, taskId: task?.id, assignedTo: owner?.id });
  await zapier.create('complete_task', { contactId: task?.contactId, taskId: task?.id });

  const [completed, ...others] = await zap.poll();
  expect(others).toEqual([]);
  const contact = store.contacts.get(task?.contactId ?? '');
  const email = {
    to: await mapped('completed_task', completed, 'Owner Email'),
    subject: await mapped('completed_task', completed, 'Title'),
    body: [
      await mapped('completed_task', completed, 'Owner Name'),
      await mapped('completed_task', completed, 'Contact Name'),
      await mapped('completed_task', completed, 'Contact Email'),
    ],
  };
  expect(email).toEqual({
    to: owner?.email,
    subject: task?.title,
    body: [
      [owner?.firstName, owner?.lastName].join(' '),
      [contact?.firstName, contact?.lastName].join(' '),
      contact?.email,
    ],
  });
});

test("tell the visitor's name when an appointment is cancelled", async () => {
  const { store } = sandbox;
  const zap = await zapier.switchOn('appointment_status_changed', { appointmentStatus: 'Cancelled' });
  const [appointment] = store.appointments.values();
  await zapier.create('cancel_appointment', { appointmentId: appointment?.id });

  const [cancelled, ...others] = await zap.poll();
  expect(others).toEqual([]);
  const contact = store.contacts.get(appointment?.contactId ?? '');
  const calendar = store.calendars.find(({ id }) => id === appointment?.calendarId);
  expect(
    await Promise.all(
      ['Contact Name', 'Contact Phone', 'Calendar'].map((label) =>
        mapped('appointment_status_changed', cancelled, label),
      ),
    ),
  ).toEqual([[contact?.firstName, contact?.lastName].join(' '), contact?.phone ?? null, calendar?.name]);
  expect(await mapped('appointment_status_changed', cancelled, 'Start Time in Words')).toMatch(
    /^\w+day, \w+ \d+, \d{4}, \d+:\d\d [AP]M E[SD]T$/,
  );
});

test('add every contact of a company to a workflow', async () => {
  const { store } = sandbox;
  const [company] = await zapier.search('find_business', { name: store.businesses[0]?.name });
  const some = [...store.contacts.keys()].slice(0, 3);
  const businessId = await mapped('find_business', company, 'Company ID');
  await zapier.create('set_business', { contactIds: some, businessId });

  const found = await zapier.search('find_contacts', { businessId });
  const [workflow] = store.workflows;
  for (const contact of found)
    await zapier.create('add_to_workflow', {
      contactId: await mapped('find_contacts', contact, 'Contact ID'),
      workflowId: workflow?.id,
    });
  const members = [...store.contacts.values()].filter(({ workflows }) =>
    workflows.includes(workflow?.id ?? ''),
  );
  expect(members.map(({ id }) => id)).toEqual(expect.arrayContaining(some));
  expect(members).toHaveLength(found.length);
});

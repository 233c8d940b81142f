import app from '../../../index.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { accountOf } from '../../support/zapier/connect.ts';
import { Zapier } from '../../support/zapier/zapier.ts';

let sandbox: Sandbox;
let zapier: Zapier;
beforeEach(async () => {
  sandbox = await startSandbox();
  zapier = new Zapier(app, { ...accountOf(sandbox), timezone: 'America/New_York' });
});
afterEach(() => sandbox.close());

test.each([
  ['Asia/Kolkata', /\+05:30$/],
  ['UTC', /(?:Z|\+00:00)$/],
  [undefined, /-0[45]:00$/],
])('a free slot in the time zone %s is booked as it was offered', async (timezone, offset) => {
  const [calendarId] = sandbox.store.calendars.map(({ id }) => id);
  const [contactId] = sandbox.store.contacts.keys();
  const slots = await zapier.search('find_free_slots', { calendarId, timezone });
  const startTime = slots.at(-1)?.startTime;
  expect(startTime).toMatch(offset);
  const booked = await zapier.create('book_appointment', { calendarId, contactId, startTime });
  expect(booked).toMatchObject({ calendarId, contactId, startTime, endTime: null });
  const [found] = await zapier.search('find_appointments', { contactId, upcoming: true });
  expect(Date.parse(String(found?.startTime))).toBe(Date.parse(String(startTime)));
});

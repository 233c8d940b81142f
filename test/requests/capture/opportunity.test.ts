import { CONTACT, failure, fullAccess, highLevel, LOCATION } from '../../support/app.ts';
import { duplicateOf, good, knowing, location, noteText, opportunity, paths } from './lead.ts';

const highlevel = highLevel();
const requests = () => highlevel.sent.map(({ request }) => request);
const all = (...names: (keyof typeof paths)[]) => {
  for (const name of names) highlevel.answers(paths[name], 200, good[name]);
};
const wanted = { pipelineId: 'p1', logNote: false };
/** HighLevel's responses for a contact that is there already. */
const known = () => {
  highlevel.answers(paths.create, 400, duplicateOf(CONTACT, 'email'));
  all('read');
};
const rows = (...found: object[]) =>
  highlevel.answers(paths.opportunities, 201, {
    opportunities: found.map((more) => ({ ...opportunity(more).opportunity, sort: [1, 'o1'] })),
    total: found.length,
  });
const noSecond = {
  statusCode: 400,
  message: 'Can not create duplicate opportunity for the contact.',
  code: 'OPPORTUNITY_NO_DUPLICATE',
  meta: { existingId: 'o1' },
};

test('without a pipeline there is none, and it costs nothing', async () => {
  const capture = await knowing(highlevel);
  all('create', 'note');
  expect(await capture()).toMatchObject({ opportunity: null, warnings: [] });
});

test('a new contact gets an open one, with the name of the visitor', async () => {
  const capture = await knowing(highlevel);
  all('create', 'opportunity');
  const captured = await capture({
    ...wanted,
    pipelineStageId: 's1',
    opportunityName: 'Chat with {name}',
    opportunityValue: '250',
  });
  expect(captured).toMatchObject({ opportunity: { id: 'o1', contactName: 'John Smith' }, warnings: [] });
  expect(highlevel.sent.at(-1)).toEqual({
    request: paths.opportunity,
    body: {
      locationId: LOCATION,
      contactId: CONTACT,
      pipelineId: 'p1',
      pipelineStageId: 's1',
      name: 'Chat with John Smith',
      status: 'open',
      monetaryValue: 250,
      source: 'JivoChat',
    },
  });
});

test('a later event of the chat reads it, whatever happened to it, with one request', async () => {
  const capture = await knowing(highlevel);
  all('create', 'opportunity');
  await capture(wanted);
  known();
  highlevel.answers(paths.keptOpportunity, 200, opportunity({ status: 'won' }));
  highlevel.sent.length = 0;
  expect(await capture(wanted)).toMatchObject({ opportunity: { id: 'o1', status: 'won' }, warnings: [] });
  expect(requests()).toEqual([paths.create, paths.read, paths.keptOpportunity]);
});

test('one that somebody deleted is not created again', async () => {
  const capture = await knowing(highlevel);
  all('create', 'opportunity');
  await capture(wanted);
  known();
  highlevel.answers(paths.keptOpportunity, 400, { message: 'Opportunity not found for id:o1' });
  expect(await capture(wanted)).toMatchObject({
    opportunity: null,
    warnings: ['The opportunity of this chat was deleted in HighLevel, so no other one was created.'],
  });
});

test.each([
  ['the open one', [{ id: 'closed', status: 'won' }, { id: 'o1' }], 'o1'],
  [
    'one that was created since the chat began',
    [
      { id: 'old', status: 'won', createdAt: '2022-10-09T06:00:00.000Z' },
      { id: 'new', status: 'lost', createdAt: '2022-10-10T10:30:00.000Z' },
    ],
    'new',
  ],
])('an existing contact keeps %s, with one request', async (_, found, id) => {
  const capture = await knowing(highlevel);
  known();
  rows(...found);
  expect(await capture(wanted)).toMatchObject({ opportunity: { id }, warnings: [] });
  expect(highlevel.sent.at(-1)?.body).toMatchObject({
    filters: [
      { field: 'contact_id', operator: 'eq', value: CONTACT },
      { field: 'pipeline_id', operator: 'eq', value: 'p1' },
    ],
  });
});

test('an existing contact with older closed ones gets another, with 2 requests', async () => {
  const capture = await knowing(highlevel);
  known();
  rows(
    { id: 'old', status: 'won', createdAt: '2022-10-09T06:00:00.000Z' },
    { id: 'other', pipelineId: 'p2' },
  );
  all('opportunity');
  expect(await capture(wanted)).toMatchObject({ opportunity: { id: 'o1' }, warnings: [] });
  expect(requests().slice(2)).toEqual([paths.opportunities, paths.opportunity]);
});

test('where the sub-account allows only one, the closed one is returned, with a warning', async () => {
  const capture = await knowing(highlevel);
  known();
  rows({ status: 'won', createdAt: '2022-10-09T06:00:00.000Z' });
  highlevel.answers(paths.opportunity, 400, noSecond);
  expect(await capture(wanted)).toMatchObject({
    opportunity: { id: 'o1', status: 'won' },
    warnings: [
      'No opportunity was created, because the contact already has one in the pipeline (status: won), and the sub-account allows only one.',
    ],
  });
});

test('one that the search does not know yet is read by the ID that HighLevel names', async () => {
  const capture = await knowing(highlevel);
  known();
  rows();
  highlevel.answers(paths.opportunity, 400, noSecond);
  all('keptOpportunity');
  expect(await capture(wanted)).toMatchObject({ opportunity: { id: 'o1' }, warnings: [] });
});

test('a creation that was not confirmed is not repeated; the replay finds it', async () => {
  const capture = await knowing(highlevel);
  all('create', 'note');
  highlevel.answers(paths.opportunity, 502);
  rows();
  const { code, message } = await failure(capture({ ...wanted, logNote: true }));
  expect(code).toBe('Uncertain');
  expect(message).toMatch(/^The contact was saved in HighLevel, but not everything that belongs to it\. /);
  known();
  highlevel.answers(paths.notes, 200, { notes: [{ id: 'n1', body: noteText }] });
  rows({});
  expect(await capture({ ...wanted, logNote: true })).toMatchObject({
    opportunity: { id: 'o1' },
  });
  expect(requests().filter((one) => one === paths.opportunity)).toHaveLength(1);
});

test('fields of an opportunity without a pipeline are a warning: the lead is not lost', async () => {
  const capture = await knowing(highlevel);
  all('create');
  expect(await capture({ logNote: false, opportunityValue: 5 })).toMatchObject({
    opportunity: null,
    warnings: ['No opportunity was created, because "Pipeline" is blank.'],
  });
});

test('without the permission the lead is saved, and the error says what to choose', async () => {
  const scope = fullAccess.scope.replaceAll(/ opportunities\.\w+/g, '');
  const capture = await knowing(highlevel, location(false), { ...fullAccess, scope });
  all('create');
  const { message } = await failure(capture(wanted));
  expect(message).toContain('The contact was saved in HighLevel');
  expect(message).toContain('reconnect the account with "Allow Opportunities" set to Yes');
});

import { aDay } from './story.ts';

/** Stories about opportunities. */
export const opportunities = () =>
  describe('Opportunities', () => {
    const day = aDay();
    const action = 'creates.create_opportunity';
    const person = (name: string) => day.pick(action, 'contactId', name);
    const pipeline = (name: string) => day.pick(action, 'pipelineId', name);
    const stage = (pipelineId: string, name: string) =>
      day.pick(action, 'pipelineStageId', name, { pipelineId });
    const field = (name: string) =>
      `customField_${day.sandbox.store.opportunityFields.find((one) => one.name === name)?.id}`;

    test('its creation, its changes, and its way through stages and statuses trigger', async () => {
      const { zapier } = day;
      const [contactId, pipelineId] = [await person('Anna Ivanova'), await pipeline('Sales')];
      const [first, second] = [await stage(pipelineId, 'New Lead'), await stage(pipelineId, 'Proposal Sent')];
      const created = await zapier.switchOn('new_opportunity', { pipelineId });
      const updated = await zapier.switchOn('updated_opportunity', { assignedTo: 'Maria Keller' });
      const moved = await zapier.switchOn('opportunity_stage_changed', {
        pipelineId,
        pipelineStageId: second,
      });
      const closed = await zapier.switchOn('opportunity_status_changed', { status: 'won' });
      const opened = {
        contactId,
        pipelineId,
        pipelineStageId: first,
        name: 'Braces',
        assignedTo: 'Maria Keller',
      };
      const { id } = await zapier.create('create_opportunity', opened);
      const known = {
        id,
        pipelineName: 'Sales',
        contactName: 'Anna Ivanova',
        assignedToName: 'Maria Keller',
      };
      const news = { ...known, pipelineStageName: 'New Lead', status: 'open' };
      expect(await created.poll()).toMatchObject([news]);
      expect(await updated.poll()).toMatchObject([news]);
      expect(await moved.poll()).toEqual([]);
      expect(await closed.poll()).toEqual([]);

      await zapier.create('update_opportunity', { opportunityId: id, pipelineStageId: second });
      expect(await moved.poll()).toMatchObject([{ ...known, pipelineStageName: 'Proposal Sent' }]);
      await zapier.create('set_opportunity_status', { opportunityId: id, status: 'won' });
      expect(await closed.poll()).toMatchObject([{ ...known, status: 'won' }]);
      expect(await updated.poll()).toMatchObject([{ ...known, status: 'won' }]);
      for (const zap of [created, updated, moved, closed]) expect(await zap.poll()).toEqual([]);
    });

    test.each([
      [
        'new_opportunity',
        { pipelineId: '../x' },
        /^"Pipeline" needs a HighLevel pipeline ID, not "\.\.\/x"\./,
      ],
      [
        'updated_opportunity',
        { status: 'sold' },
        /^"Status" can't be "sold"\. Use Open, Won, Lost, or Abandoned\.$/,
      ],
      ['opportunity_stage_changed', { pipelineStageId: 'a/b' }, /^"Stage" needs a HighLevel .*ID/],
      ['opportunity_status_changed', { status: '?' }, /^"Status" can't be/],
    ])('%s refuses %j', async (key, input, told) => {
      expect(await day.refusal(`triggers.${key}`, input)).toMatch(told);
    });

    test('an opportunity is created, moved on, won, and found with its names', async () => {
      const { zapier, sandbox } = day;
      const { store } = sandbox;
      const [contactId, pipelineId] = [await person('Anna Ivanova'), await pipeline('Sales')];
      const owner = await day.pick(action, 'assignedTo', 'Maria Keller');
      const made = await zapier.create('create_opportunity', {
        contactId,
        pipelineId,
        name: 'Braces',
        monetaryValue: '1,200.50',
        assignedTo: 'maria.keller@example.com',
        source: 'JivoChat',
        [field('Treatment')]: 'braces',
        [field('Decision By')]: '2026-12-24',
        [field('Probability')]: '60',
      });
      expect(made).toMatchObject({
        name: 'Braces',
        status: 'open',
        monetaryValue: 1200.5,
        pipelineName: 'Sales',
        pipelineStageName: 'New Lead',
        contactId,
        contactName: 'Anna Ivanova',
        contactEmail: 'anna.ivanova@example.com',
        assignedTo: owner,
        assignedToName: 'Maria Keller',
        source: 'JivoChat',
        custom: { treatment: 'Braces', decision_by: '2026-12-24', probability: 60 },
        url: expect.stringContaining(`/opportunities/list/${String(made.id)}`),
      });
      // HighLevel gives the contact the same owner.
      expect(store.contacts.get(contactId)?.assignedTo).toBe(owner);

      const pipelineStageId = await stage(pipelineId, 'Proposal Sent');
      const moved = await zapier.create('update_opportunity', {
        opportunityId: made.id,
        pipelineStageId,
        [field('Remarks')]: 'Wants to pay monthly',
      });
      expect(moved).toMatchObject({ id: made.id, pipelineStageName: 'Proposal Sent', monetaryValue: 1200.5 });
      expect(await zapier.search('find_opportunity', { contactId, pipelineId })).toMatchObject([
        { id: made.id, custom: { treatment: 'Braces', remarks: 'Wants to pay monthly' } },
      ]);

      const won = await zapier.create('set_opportunity_status', { opportunityId: made.id, status: 'Won' });
      expect(won).toMatchObject({ id: made.id, status: 'won', pipelineStageId });
      expect(store.opportunities.get(String(made.id))).toMatchObject({ status: 'won' });
      expect(await zapier.search('find_opportunity', { opportunityId: made.id })).toMatchObject([
        { id: made.id, status: 'won', contactName: 'Anna Ivanova' },
      ]);
    });

    test('is lost for a reason, and deleted', async () => {
      const { zapier, sandbox } = day;
      const contactId = await person('Jane Doe');
      const [found] = await zapier.search('find_opportunity', { contactId });
      const opportunityId = String(found?.id);
      const lostReasonId = await day.pick('creates.set_opportunity_status', 'lostReasonId', 'Too expensive');
      const lost = { opportunityId, status: 'lost', lostReasonId };
      expect(await zapier.create('set_opportunity_status', lost)).toMatchObject({
        status: 'lost',
        lostReasonName: 'Too expensive',
      });
      const again = await zapier.create('update_opportunity', { ...lost, status: 'Lost', monetaryValue: 0 });
      expect(again).toMatchObject({ monetaryValue: 0, status: 'lost', lostReasonId });
      expect(await zapier.create('delete_opportunity', { opportunityId })).toEqual({
        id: opportunityId,
        deleted: true,
        deletedAt: expect.any(String),
      });
      expect(sandbox.store.opportunities.has(opportunityId)).toBe(false);
      expect(await zapier.search('find_opportunity', { opportunityId })).toEqual([]);
    });

    test('Create or Update keeps to one open opportunity, also while the search is behind', async () => {
      const { zapier, sandbox } = day;
      const { store } = sandbox;
      store.index.lagMs = 3_600_000;
      const [contactId, pipelineId] = [await person('Anna Ivanova'), await pipeline('Renewals')];
      const write = (more: object) =>
        zapier.create('create_or_update_opportunity', { contactId, pipelineId, name: 'Check', ...more });
      const made = await write({ monetaryValue: 90 });
      const pipelineStageId = await stage(pipelineId, 'Reminded');
      expect(await write({ pipelineStageId })).toMatchObject({
        id: made.id,
        monetaryValue: 90,
        pipelineStageName: 'Reminded',
      });
      store.changeOpportunity(String(made.id), { status: 'won' });
      // The sub-account allows one for each contact and pipeline, whatever its status.
      expect(await write({ name: 'Another' })).toMatchObject({ id: made.id, name: 'Another' });
      store.allowDuplicateOpportunity = true;
      const next = await write({ name: 'Next year' });
      expect(next.id).not.toBe(made.id);
      expect(next).toMatchObject({ status: 'open' });
    });

    test('finds many, open ones first, and creates where none is found', async () => {
      const { zapier, sandbox } = day;
      const found = await zapier.search('find_opportunities', {});
      expect(found.map(({ status }) => status)).toEqual(['open', 'open', 'won']);
      expect(await zapier.search('find_opportunities', { status: 'won', limit: 5 })).toMatchObject([
        { pipelineName: 'Sales', contactName: 'Omar Haddad' },
      ]);
      const [contactId, pipelineId] = [await person('Omar Haddad'), await pipeline('Sales')];
      expect(await zapier.search('find_opportunities', { contactId, query: 'Nobody' })).toEqual([]);
      const created = await zapier.call(
        'creates.create_opportunity.operation.perform',
        { contactId, pipelineId, name: 'Another' },
        { withSearch: 'find_opportunity' },
      );
      const [existing] = [...sandbox.store.opportunities.values()].filter(
        (one) => one.contactId === contactId,
      );
      expect(created).toMatchObject({ id: existing?.id, status: 'won' });
    });

    test('a captured lead becomes one opportunity per chat, whatever the search knows', async () => {
      const { zapier, sandbox } = day;
      const { store } = sandbox;
      store.index.lagMs = 3_600_000;
      const pipelineId = await day.pick('creates.capture_jivochat_lead', 'pipelineId', 'Sales');
      const event = {
        event_name: 'chat_finished',
        widget_id: '3948',
        chat_id: 7607,
        visitor: { name: 'Ada Lovelace', email: 'ada@example.com' },
        chat: { messages: [{ message: 'Prices?', timestamp: 1769594400, type: 'visitor' }] },
      };
      const capture = () =>
        zapier.create('capture_jivochat_lead', {
          payload: JSON.stringify(event),
          chatId: '7607',
          pipelineId,
          opportunityName: 'Chat with {name}',
          opportunityValue: 300,
        });
      const captured = await capture();
      expect(captured).toMatchObject({
        isNew: true,
        opportunity: {
          name: 'Chat with Ada Lovelace',
          monetaryValue: 300,
          source: 'JivoChat',
          pipelineStageName: 'New Lead',
          contactName: 'Ada Lovelace',
        },
        warnings: [],
      });
      const again = await capture();
      expect(again.opportunity).toMatchObject({ id: Reflect.get(Object(captured.opportunity), 'id') });
      const own = [...store.opportunities.values()].filter(({ name }) => name.startsWith('Chat with'));
      expect(own).toHaveLength(1);
    });

    test('a second one stops the run without an error, in words', async () => {
      const { zapier } = day;
      const [contactId, pipelineId] = [await person('Jane Doe'), await pipeline('Sales')];
      const [open] = await zapier.search('find_opportunity', { contactId });
      await expect(
        zapier.create('create_opportunity', { contactId, pipelineId, name: 'Second' }),
      ).rejects.toMatchObject({
        name: 'HaltedError',
        message: `HighLevel did not create the opportunity: the contact already has opportunity ${String(open?.id)} in this pipeline, and the sub-account allows only one. Use Create or Update Opportunity, or Find or Create Opportunity, to work with it.`,
      });
    });

    const id = 'yWQobCRIhRguQtD2llvk';
    const contactId = 'ocQHyuzHvysMo5N5VsXc';
    test.each([
      ['creates.create_opportunity', {}, 'Please fill in "Contact", "Pipeline", and "Name".'],
      [
        'creates.create_opportunity',
        { contactId, pipelineId: id, name: 'A', monetaryValue: 'much' },
        '"Value" isn\'t a number: "much".',
      ],
      [
        'creates.create_opportunity',
        { contactId, pipelineId: id, name: 'A', status: 'all' },
        '"Status" can\'t be "all". Use Open, Won, Lost, or Abandoned.',
      ],
      ['creates.create_or_update_opportunity', { contactId }, 'Please fill in "Pipeline" and "Name".'],
      [
        'creates.update_opportunity',
        { opportunityId: id },
        'Nothing to update. Please fill in at least one field besides "Opportunity".',
      ],
      [
        'creates.update_opportunity',
        { opportunityId: id, pipelineId: id },
        'Please fill in "Stage". To leave the opportunity where it is, leave both "Pipeline" and "Stage" blank.',
      ],
      [
        'creates.update_opportunity',
        { opportunityId: id, status: 'won', lostReasonId: id },
        '"Lost Reason" is only for the status Lost. Choose Lost as "Status", or leave it blank.',
      ],
      ['creates.set_opportunity_status', { opportunityId: id }, 'Please fill in "Status".'],
      [
        'creates.delete_opportunity',
        { opportunityId: 'Jane Doe' },
        '"Opportunity" needs a HighLevel opportunity ID, not "Jane Doe". Choose an opportunity from the list, or map the Opportunity ID of a Find Opportunity step.',
      ],
      ['searches.find_opportunity', {}, 'Please fill in at least one field to find an opportunity by.'],
      ['searches.find_opportunities', { limit: '501' }, '"Limit" can\'t be more than 500.'],
    ])('%s explains %j', async (operation, input, sentence) => {
      expect(await day.refusal(operation, input)).toContain(sentence);
    });
  });

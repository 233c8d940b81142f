import app from '../../index.ts';
import { aDay, list, toldBy } from './story.ts';

/** Stories about tasks. */
export const tasks = () =>
  describe('Tasks', () => {
    const day = aDay();
    const jane = () => day.pick('creates.create_task', 'contactId', 'Jane Doe');
    const priceList = { title: 'Send the price list', body: 'She asked in the chat.' };

    test('a task is due at the right time in New York, also when daylight saving time starts', async () => {
      const { zapier } = day;
      const contactId = await jane();
      const due = async (dueDate: string) =>
        (await zapier.create('create_task', { ...priceList, contactId, dueDate })).dueDate;
      expect(await due('2026-03-07 09:30')).toBe('2026-03-07T14:30:00.000Z');
      expect(await due('2026-03-08 09:30')).toBe('2026-03-08T13:30:00.000Z');
      expect(await due('2026-03-08')).toBe('2026-03-08T13:00:00.000Z');
      expect(await due('2026-03-08T09:30:00+01:00')).toBe('2026-03-08T08:30:00.000Z');
    });

    test('a task is created, updated, completed and deleted, and each trigger returns it once', async () => {
      const { zapier } = day;
      const contactId = await jane();
      const opened = await zapier.switchOn('new_task');
      const changed = await zapier.switchOn('updated_task', { contactId });
      const completed = await zapier.switchOn('completed_task');
      const polls = async () => [await opened.poll(), await changed.poll(), await completed.poll()];
      expect(await polls()).toEqual([[], [], []]);

      const assignedTo = await day.pick('creates.create_task', 'assignedTo', 'Maria Keller');
      const task = await zapier.create('create_task', {
        ...priceList,
        contactId,
        assignedTo,
        dueDate: '2026-03-07',
      });
      expect(task).toMatchObject({ ...priceList, contactId, assignedTo, status: 'open', completed: false });
      const { id: taskId } = task;
      expect(await polls()).toMatchObject([[{ id: taskId }], [{ id: taskId, status: 'open' }], []]);

      await zapier.create('update_task', {
        contactId,
        taskId,
        title: 'Send both price lists',
        body: '',
        dueDate: null,
      });
      const updated = {
        id: taskId,
        title: 'Send both price lists',
        body: priceList.body,
        dueDate: task.dueDate,
        assignedTo,
      };
      expect(await polls()).toMatchObject([[], [updated], []]);

      expect(await zapier.create('complete_task', { contactId, taskId })).toMatchObject({
        status: 'completed',
      });
      expect(await polls()).toMatchObject([[], [{ status: 'completed' }], [{ ...updated, completed: true }]]);
      expect(await polls()).toEqual([[], [], []]);

      // Once per task: completed a second time it stays silent, as its description says.
      const reopened = await zapier.create('complete_task', { contactId, taskId, completed: 'no' });
      expect(reopened).toMatchObject({ status: 'open', completed: false });
      await zapier.create('complete_task', { contactId, taskId });
      expect(await polls()).toMatchObject([[], [{ status: 'completed' }], []]);

      expect(await zapier.create('delete_task', { contactId, taskId })).toEqual({
        id: taskId,
        contactId,
        deleted: true,
        url: expect.stringContaining(`/detail/${contactId}`),
      });
      expect(await zapier.search('find_task', { contactId, taskId })).toEqual([]);
      expect(await polls()).toEqual([[], [], []]);
      expect(await toldBy(zapier.create('complete_task', { contactId, taskId }))).toBe(
        "HighLevel could not complete the task because it can't find a record used in this step. It may have been deleted or belong to another sub-account. " +
          'HighLevel says: "The task id is invalid". Check the fields of this step.',
      );
    });

    test('tasks are found by title, owner, contact and state, open ones first', async () => {
      const { zapier } = day;
      const contactId = await jane();
      const assignedTo = await day.pick('searches.find_tasks', 'assignedTo', 'Aiko Mori');
      const made = async (title: string, dueDate: string, completed: string) =>
        (await zapier.create('create_task', { contactId, title, dueDate, completed, assignedTo })).id;
      const done = await made('Quote for braces', '2026-03-01', 'yes');
      const late = await made('Quote for implants', '2026-03-03', 'no');
      const soon = await made('QUOTE for cleaning', '2026-03-02', 'no');
      const ids = async (input: object) =>
        (await zapier.search('find_tasks', { ...input })).map(({ id }) => id);
      expect(await ids({ title: 'quote' })).toEqual([soon, late, done]);
      expect(await ids({ title: 'quote', completed: 'no', limit: '1' })).toEqual([soon]);
      expect(await ids({ contactId, title: 'quote', completed: 'yes' })).toEqual([done]);
      expect(await ids({ assignedTo, title: 'implants' })).toEqual([late]);
      expect(await zapier.search('find_task', { title: 'Quote for IMPLANTS' })).toMatchObject([
        { id: late, contactId },
      ]);
      expect(await zapier.search('find_task', { contactId, taskId: soon })).toMatchObject([
        { id: soon, contactId },
      ]);
      expect(await zapier.search('find_task', { title: 'no such task' })).toEqual([]);
    });

    test('a task is found, or created if it is not there', async () => {
      const { zapier } = day;
      const contactId = await day.pick('creates.create_task', 'contactId', 'Jane Doe');
      const { search, create } = app.searchOrCreates?.find_task ?? {};
      const wanted = { contactId, title: 'Send the price list' };
      expect(await zapier.search(String(search), wanted)).toEqual([]);
      const meta = { withSearch: String(search) };
      const input = { ...wanted, dueDate: '2026-03-01' };
      const made = await zapier.call(`creates.${create}.operation.perform`, input, meta);
      expect(await zapier.search(String(search), wanted)).toMatchObject([{ id: list([made])[0]?.id }]);
    });

    test.each([
      ['creates.create_task', {}, 'Please fill in "Contact", "Title", and "Due Date".'],
      [
        'creates.create_task',
        { contactId: 'c1', title: 'Call', dueDate: '2026-02-31' },
        '"Due Date" isn\'t a date we can read: "2026-02-31". Use a format such as 2026-01-31 or 2026-01-31 15:00.',
      ],
      [
        'creates.update_task',
        { contactId: 'c1', taskId: 't1', title: ' ' },
        'Nothing to update. Please fill in at least one field besides "Contact" and "Task".',
      ],
      ['creates.complete_task', { contactId: 'c1' }, 'Please fill in "Task".'],
      [
        'creates.complete_task',
        { contactId: 'c1', taskId: 't1', completed: 'done' },
        '"Completed" can\'t be "done". Use Yes or No.',
      ],
      [
        'creates.delete_task',
        { contactId: 'c1', taskId: '../t1' },
        '"Task" needs a HighLevel task ID, not "../t1". Choose a task from the list, or map the Task ID of a Find Task step.',
      ],
      ['searches.find_task', {}, 'Please fill in at least one field to find a task by.'],
      [
        'searches.find_task',
        { taskId: 't1' },
        'Please fill in "Contact". HighLevel keeps tasks with their contacts.',
      ],
      ['searches.find_tasks', { limit: '0' }, '"Limit" can\'t be less than 1.'],
      ['searches.find_tasks', { limit: '2.5' }, '"Limit" isn\'t a whole number: "2.5".'],
      ['triggers.task_due', { hoursBefore: -1 }, '"Hours Before" can\'t be less than 0.'],
      ['triggers.new_task', { completed: 'later' }, '"Completed" can\'t be "later". Use Yes or No.'],
      ['triggers.updated_task', { completed: 'perhaps' }, '"Completed" can\'t be "perhaps". Use Yes or No.'],
      [
        'triggers.completed_task',
        { contactId: ['c1', 'c2'] },
        '"Contact" takes one value. Map a single value instead of a group.',
      ],
    ])('%s rejects %j', async (operation, input, sentence) => {
      expect(await day.refusal(operation, input)).toBe(sentence);
    });
  });

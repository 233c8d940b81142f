import assert from 'node:assert/strict';
import { missed } from '../demo/events.ts';
import { at, rowsAt, type Live } from './connection.ts';

/** A test that must pass in the sandbox and in a real sub-account. */
export interface Story {
  name: string;
  run: (live: Live) => Promise<void>;
}

/** The stories; each creates its own records. */
export const stories: Story[] = [
  {
    name: 'The connection test names the sub-account',
    async run(live) {
      const tested = await live.call('authentication.test');
      assert.equal(at(tested, 'id'), live.locationId);
      assert.notEqual(at(tested, 'name'), live.locationId);
    },
  },
  {
    name: 'A contact is created, found, changed and deleted',
    async run(live) {
      const email = live.email('contact');
      const { id } = await live.create('create_contact', {
        email,
        firstName: live.mark,
        lastName: 'Contact',
        tags: [live.mark],
      });
      const [found] = await live.search('find_contact', { email });
      assert.equal(found?.id, id);
      const changed = await live.create('update_contact', { contactId: id, city: 'Reno' });
      assert.equal(changed.city, 'Reno');
      assert.equal(changed.lastName, 'Contact');
      await live.create('delete_contact', { contactId: id });
      assert.deepEqual(await live.search('find_contact', { contactId: id }), []);
    },
  },
  {
    name: 'A contact is not created twice, unless the sub-account wants that',
    async run(live) {
      const id = await live.contact('twice');
      const input = { email: live.email('twice'), firstName: live.mark };
      const again = await live.create('create_contact', input).catch((error: unknown) => String(error));
      if (typeof again === 'string') {
        assert.ok(again.includes(id), again);
      } else {
        const { data } = await live.api(`GET /locations/${live.locationId}`);
        assert.equal(at(data, 'location.settings.allowDuplicateContact'), true);
      }
      const upserted = await live.create('create_or_update_contact', { ...input, city: 'Reno' });
      if (typeof again === 'string') assert.equal(upserted.id, id);
      assert.equal(upserted.city, 'Reno');
    },
  },
  {
    name: 'Tags are added to those that are there, in small letters, and removed',
    async run(live) {
      const contactId = await live.contact('tags');
      const more = `${live.mark}-more`;
      const added = await live.create('add_tags', { contactId, tags: [more.toUpperCase()] });
      assert.deepEqual(new Set(list(added.tags)), new Set([live.mark, more]));
      const removed = await live.create('remove_tags', { contactId, tags: [more] });
      assert.deepEqual(list(removed.tags), [live.mark]);
    },
  },
  {
    name: 'A task is created, found, changed, completed, opened again and deleted',
    async run(live) {
      const contactId = await live.contact('task');
      const { id: taskId } = await live.create('create_task', {
        contactId,
        title: `${live.mark} call`,
        dueDate: new Date(Date.now() + 86_400_000).toISOString(),
      });
      const [found] = await live.search('find_task', { contactId, taskId });
      assert.equal(found?.status, 'open');
      const updated = await live.create('update_task', {
        contactId,
        taskId,
        title: `${live.mark} call back`,
      });
      assert.equal(updated.title, `${live.mark} call back`);
      assert.equal(updated.status, 'open');
      const completed = await live.create('complete_task', { contactId, taskId });
      assert.equal(completed.status, 'completed');
      const opened = await live.create('complete_task', { contactId, taskId, completed: false });
      assert.equal(opened.status, 'open');
      await live.create('delete_task', { contactId, taskId });
      assert.deepEqual(await live.search('find_tasks', { contactId }), []);
    },
  },
  {
    name: 'A note is created, found, changed and deleted; its merge tags stay',
    async run(live) {
      const contactId = await live.contact('note');
      const body = `${live.mark} says {{contact.first_name}}`;
      const { id: noteId } = await live.create('create_note', { contactId, body });
      const [found] = await live.search('find_note', { contactId, noteId });
      assert.equal(found?.body, body);
      const updated = await live.create('update_note', { contactId, noteId, body: `${body}!` });
      assert.equal(updated.body, `${body}!`);
      await live.create('delete_note', { contactId, noteId });
      assert.deepEqual(await live.search('find_notes', { contactId }), []);
    },
  },
  {
    name: 'A missed chat leaves one contact, one note and one task, however often it comes',
    async run(live) {
      const visitor = {
        ...missed.visitor,
        name: `${live.mark} chat`,
        email: live.email('chat'),
        phone: null,
      };
      const payload = JSON.stringify({ ...missed, chat_id: Date.now(), visitor });
      const input = { payload, tags: [live.mark], createTask: 'missed' };
      const captured = await live.create('capture_jivochat_lead', input);
      assert.equal(captured.isNew, true);
      const again = await live.create('capture_jivochat_lead', input);
      const contactId = String(at(captured, 'contact.id'));
      assert.equal(at(again, 'contact.id'), contactId);
      const { data: notes } = await live.api(`GET /contacts/${contactId}/notes`);
      const { data: tasks } = await live.api(`GET /contacts/${contactId}/tasks`);
      assert.deepEqual([rowsAt(notes, 'notes').length, rowsAt(tasks, 'tasks').length], [1, 1]);
    },
  },
  {
    name: 'New Contact and New Task fire for what is new',
    async run(live) {
      const contactId = await live.contact('trigger');
      await live.until('The new contact', async () =>
        (await live.poll('new_contact', { tags: [live.mark] })).find(({ id }) => id === contactId),
      );
      const { id: taskId } = await live.create('create_task', {
        contactId,
        title: live.mark,
        dueDate: new Date(Date.now() + 86_400_000).toISOString(),
      });
      await live.until('The new task', async () =>
        (await live.poll('new_task', { contactId })).find(({ id }) => id === taskId),
      );
    },
  },
];

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

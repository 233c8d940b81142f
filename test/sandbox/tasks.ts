import { Hono } from 'hono';
import { done, needAtMost, refuse } from './answers.ts';
import { contactOf } from './contacts.ts';
import { scope, type Env } from './gate.ts';
import type { Store, StoredTask } from './store.ts';
import { array, boolean, date, filled, number, strictBody, string, strings } from './strict.ts';

const MOST_PER_PAGE = 500;
const updatable = {
  title: filled(string),
  body: string,
  dueDate: date,
  completed: boolean,
  assignedTo: string,
};

/** Tasks of a contact, and the sub-account's tasks search. */
export function tasks(store: Store): Hono<Env> {
  const app = new Hono<Env>();
  const reads = scope('contacts.readonly');
  const writes = scope('contacts.write');

  app.get('/contacts/:contactId/tasks', reads, (c) => {
    const { id } = contactOf(store, c.req.param('contactId'));
    return c.json({
      tasks: [...store.tasks.values()].filter(({ contactId }) => contactId === id).map((task) => plain(task)),
    });
  });

  app.post('/contacts/:contactId/tasks', writes, (c) => {
    const body = strictBody(c.get('body'), updatable, ['title', 'dueDate', 'completed']);
    const { id: contactId } = contactOf(store, c.req.param('contactId'));
    const now = store.moment();
    const task: StoredTask = {
      id: store.random.id(),
      contactId,
      title: '',
      dueDate: now,
      completed: false,
      dateAdded: now,
      dateUpdated: now,
    };
    return c.json({ task: plain(save(store, task, body)) }, 201);
  });

  app.get('/contacts/:contactId/tasks/:taskId', reads, (c) =>
    c.json({ task: plain(taskOf(store, c.req.param())) }),
  );

  app.put('/contacts/:contactId/tasks/:taskId', writes, (c) => {
    const body = strictBody(c.get('body'), updatable);
    return c.json({ task: plain(save(store, taskOf(store, c.req.param()), body)) });
  });

  app.delete('/contacts/:contactId/tasks/:taskId', writes, (c) => {
    store.deleteTask(taskOf(store, c.req.param()).id);
    return c.json(done);
  });

  app.put('/contacts/:contactId/tasks/:taskId/completed', writes, (c) => {
    const body = strictBody(c.get('body'), { completed: boolean }, ['completed']);
    return c.json({ task: plain(save(store, taskOf(store, c.req.param()), body)) });
  });

  // Documented as 200 with a list of lists; measured as 201 with richer rows whose id is `_id`, and no total.
  app.post('/locations/:locationId/tasks/search', scope('locations/tasks.readonly'), (c) => {
    const known = {
      contactId: strings,
      completed: boolean,
      assignedTo: strings,
      query: string,
      limit: number,
      skip: number,
      businessId: string,
      searchAfter: array,
    };
    const {
      contactId,
      completed,
      assignedTo,
      query,
      limit = 25,
      skip = 0,
      searchAfter,
    } = strictBody(c.get('body') ?? {}, known);
    needAtMost('limit', Number(limit), MOST_PER_PAGE);
    const among = (list: unknown, value: string | undefined) => !Array.isArray(list) || list.includes(value);
    const words = typeof query === 'string' ? query.toLowerCase() : '';
    const hasContact = ({ id }: StoredTask) => store.tasks.has(id);
    const found = [...store.tasks.values(), ...store.deletedTasks.values()]
      .filter(
        (task) =>
          among(contactId, hasContact(task) ? task.contactId : undefined) &&
          among(assignedTo, task.assignedTo) &&
          (completed === undefined || task.completed === completed) &&
          `${task.title} ${task.body ?? ''}`.toLowerCase().includes(words),
      )
      .toSorted((a, b) => compare(key(a), key(b)));
    const after = Array.isArray(searchAfter) ? searchAfter : undefined;
    const from = after
      ? found.findIndex((task) => compare(key(task), [Number(after[0]), String(after[1])]) > 0)
      : Number(skip);
    const page = from < 0 ? [] : found.slice(from, from + Number(limit));
    return c.json({ tasks: page.map((task) => rich(store, task, hasContact(task))) }, 201);
  });

  return app;
}

// The sort of the search is by due date, as far as its cursors show.
function key(task: StoredTask): [number, string] {
  return [Date.parse(task.dueDate), task.id];
}

function compare(a: [number, string], b: [number, string]): number {
  return a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);
}

function taskOf(
  store: Store,
  { contactId = '', taskId = '' }: { contactId?: string; taskId?: string },
): StoredTask {
  contactOf(store, contactId);
  const task = store.tasks.get(taskId);
  if (task?.contactId !== contactId) refuse(400, 'The task id is invalid.');
  return task;
}

function save(store: Store, task: StoredTask, changes: object): StoredTask {
  Object.assign(task, changes, { dateUpdated: store.moment() });
  // With milliseconds, whatever was sent. Recorded.
  task.dueDate = new Date(task.dueDate).toISOString();
  store.tasks.set(task.id, task);
  return task;
}

/** A task as the contact's own endpoints have it: without dates of its own. */
function plain({ dateAdded: _added, dateUpdated: _updated, ...task }: StoredTask): object {
  return task;
}

/** A row of the search. A deleted task's is like an open one's, but that it has no contact any more. Reported live. */
function rich(store: Store, { id, contactId, ...task }: StoredTask, hasContact: boolean): object {
  const contact = hasContact ? store.contacts.get(contactId) : undefined;
  const user = store.users.find((known) => known.id === task.assignedTo);
  const status = task.completed ? 'completed' : 'to_do';
  return {
    _id: id,
    ...task,
    contactId: hasContact ? contactId : null,
    locationId: store.locationId,
    status,
    statusGroup: status,
    deleted: false,
    createdAt: task.dateAdded,
    updatedAt: task.dateUpdated,
    contactDetails: {
      firstName: contact?.firstName?.toLowerCase() ?? null,
      lastName: contact?.lastName?.toLowerCase() ?? null,
    },
    assignedToUserDetails: user ? { firstName: user.firstName, lastName: user.lastName } : null,
    searchAfter: [Date.parse(task.dueDate), id],
  };
}

import { Hono } from 'hono';
import { done, needAtMost, refuse } from './answers.ts';
import { contactOf } from './contacts.ts';
import { scope, type Env } from './gate.ts';
import type { Store, StoredTask } from './store.ts';
import { TaskIndex, taskKey, type TaskKey } from './task_index.ts';
import { array, boolean, date, filled, number, strictBody, string, strings } from './strict.ts';

const MAX_PER_PAGE = 500;
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
  const index = new TaskIndex(store.tasks, store.deletedTasks);
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
    needAtMost('limit', Number(limit), MAX_PER_PAGE);
    const hasContact = ({ id }: StoredTask) => store.tasks.has(id);
    const among = (list: unknown, value: string | undefined) => !Array.isArray(list) || list.includes(value);
    const words = typeof query === 'string' ? query.toLowerCase() : '';
    const after = Array.isArray(searchAfter) ? searchAfter : undefined;
    const cursor: TaskKey | undefined = after && [Number(after[0]), String(after[1])];
    const page: StoredTask[] = [];
    let passed = 0;
    for (const task of index.after(cursor)) {
      if (page.length >= Number(limit)) break;
      const owner = hasContact(task) ? task.contactId : undefined;
      if (!among(contactId, owner) || !among(assignedTo, task.assignedTo)) continue;
      if (completed !== undefined && task.completed !== completed) continue;
      if (words && !`${task.title} ${task.body ?? ''}`.toLowerCase().includes(words)) continue;
      if (cursor || passed++ >= Number(skip)) page.push(task);
    }
    return c.json({ tasks: page.map((task) => rich(store, task, hasContact(task))) }, 201);
  });

  return app;
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
  // Always with milliseconds. Recorded.
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
    searchAfter: taskKey({ id, ...task }),
  };
}

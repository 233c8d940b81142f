import { Hono } from 'hono';
import { refuse } from './answers.ts';
import { contactOf } from './contacts.ts';
import { scope, type Env } from './gate.ts';
import type { Store, StoredNote } from './store.ts';
import { boolean, filled, strictBody, string } from './strict.ts';

const writable = { body: filled(string), title: string, userId: string, color: string, pinned: boolean };

/** Notes of a contact. They have no date of change, and writing one does not move the contact's. */
export function notes(store: Store): Hono<Env> {
  const app = new Hono<Env>();
  const reads = scope('contacts.readonly');
  const writes = scope('contacts.write');

  app.get('/contacts/:contactId/notes', reads, (c) => {
    const { id } = contactOf(store, c.req.param('contactId'));
    return c.json({
      notes: [...store.notes.values()].filter(({ contactId }) => contactId === id).toReversed(),
    });
  });

  app.post('/contacts/:contactId/notes', writes, (c) => {
    const body = strictBody(c.get('body'), writable, ['body']);
    const { id: contactId } = contactOf(store, c.req.param('contactId'));
    const note: StoredNote = { id: store.random.id(), contactId, body: '', dateAdded: store.moment() };
    store.notes.set(note.id, Object.assign(note, body));
    return c.json({ note }, 201);
  });

  app.get('/contacts/:contactId/notes/:id', reads, (c) => c.json({ note: noteOf(store, c.req.param()) }));

  app.put('/contacts/:contactId/notes/:id', writes, (c) => {
    const body = strictBody(c.get('body'), writable);
    return c.json({ note: Object.assign(noteOf(store, c.req.param()), body) });
  });

  app.delete('/contacts/:contactId/notes/:id', writes, (c) => {
    store.notes.delete(noteOf(store, c.req.param()).id);
    return c.json({ succeded: true });
  });

  return app;
}

function noteOf(store: Store, { contactId = '', id = '' }: { contactId?: string; id?: string }): StoredNote {
  contactOf(store, contactId);
  const note = store.notes.get(id);
  if (note?.contactId !== contactId) refuse(400, `Note not found for id:${id}`);
  return note;
}

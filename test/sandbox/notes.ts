import { Hono } from 'hono';
import { done, needAtMost, needLocation, refuse } from './answers.ts';
import { contactOf } from './contacts.ts';
import { scope, type Env } from './gate.ts';
import type { Store, StoredNote } from './store.ts';
import { array, boolean, filled, number, oneOf, strictBody, string, strings } from './strict.ts';

const MAX_PER_PAGE = 500;
const writable = { body: filled(string), title: string, userId: string, color: string, pinned: boolean };

/** Notes of a contact, and all of a sub-account. They have no date of change, and writing one does not move the contact's. */
export function notes(store: Store): Hono<Env> {
  const app = new Hono<Env>();
  const reads = scope('contacts.readonly');
  const writes = scope('contacts.write');

  app.get('/contacts/:contactId/notes', reads, (c) => {
    const { id } = contactOf(store, c.req.param('contactId'));
    return c.json({
      notes: [...store.notes.values()]
        .filter(({ contactId }) => contactId === id)
        .toReversed()
        .map(shown),
    });
  });

  app.post('/contacts/:contactId/notes', writes, (c) => {
    const body = strictBody(c.get('body'), writable, ['body']);
    const { id: contactId } = contactOf(store, c.req.param('contactId'));
    const note: StoredNote = { id: store.random.id(), contactId, body: '', dateAdded: store.moment() };
    store.notes.set(note.id, Object.assign(note, body));
    return c.json({ note: shown(note) }, 201);
  });

  app.get('/contacts/:contactId/notes/:id', reads, (c) =>
    c.json({ note: shown(noteOf(store, c.req.param())) }),
  );

  app.put('/contacts/:contactId/notes/:id', writes, (c) => {
    const body = strictBody(c.get('body'), writable);
    return c.json({ note: shown(Object.assign(noteOf(store, c.req.param()), body)) });
  });

  app.delete('/contacts/:contactId/notes/:id', writes, (c) => {
    store.notes.delete(noteOf(store, c.req.param()).id);
    return c.json(done);
  });

  // Only under v3. Documented, but it is unknown which tokens it accepts, so it can be configured to refuse in several ways.
  app.post('/notes/search', reads, (c) => {
    if (c.req.header('version') !== 'v3' || store.notesSearch === 404) return c.body(null, 404);
    if (store.notesSearch === 401) refuse(401, 'The token is not authorized for this scope.');
    if (store.notesSearch === 403) refuse(403, 'Forbidden resource');
    if (store.notesSearch === 422) refuse(422, ['relations should not be empty']);
    const known = {
      locationId: string,
      query: string,
      sources: strings,
      createdByUserId: string,
      limit: number,
      skip: number,
      sortBy: string,
      sortOrder: oneOf('asc', 'desc'),
      count: boolean,
      relations: array,
      includeRelationRecords: boolean,
    };
    const body = strictBody(c.get('body'), known, ['locationId']);
    needLocation(String(body.locationId));
    const { limit = 25, skip = 0, query, sortOrder, count, includeRelationRecords } = body;
    needAtMost('limit', Number(limit), MAX_PER_PAGE);
    const words = typeof query === 'string' ? query.toLowerCase() : '';
    const found = [...store.notes.values()]
      .filter((note) => `${note.title ?? ''} ${bodyText(note)}`.toLowerCase().includes(words))
      .toSorted((a, b) =>
        a.dateAdded < b.dateAdded ? -1 : a.dateAdded > b.dateAdded ? 1 : a.id < b.id ? -1 : 1,
      );
    if (sortOrder !== 'asc') found.reverse();
    const page = found.slice(Number(skip), Number(skip) + Number(limit));
    return c.json({
      notes: page.map((note) => {
        const { contactId, ...row } = shown(note);
        const relations =
          includeRelationRecords === true ? [{ objectKey: 'contact', recordId: contactId }] : [];
        return { ...row, relations };
      }),
      ...(count === true && { count: found.length }),
    });
  });

  return app;
}

/** A note in HighLevel's responses. Recorded. */
function shown(note: StoredNote) {
  return {
    ...note,
    bodyText: bodyText(note),
    userId: note.userId ?? null,
    pinned: note.pinned ?? false,
    relations: [],
  };
}

/** The text of a body without the HTML of HighLevel's editor. */
function bodyText({ body }: StoredNote): string {
  return body
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&nbsp;', ' ')
    .trim();
}

function noteOf(store: Store, { contactId = '', id = '' }: { contactId?: string; id?: string }): StoredNote {
  contactOf(store, contactId);
  const note = store.notes.get(id);
  if (note?.contactId !== contactId) refuse(400, `Note not found for id:${id}`);
  return note;
}

import type { Bundle, ZObject } from 'zapier-platform-core';
import { toZapierError } from './errors.ts';
import { connect, type HighLevel } from './highlevel.ts';
import { customFields, tagNames, users } from './lookups.ts';
import type { ContactAnswer } from './records/contact.ts';

/** One page of a dropdown. `next` is what the following call gets as `page`; null when there is no more. */
interface Page {
  results: { id: string; label: string }[];
  next: string | null;
}

/** Fills a dropdown page by page. One object per list, shared by all fields that show it: Zapier copies each one. */
function dropdown(list: (highlevel: HighLevel, page: string | undefined) => Promise<Page>) {
  return {
    async perform(zapier: ZObject, bundle: Bundle) {
      try {
        const highlevel = connect(zapier, bundle, { bypassCache: true });
        const { results, next } = await list(highlevel, bundle.meta?.paging_token);
        return { results, paging_token: next };
      } catch (error) {
        throw toZapierError(error);
      }
    },
  };
}

const CONTACTS_PER_PAGE = 100;

/** Every list that a field can offer (lib/fields.ts names them). */
export const dropdowns = {
  /** Contacts, the latest changed first: the one a person looks for is mostly one just worked on. */
  contacts: dropdown(async (highlevel, page = '1') => {
    const { contacts } = await highlevel.request('POST /contacts/search', {
      body: {
        locationId: highlevel.locationId,
        page: Number(page),
        pageLimit: CONTACTS_PER_PAGE,
        sort: [{ field: 'dateUpdated', direction: 'desc' }],
      },
    });
    // By page number HighLevel serves 10,000 contacts; nobody scrolls that far.
    const more = contacts.length === CONTACTS_PER_PAGE && Number(page) * CONTACTS_PER_PAGE < 10_000;
    return {
      results: contacts.map((contact) => ({ id: contact.id, label: contactLabel(contact) })),
      next: more ? String(Number(page) + 1) : null,
    };
  }),

  users: dropdown(async (highlevel) => {
    const found = await users(highlevel);
    return whole(
      found.map((user) => ({
        id: user.id,
        label: firstFilled(user.name, `${user.firstName ?? ''} ${user.lastName ?? ''}`, user.email, user.id),
      })),
    );
  }),

  tags: dropdown(async (highlevel) =>
    whole((await tagNames(highlevel)).map((name) => ({ id: name, label: name }))),
  ),

  customFields: dropdown(async (highlevel) =>
    whole(
      (await customFields(highlevel)).map((field) => ({
        id: field.id,
        label: firstFilled(field.name, field.fieldKey, field.id),
      })),
    ),
  ),
};

/** How a contact is called in a list: name, else e-mail, phone, id; never blank. */
export function contactLabel(contact: ContactAnswer): string {
  return firstFilled(contact.name, contact.email, contact.phone, contact.id);
}

function firstFilled(...candidates: (string | null)[]): string {
  return candidates.map((candidate) => candidate?.trim()).find(Boolean) ?? '(no name)';
}

function whole(results: Page['results']): Page {
  return { results, next: null };
}

import * as z from 'zod';
import { DAY } from '../base/dates.ts';
import { digest } from '../base/digest.ts';
import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { ContactResponse } from '../highlevel/records/contact.ts';
import type { Lead } from '../jivochat/lead.ts';
import { findDuplicate } from '../resources/contacts.ts';
import { refusedDetails } from '../resources/refused_details.ts';
import { createOnce } from '../resources/create_once.ts';
import type { CustomFieldValue } from '../resources/custom_fields.ts';
import { createClaimed } from './claim.ts';
import { fieldsOf } from './existing.ts';
import { withoutRefused, type ContactValues } from './refused_fields.ts';
import type { Trace } from './trace.ts';

/** A lead, and the other values for its contact. */
interface Wanted {
  lead: Lead;
  trace: Trace;
  tags: string[];
  customFields: CustomFieldValue[];
  refusesDuplicates: boolean;
}

/** An existing contact: its id, and the field that HighLevel matched. */
export interface Existing {
  id: string;
  matchedBy?: string | undefined;
}

/** Creates the contact, or returns the existing one. Throws ApiError. */
export async function createOrFind(
  highlevel: HighLevel,
  wanted: Wanted,
  warnings: string[],
): Promise<{ created: ContactResponse } | { existing: Existing }> {
  const { lead, tags, customFields, refusesDuplicates } = wanted;
  const values: ContactValues = {
    ...fieldsOf(lead),
    ...(tags.length > 0 && { tags }),
    ...(customFields.length > 0 && { customFields }),
  };
  if (refusesDuplicates) return createContact(highlevel, wanted, values, warnings);
  const found = await lookUp(highlevel, lead);
  if (found) return { existing: { id: found.id } };
  return createClaimed(highlevel, lead, () => createContact(highlevel, wanted, values, warnings));
}

/** Finds the contact of a lead. A detail that HighLevel refuses to look up is skipped: creating the contact reports it. */
async function lookUp(
  highlevel: HighLevel,
  details: { email: string | null; phone: string | null },
): Promise<ContactResponse | undefined> {
  try {
    return await findDuplicate(highlevel, details);
  } catch (error) {
    const refused = refusedDetails(error);
    if (refused.length === 0) throw error;
    const email = refused.includes('email') ? null : details.email;
    const phone = refused.includes('phone') ? null : details.phone;
    const isLess = email !== details.email || phone !== details.phone;
    if (!isLess) throw error;
    return email === null && phone === null ? undefined : lookUp(highlevel, { email, phone });
  }
}

async function createContact(
  highlevel: HighLevel,
  wanted: Wanted,
  values: ContactValues,
  warnings: string[],
): Promise<{ created: ContactResponse } | { existing: Existing }> {
  const { lead } = wanted;
  const { email, phone } = lead;
  const body = { locationId: highlevel.locationId, ...values };
  const startedAt = highlevel.now();
  try {
    return await createOnce<{ created: ContactResponse } | { existing: Existing }>(highlevel, {
      kind: 'contact',
      identity: [email, phone],
      send: async () => ({ created: (await highlevel.request('POST /contacts/', { body })).contact }),
      // Any contact with the lead's email or phone is its contact, however old.
      findLike: async () => {
        const existing = await lookUp(highlevel, lead);
        return existing
          ? [{ id: existing.id, dateAdded: null, record: { existing: { id: existing.id } } }]
          : [];
      },
    });
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'uncertain')
      await rememberNew(highlevel, wanted, startedAt);
    const accepted = withoutRefused(error, values, warnings, { needsDetail: true });
    if (accepted) return createContact(highlevel, wanted, accepted, warnings);
    if (!(error instanceof ApiError && error.kind === 'duplicate')) throw error;
    const { contactId, field } = error.duplicate ?? {};
    const id = contactId ?? (await lookUp(highlevel, lead))?.id;
    if (id) return { existing: { id, matchedBy: field } };
    throw unknownDuplicate(error);
  }
}

// An error, not a warning: the lead is not in HighLevel.
function unknownDuplicate({ status }: ApiError): ApiError {
  return new ApiError(
    'refused',
    "HighLevel did not create the contact because it already exists, but didn't say which contact it is, and finds none with this email or phone number. Look for it in HighLevel.",
    { status },
  );
}

/** HighLevel's times may precede its Date header by this much, because the header has no milliseconds. */
const CLOCK_SLACK_MS = 5_000;

/**
 * Remembers for a day that a failed run created the lead's contact after `since` (epoch ms), so that the run that completes
 * it still reports the contact as new.
 */
export function rememberNew(highlevel: HighLevel, { lead, trace }: Wanted, since: number): Promise<void> {
  return highlevel.cache.set(newKey(lead, trace), since, DAY / 1000);
}

/** Whether an earlier run for this lead created the contact and then failed. */
export async function isStillNew(
  highlevel: HighLevel,
  { lead, trace }: Wanted,
  contact: ContactResponse,
): Promise<boolean> {
  const since = await highlevel.cache.get(newKey(lead, trace), z.number());
  return since !== undefined && Date.parse(contact.dateAdded ?? '') >= since - CLOCK_SLACK_MS;
}

/** Forgets what `rememberNew` stored, once the whole lead is written. */
export function forgetNew(highlevel: HighLevel, { lead, trace }: Wanted): Promise<void> {
  return highlevel.cache.delete(newKey(lead, trace));
}

function newKey(lead: Lead, trace: Trace): string {
  return `new lead:${digest(JSON.stringify([lead.email, lead.phone, trace.line]))}`;
}

/**
 * Updates the contact. Values that HighLevel refuses, and an email or phone that another contact has, are left out with a
 * warning. Null if there is nothing to update.
 */
export async function updateContact(
  highlevel: HighLevel,
  contactId: string,
  values: ContactValues,
  warnings: string[],
): Promise<ContactResponse | null> {
  if (Object.keys(values).length === 0) return null;
  try {
    const call = { path: { contactId }, body: { ...values } };
    return (await highlevel.request('PUT /contacts/{contactId}', call)).contact;
  } catch (error) {
    const accepted = withoutRefused(error, values, warnings, { needsDetail: false });
    if (accepted) return updateContact(highlevel, contactId, accepted, warnings);
    if (!(error instanceof ApiError && error.kind === 'duplicate')) throw error;
    const { email, phone, ...rest } = values;
    warnings.push(
      `${[email, phone].filter(Boolean).join(' and ')} was not added to the contact, because another contact` +
        `${error.duplicate ? ` (${error.duplicate.contactId})` : ''} already has it.`,
    );
    return email === undefined && phone === undefined
      ? null
      : updateContact(highlevel, contactId, rest, warnings);
  }
}

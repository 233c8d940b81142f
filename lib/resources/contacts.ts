import type * as z from 'zod';
import { customNames } from './custom_fields.ts';
import { InputError, quoted } from '../base/errors.ts';
import { businessId } from '../schema/fields.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { ifAllowed, subAccount } from './location.ts';
import { toE164 } from '../base/phone.ts';
import { contact, contactFrom, type Contact, type ContactAnswer } from '../highlevel/records/contact.ts';

/** What Create Contact and Create or Update Contact ask for; all optional, the most telling first. */
export const contactInput = {
  email: contact.email
    .optional()
    .describe(
      'If email and phone belong to two contacts, HighLevel updates the one that its settings put first.',
    ),
  phone: contact.phone
    .optional()
    .describe("With the country code, or in the usual form of your sub-account's country."),
  firstName: contact.firstName.optional(),
  lastName: contact.lastName.optional(),
  name: contact.name.optional().describe('Only needed where first and last name are not known apart.'),
  companyName: contact.companyName.optional(),
  tags: contact.tags.optional().describe('Added to the tags the contact has already.'),
  source: contact.source
    .optional()
    .describe('Where the contact came from. It replaces the source that a contact has already.'),
  assignedTo: contact.assignedTo.optional().describe("The contact's owner in HighLevel."),
  address1: contact.address1.optional(),
  city: contact.city.optional(),
  state: contact.state.optional(),
  postalCode: contact.postalCode.optional(),
  country: contact.country.optional().describe('The name in English, or the two-letter code such as `US`.'),
  website: contact.website.optional(),
  timezone: contact.timezone.optional(),
  dateOfBirth: contact.dateOfBirth.optional().describe('Such as `1990-04-23`. A time is left out.'),
  gender: contact.gender.optional(),
  dnd: contact.dnd.optional().describe('Yes stops all messages to this contact.'),
} satisfies z.ZodRawShape;

/** HighLevel refuses longer search texts. Source: mirrors of HighLevel's search documentation. */
const QUERY_LENGTH = 75;

/** A search text as long as HighLevel takes it, however it counts: an emoji may be two to it. No character is halved. */
export function searchText(query: string): string {
  return query.slice(0, QUERY_LENGTH).replace(/[\uD800-\uDBFF]$/, '');
}

/** What the contact triggers and searches filter by. */
export const contactFilters = {
  tags: contact.tags.optional().describe('Only contacts that have all of these tags.'),
  businessId: businessId.optional().describe('Only contacts of this business.'),
  assignedTo: contact.assignedTo.optional().describe('Only contacts of this user.'),
} satisfies z.ZodRawShape;

/**
 * The phone number as HighLevel keeps it, E.164; read in the sub-account's country when it has no country code of its own.
 * Throws InputError for what is no phone number. An international number that only looks unlikely is passed on.
 */
export async function readPhone(highlevel: HighLevel, phone: string): Promise<string> {
  const international = toE164(phone);
  if (international) return international;
  const country = (await ifAllowed(subAccount(highlevel), undefined))?.country ?? undefined;
  const local = country && toE164(phone, country);
  if (local) return local;
  const bare = phone.replace(/[\s().-]/g, '');
  if (/^\+[1-9]\d{6,14}$/.test(bare)) return bare;
  throw new InputError(
    `Phone: ${quoted(phone)} is not a phone number. Use the international form, such as +14155550132.`,
  );
}

/** Contacts for a Zap, with their custom fields by name. One lookup (cached), and only when any has custom fields. */
export async function contactsFrom(highlevel: HighLevel, answers: ContactAnswer[]): Promise<Contact[]> {
  const anyCustom = answers.some((answer) => answer.customFields.length > 0);
  const names = anyCustom ? await ifAllowed(customNames(highlevel), new Map()) : new Map();
  return answers.map((answer) => contactFrom(answer, highlevel.contactUrl, names));
}

/**
 * A contact for a Zap, after a write. The write stands, so nothing that goes wrong here may fail the step: a failed step is
 * run again, and would write again.
 */
export async function writtenContact(highlevel: HighLevel, answer: ContactAnswer): Promise<Contact> {
  const [written] = await contactsFrom(highlevel, [answer]).catch(() => []);
  return written ?? contactFrom(answer, highlevel.contactUrl, new Map());
}

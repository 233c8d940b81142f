import { mayBeEmail, readEmail } from './email.ts';
import { isLabel, searchedPart } from './left_over.ts';
import { findPhone, mayBePhone, readPhone, type PhoneCountries } from './phone.ts';
import { saysNothing } from './text.ts';
import { visibleLine } from './visible.ts';

/** The text of the name, email and phone fields; null, undefined or blank if a field is empty. */
export interface TypedDetails {
  name?: string | null | undefined;
  email?: string | null | undefined;
  phone?: string | null | undefined;
}

/** The contact details found in the three fields. Texts are null rather than blank. */
export interface ContactDetails {
  /** The name alone, on one line. */
  name: string | null;
  /** The email address in lower case. */
  email: string | null;
  /** The phone number, E.164. */
  phone: string | null;
  /** Whether the phone number is unambiguous; see `PhoneReading`. */
  phoneCertain: boolean;
  /**
   * The email field as typed, if part of it was not understood; without an email, also a name field that seems to contain
   * one.
   */
  emailRaw: string | null;
  /**
   * The phone field as typed, if part of it was not understood; without a phone number, also a name field that seems to
   * contain one.
   */
  phoneRaw: string | null;
  /** The name field as typed, if it contains more than the name and the details: an id, a second number. */
  nameRaw: string | null;
  /** The rest of the fields as readable text, such as a second number or "work". None of it is in another field. */
  leftOver: string[];
  /** An international number outside every numbering plan, E.164; see `PhoneReading`. Null if there is a phone number. */
  unlikelyPhone: string | null;
}

/**
 * Extracts the contact details from the three fields. Email and phone are searched for in their own field first, then in
 * each other's, then in the name. Never throws.
 *
 * Placeholder names ("Visitor 1234") are returned: the caller decides about them.
 */
export function readContactDetails(typed: TypedDetails, countries: PhoneCountries = {}): ContactDetails {
  const box = { name: filled(typed.name), email: filled(typed.email), phone: filled(typed.phone) };
  const [email = null] = [box.email, box.phone, box.name].flatMap((text) => readEmail(text).email ?? []);
  const ownPhone = readPhone(box.phone, countries);
  // A field with only digits is a phone number, whatever its format.
  const otherPhone = /\p{L}|@/u.test(box.email)
    ? findPhone(box.email, countries)
    : readPhone(box.email, countries);
  const phone = [ownPhone, otherPhone, findPhone(withoutIds(box.name), countries)].find(
    ({ number }) => number !== null,
  );

  const remainder = (text: string) => withoutDetails(text, email, phone?.number ?? null, countries);
  const left = { email: remainder(box.email), phone: remainder(box.phone), name: remainder(box.name) };
  const { name, more } = nameIn(left.name, left.name !== box.name, countries);
  const isNameAlone = more.length === 0 && withoutIds(left.name) === left.name;
  const isBadEmail = email === null && left.email === '' && /\S@\S/.test(left.name);
  const isBadPhone = !phone && left.phone === '' && isNumberLike(withoutIds(left.name));
  return {
    name,
    email,
    phone: phone?.number ?? null,
    phoneCertain: phone?.certain ?? false,
    emailRaw: (left.email && box.email) || (isBadEmail ? box.name : null),
    phoneRaw: (left.phone && box.phone) || (isBadPhone ? box.name : null),
    nameRaw: isNameAlone || isBadEmail || isBadPhone ? null : box.name,
    leftOver: [left.email, left.phone, ...more].filter((text) => text !== ''),
    unlikelyPhone: phone ? null : ownPhone.unlikely,
  };
}

/**
 * Whether a text may contain an email address or a phone number, even one that `readContactDetails` does not recognize: it
 * has an @, or as many digits as a phone number. Errs on the side of true, except for dummies such as 1234567890. Never
 * throws.
 */
export function mayBeContactDetail(text: string): boolean {
  return mayBeEmail(text) || mayBePhone(text);
}

/** The text of a field; empty for other apps' words for "nothing", such as "null". */
function filled(text: string | null | undefined): string {
  const typed = text?.trim() ?? '';
  return saysNothing(typed) ? '' : typed.replace(WHATSAPP_ID, '+$1');
}

/** WhatsApp's id of a person: the phone number in international format, for some with the number of the device. */
const WHATSAPP_ID =
  /(?<![^\s,;:(<"'])\+?(\d{7,15})(?::\d{1,3})?@(?:c\.us|s\.whatsapp\.net)(?![\p{L}\p{N}.-])/giu;

/** A text without the details that were found in the fields; unchanged if it contains none of them. */
function withoutDetails(
  text: string,
  email: string | null,
  phone: string | null,
  countries: PhoneCountries,
): string {
  const mail = readEmail(text);
  const rest = mail.email !== null && mail.email === email ? (mail.rest ?? '') : text;
  const reading = readPhone(rest, countries);
  return reading.number !== null && reading.number === phone ? (reading.rest ?? '') : rest;
}

/** A name without the ids that messenger integrations append: Ivan [324234234]. */
export function withoutIds(name: string): string {
  return name.replace(/\[[^[\]]*[\d@][^[\]]*\]/g, ' ').trim();
}

/** The name in the rest of the name field, and further details in it. */
function nameIn(
  text: string,
  isCut: boolean,
  countries: PhoneCountries,
): { name: string | null; more: string[] } {
  const [searched, unsearched] = searchedPart(text);
  if (unsearched !== '') return { name: visibleLine(text), more: [] };
  const kept = withoutIds(searched);
  const addresses = kept.match(/\S+@\S+/g) ?? [];
  const words = addresses.reduce((all, address) => all.replace(address, ' '), kept);
  const second = findPhone(words, countries);
  const named = visibleLine(second.number === null ? words : (second.rest ?? '')).replace(
    / ?\(\d{5,}\)$/,
    '',
  );
  const isWhole = !isCut && named === visibleLine(text);
  const name = isWhole ? named : withoutLabel(named);
  const more = second.number === null ? addresses : [...addresses, second.number];
  return isSpoken(name) ? { name, more } : { name: null, more: name === '' ? more : [...more, name] };
}

/** A name without the label of a detail that was removed: "Anna, tel.". */
function withoutLabel(name: string): string {
  const [, before, word = ''] = /^(.+?)[\s,;:./|–-]+([\p{L}\p{M}-]+)[\s.:,;–-]*$/u.exec(name) ?? [];
  if (before !== undefined && isLabel(word)) return withoutLabel(before);
  return isLabel(name) ? '' : name.replace(/^[\s,;:/|–-]+|[\s,;:/|–-]+$/gu, '');
}

/** Whether a text has a letter of any script or an emoji: names include Zoë, 李 and sometimes 🙂. */
function isSpoken(text: string): boolean {
  return /[\p{L}\p{Extended_Pictographic}]/u.test(text);
}

/** Whether a text may be a phone number, or consists of digits only. */
function isNumberLike(text: string): boolean {
  return mayBePhone(text) || (!isSpoken(text) && text.replace(/\P{Nd}/gu, '').length > 5);
}

import { mayBeEmail, readEmail } from './email.ts';
import { isLabel, searchedPart } from './left_over.ts';
import { findPhone, mayBePhone, readPhone, type PhoneCountries } from './phone.ts';
import { saysNothing } from './text.ts';
import { visibleLine } from './visible.ts';

/** What was typed into the boxes for name, email and phone; null, undefined or blank where nothing was. */
export interface TypedDetails {
  name?: string | null | undefined;
  email?: string | null | undefined;
  phone?: string | null | undefined;
}

/** Who somebody is and how to reach them, read from the three boxes together. Texts are never blank: null where there is none. */
export interface ContactDetails {
  /** The name without what else its box says, in one line. */
  name: string | null;
  /** The email address in lower case. */
  email: string | null;
  /** The phone number, E.164. */
  phone: string | null;
  /** Whether the phone number can hardly be another one; see `PhoneReading`. */
  phoneCertain: boolean;
  /** The email box as it was typed, if not all of it was read; without an email also what looks like one in the name box. */
  emailRaw: string | null;
  /** The phone box as it was typed, if not all of it was read; without a phone also what looks like one in the name box. */
  phoneRaw: string | null;
  /** The name box as it was typed, if it says more than the name and the details that were read: an id, a second number. */
  nameRaw: string | null;
  /** What is left over in the boxes, readable, beside what was read: a second number, "work". Nothing of it is in a field. */
  leftOver: string[];
  /** An international number that no numbering plan knows, E.164; see `PhoneReading`. Null beside a phone. */
  unlikelyPhone: string | null;
}

/**
 * The contact details in what was typed, each where it belongs: for each kind its own box is searched first, then the other
 * one, then the name. A detail in the name box never replaces one in its own. Never throws.
 *
 * A name that only stands for none ("Visitor 1234") is for the caller to leave out.
 */
export function readContactDetails(typed: TypedDetails, countries: PhoneCountries = {}): ContactDetails {
  const box = { name: filled(typed.name), email: filled(typed.email), phone: filled(typed.phone) };
  const [email = null] = [box.email, box.phone, box.name].flatMap((text) => readEmail(text).email ?? []);
  const ownPhone = readPhone(box.phone, countries);
  // A box with nothing but digits is meant as a number, whatever its form.
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
 * Whether a text may hold an email address or a phone number, for this reader or for somebody who knows more: an @, or as
 * many digits as a number has. In doubt it does; dummies such as 1234567890 do not. Never throws.
 */
export function mayBeContactDetail(text: string): boolean {
  return mayBeEmail(text) || mayBePhone(text);
}

/** What a box says, without the words of other apps for nothing. */
function filled(text: string | null | undefined): string {
  const typed = text?.trim() ?? '';
  return saysNothing(typed) ? '' : typed;
}

/** What a text says beside the details that were taken from the boxes: all of it, as it was typed, where it has none of them. */
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

/** A name without the ids that bridges to messengers put behind it: Ivan [324234234]. */
export function withoutIds(name: string): string {
  return name.replace(/\[[^[\]]*[\d@][^[\]]*\]/g, ' ').trim();
}

/** The name in what the name box says beside the details that were read, and the details in it that were not. */
function nameIn(
  text: string,
  isCut: boolean,
  countries: PhoneCountries,
): { name: string | null; more: string[] } {
  const [searched, behind] = searchedPart(text);
  if (behind !== '') return { name: visibleLine(text), more: [] };
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

/** A name without the words that led to what was taken out of it: "Anna, tel.". */
function withoutLabel(name: string): string {
  const [, before, word = ''] = /^(.+?)[\s,;:./|–-]+([\p{L}\p{M}-]+)[\s.:,;–-]*$/u.exec(name) ?? [];
  if (before !== undefined && isLabel(word)) return withoutLabel(before);
  return isLabel(name) ? '' : name.replace(/^[\s,;:/|–-]+|[\s,;:/|–-]+$/gu, '');
}

/** Whether a text has a letter of any script or a picture: people are called Zoë, 李, and now and then 🙂. */
function isSpoken(text: string): boolean {
  return /[\p{L}\p{Extended_Pictographic}]/u.test(text);
}

/** Whether a text may be a number, or says nothing but digits. */
function isNumberLike(text: string): boolean {
  return mayBePhone(text) || (!isSpoken(text) && text.replace(/\P{Nd}/gu, '').length > 5);
}

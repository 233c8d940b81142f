import { quoted } from '../base/errors.ts';
import type { Lead } from '../jivochat/lead.ts';

/** The maximum length of a quote of the visitor's text. */
const MAX_QUOTED = 200;

/** The visitor's entries that could not be fully parsed, each with its field. */
function typedIn(lead: Lead): { box: string; text: string }[] {
  const boxes = [
    { box: 'email', text: lead.emailRaw },
    { box: 'phone number', text: lead.phoneRaw },
    { box: 'name', text: lead.nameRaw },
  ].flatMap(({ box, text }) => (text === null ? [] : [{ box, text }]));
  const others = lead.leftOver.filter((part) => !boxes.some(({ text }) => text.includes(part)));
  return [...boxes, ...others.map((text) => ({ box: 'contact details', text }))];
}

/** The error for a lead without an email and a phone number; quotes what was typed, if anything. */
export function noDetails({ emailRaw, phoneRaw }: Lead): string {
  const typed = [
    ...(emailRaw === null ? [] : [`${quoted(emailRaw, MAX_QUOTED)} is not an email`]),
    ...(phoneRaw === null ? [] : [`${quoted(phoneRaw, MAX_QUOTED)} is not a phone number`]),
  ];
  const why = typed.length > 0 ? ` (${typed.join(', ')})` : '';
  return `The visitor left no email and no phone number${why}, so nothing was written to HighLevel.`;
}

/** A warning for each text that the visitor typed and that is in no field of the contact. */
export function typedButUnused(lead: Lead): string[] {
  return typedIn(lead).map(
    ({ box, text }) =>
      `The visitor typed ${quoted(text, MAX_QUOTED)} as the ${box}. Not all of it could be saved in the contact's fields.`,
  );
}

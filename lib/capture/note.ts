import type { Lead } from '../jivochat/lead.ts';
import { defuseHtml, MAX_LENGTH } from '../base/text.ts';
import { LABELS, linesOf, ownPart, withoutEnds, type Label, type OwnPart } from './own_part.ts';
import { shortenedTo } from './shorten.ts';
import type { Trace } from './trace.ts';

/** The order of a call's statuses, to recognize the later of two events. */
const CALL_STEPS = new Map([
  ['start', 1],
  ['agent_connected', 2],
  ['client_connected', 2],
  ['end', 3],
  ['error', 3],
]);

/** The content of a note. */
interface Content {
  headline: string;
  details: Map<Label, string>;
  /** The lines of the existing note that this event lacks. */
  earlier: string[];
  said: string;
  progress: string;
}

/** Details that are added to a note even if there are no new messages. */
const NEWS: readonly Label[] = [
  'Email as typed',
  'Phone as typed',
  'Name as typed',
  'Also typed',
  'About',
  'Rating',
  'Call',
  'Recording',
];

/** Whether a lead needs a note: it has a chat, a call or a message, not just changed contact details. */
export function isNoteworthy(lead: Lead): boolean {
  return [lead.chatId, lead.offlineMessageId, lead.transcript, lead.message].some((value) => value !== null);
}

/**
 * The body of a lead's note, in plain text: details, message and transcript, at most `max` characters. Ends with the progress
 * line and the trace.
 */
export function noteBody(lead: Lead, trace: Trace, max: number = MAX_LENGTH): string {
  return written(contentOf(lead), trace, max);
}

/**
 * The new body of a note that lacks something of the lead. Replaces this app's part of the note; nothing that was said in
 * the chat or written by a person is lost. At most `max` characters, unless a person wrote more. Undefined if the note is
 * complete or belongs to another chat.
 */
export function updatedNote(
  lead: Lead,
  body: string,
  trace: Trace,
  max: number = MAX_LENGTH,
): string | undefined {
  const own = ownPart(body, trace);
  if (!own) return undefined;
  const content = contentOf(lead);
  const isOlder = progress(lead) < stepOf(own.progress);
  const before = unitsOf(own.lines);
  const said = unitsOf(linesOf(content.said));
  const details = [...content.details].map(([label, value]) => `${label}: ${value}`);
  const now = [...said, ...unitsOf(linesOf(details.join('\n')))];
  // If an editor joined the lines, only parts of lines can be matched.
  const missing = unmatched(said, before, own.isJoined ? own.text : '');
  const whole = own.isJoined ? [content.said, ...details].join('\n') : '';
  const earlier = unmatched(before, now, whole).map(({ line }) => line);
  if (missing.length === 0 && !hasNewDetails(lead, own, isOlder, earlier.length > 0)) return undefined;

  const merged: Content = {
    ...content,
    // If an agent has answered before, the chat is not missed.
    ...((isOlder || (earlier.length > 0 && lead.missed)) && { headline: own.headline }),
    details: mergedDetails(own, content, isOlder),
    earlier,
    progress: mergedProgress(lead, own, missing.length, earlier.length),
  };
  if (compact(written(merged, trace, max)) === compact(own.text)) return undefined;
  // HTML is longer than its text, and what a person wrote needs room too.
  const others = own.replacedBy('').length;
  let updated = own.replacedBy(written(merged, trace, max));
  for (let room = max; updated.length > max && room > 0;) {
    const share = Math.max(0, max - others) / Math.max(1, updated.length - others);
    room = Math.min(room - 100, Math.floor(room * share));
    updated = own.replacedBy(written(merged, trace, room));
  }
  return updated;
}

/** The body of a lead's task, in plain text: the message or description, the page, and the trace. */
export function taskBody(lead: Lead, trace: Trace): string {
  const parts = [lead.message ?? lead.description, labeled('Page', [lead.pageUrl]), trace.line];
  return defuseHtml(parts.filter(Boolean).join('\n\n'));
}

function contentOf(lead: Lead): Content {
  const typed = [lead.emailRaw, lead.phoneRaw, lead.nameRaw];
  const more = lead.leftOver.filter((text) => !typed.some((raw) => raw?.includes(text)));
  const values: Record<Label, string | null> = {
    Visitor: joined([lead.name, lead.email, lead.phone]),
    'Email as typed': lead.emailRaw,
    'Phone as typed': lead.phoneRaw,
    'Name as typed': lead.nameRaw,
    'Also typed': joined(more),
    About: lead.description,
    Agent: joined([lead.agentName, lead.agentEmail]),
    Department: lead.department,
    Rating: lead.rating,
    Page: joined([lead.pageTitle, lead.pageUrl], ' - '),
    From: joined([lead.city, lead.region, lead.country]),
    Campaign: joined([lead.utmSource, lead.utmMedium, lead.utmCampaign], ' / '),
    Call: joined([lead.callType, lead.callReason]),
    Recording: lead.callRecordUrl,
  };
  const safe = (text: string) => withoutEnds(defuseHtml(text));
  return {
    headline: headline(lead),
    details: new Map(
      LABELS.flatMap((label): [Label, string][] => {
        const value = values[label];
        return value ? [[label, safe(value)]] : [];
      }),
    ),
    earlier: [],
    said: safe([lead.message, lead.transcript].filter(Boolean).join('\n\n')),
    progress: progressLine(lead),
  };
}

function written(
  { headline: first, details, earlier, said, progress: last }: Content,
  trace: Trace,
  max: number,
): string {
  const end = `${last}\n${trace.line}`;
  const lines = [...details].map(([label, value]) => `${label}: ${value}`);
  const text = [[first, ...lines].join('\n'), earlier.join('\n'), said].filter(Boolean).join('\n\n');
  return `${shortenedTo(text, max - end.length - 2)}\n\n${end}`;
}

/** A line of a conversation in a form that is comparable between notes: the speaker's name may have changed. */
interface Unit {
  line: string;
  time: string | undefined;
  text: string;
}

function unitsOf(lines: string[]): Unit[] {
  return lines.map((line) => {
    const [, time, rest = line] = /^\[(\d{4}-\d\d-\d\d \d\d:\d\d)\]\s*(.*)$/s.exec(line) ?? [];
    return { line, time, text: compact(rest.replace(/^[^:\n]{1,80}: /, '')) };
  });
}

/**
 * The units without a counterpart among the others; each counterpart counts once. `whole`, unless empty, is searched too,
 * for parts of lines that an editor joined.
 */
function unmatched(units: Unit[], others: Unit[], whole: string): Unit[] {
  /** How often each text occurs, by its time ('' if unknown). */
  const pool = new Map<string, Map<string, number>>();
  for (const { text, time = '' } of others) {
    const times = pool.get(text) ?? new Map<string, number>();
    pool.set(text, times.set(time, (times.get(time) ?? 0) + 1));
  }
  const searched = whole === '' ? '' : ` ${compact(whole)} `;
  return units.filter(({ text, time }) => {
    const times = pool.get(text);
    const [found] = time === undefined ? (times?.keys() ?? []) : [time, ''].filter((key) => times?.has(key));
    if (times && found !== undefined) {
      const left = (times.get(found) ?? 0) - 1;
      if (left > 0) times.set(found, left);
      else times.delete(found);
      return false;
    }
    return !(searched.includes(` ${text} `) && (time === undefined || searched.includes(` [${time}] `)));
  });
}

/**
 * Whether a lead has details, besides messages, that the note lacks. An older event, with fewer messages, does not replace
 * existing details; but a rating may arrive without messages.
 */
function hasNewDetails(lead: Lead, own: OwnPart, isOlder: boolean, hasEarlier: boolean): boolean {
  if (isOlder) return lead.rating !== null && !own.details.has('Rating');
  const { details, headline: now } = contentOf(lead);
  if (progress(lead) > stepOf(own.progress) || (lead.missed && !hasEarlier && now !== own.headline))
    return true;
  const known = compact(own.text);
  const contact = own.details.has('Visitor') ? [lead.email, lead.phone] : [];
  return [...contact, ...NEWS.map((label) => details.get(label))].some(
    (value) => value && !known.includes(compact(value)),
  );
}

function mergedDetails(own: OwnPart, { details }: Content, isOlder: boolean): Map<Label, string> {
  const [first, second] = isOlder ? [own.details, details] : [details, own.details];
  const merged = LABELS.flatMap((label): [Label, string][] => {
    const value = first.get(label) ?? second.get(label);
    if (value === undefined) return [];
    const noted = own.details.get(label) ?? '';
    // Words that a person added to the line.
    if (noted.startsWith(value) && /^[\s,;(]/.test(noted.slice(value.length))) return [[label, noted]];
    if (label !== 'Visitor') return [[label, value]];
    // An email or phone number that the other event had.
    const others = (second.get(label) ?? '').split(', ').filter((part) => /@|^\+\d/.test(part));
    return [[label, [value, ...others.filter((part) => !value.includes(part))].join(', ')]];
  });
  return new Map(merged);
}

function mergedProgress(lead: Lead, own: OwnPart, missing: number, earlier: number): string {
  if (lead.event === 'call_event')
    return progress(lead) < stepOf(own.progress) ? `Status: ${own.progress}` : progressLine(lead);
  const noted = stepOf(own.progress);
  return `Messages: ${Math.max(noted + (earlier > 0 ? missing : 0), progress(lead))}`;
}

function progressLine(lead: Lead): string {
  return lead.event === 'call_event'
    ? `Status: ${lead.callStatus ?? 'unknown'}`
    : `Messages: ${progress(lead)}`;
}

/** The number of messages of a lead; for a call, the order of its status. */
function progress(lead: Lead): number {
  if (lead.event === 'call_event') return CALL_STEPS.get(lead.callStatus ?? '') ?? 0;
  if (lead.transcript === null) return lead.message === null ? 0 : 1;
  return Math.max(lead.messageCount, 1);
}

/** The same number for the progress line of a note. */
function stepOf(noted: string): number {
  return CALL_STEPS.get(noted) ?? (Number(noted) || 0);
}

function headline(lead: Lead): string {
  if (lead.event === 'offline_message') return 'JivoChat offline message';
  if (lead.event === 'call_event') return 'JivoChat call';
  return lead.missed ? 'JivoChat chat, missed' : 'JivoChat chat';
}

function labeled(label: string, values: (string | null)[]): string | null {
  const text = joined(values);
  return text ? `${label}: ${text}` : null;
}

function joined(values: (string | null)[], separator = ', '): string | null {
  return values.filter(Boolean).join(separator) || null;
}

function compact(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

import type { Lead } from '../jivochat/lead.ts';
import { defuseHtml } from '../base/text.ts';
import type { Trace } from './trace.ts';

/** How far a call is, by its status: later events of the same call tell more. */
const CALL_STEPS = new Map([
  ['start', 1],
  ['agent_connected', 2],
  ['client_connected', 2],
  ['end', 3],
  ['error', 3],
]);

/** Whether a lead has something that belongs in a note: a chat, a call or a message, not a mere change of details. */
export function isNoteworthy(lead: Lead): boolean {
  return [lead.chatId, lead.offlineMessageId, lead.transcript, lead.message].some((value) => value !== null);
}

/** The note of a lead: who, from where, what was said; plain text, ending with how far it has come and the trace. */
export function noteBody(lead: Lead, trace: Trace): string {
  const about = [
    headline(lead),
    said('Visitor', [lead.name, lead.email, lead.phone ?? lead.phoneRaw]),
    said('About', [lead.description]),
    said('Agent', [lead.agentName, lead.agentEmail]),
    said('Department', [lead.department]),
    said('Rating', [lead.rating]),
    said('Page', [lead.pageTitle, lead.pageUrl], ' - '),
    said('From', [lead.city, lead.region, lead.country]),
    said('Campaign', [lead.utmSource, lead.utmMedium, lead.utmCampaign], ' / '),
    said('Call', [lead.callType, lead.callReason]),
    said('Recording', [lead.callRecordUrl]),
  ];
  const parts = [
    about.filter(Boolean).join('\n'),
    lead.message,
    lead.transcript,
    `${progressLine(lead)}\n${trace.line}`,
  ];
  return defuseHtml(parts.filter(Boolean).join('\n\n'));
}

/** The task's description: what the visitor wants, from which page, and the trace. */
export function taskBody(lead: Lead, trace: Trace): string {
  const parts = [lead.message ?? lead.description, said('Page', [lead.pageUrl]), trace.line];
  return defuseHtml(parts.filter(Boolean).join('\n\n'));
}

/** Whether a lead tells more than a note of ours holds. A note whose last lines someone has taken out is left alone. */
export function hasNewMessages(lead: Lead, body: string, trace: Trace): boolean {
  const line = new RegExp(`(Messages|Status): (\\w+)(?:\\s|<[^<>]*>)*${trace.pattern.source}`, 'g');
  const noted = [...body.matchAll(line)].at(-1)?.[2];
  return noted !== undefined && progress(lead) > (CALL_STEPS.get(noted) ?? (Number(noted) || 0));
}

function progressLine(lead: Lead): string {
  return lead.event === 'call_event'
    ? `Status: ${lead.callStatus ?? 'unknown'}`
    : `Messages: ${progress(lead)}`;
}

/** How many messages a lead brings to the note; of a call, how far it is. */
function progress(lead: Lead): number {
  if (lead.event === 'call_event') return CALL_STEPS.get(lead.callStatus ?? '') ?? 0;
  if (lead.transcript === null) return lead.message === null ? 0 : 1;
  return Math.max(lead.messageCount, 1);
}

function headline(lead: Lead): string {
  if (lead.event === 'offline_message') return 'JivoChat offline message';
  if (lead.event === 'call_event') return 'JivoChat call';
  return lead.missed ? 'JivoChat chat, missed' : 'JivoChat chat';
}

function said(label: string, values: (string | null)[], between = ', '): string | null {
  const known = values.filter(Boolean).join(between);
  return known ? `${label}: ${known}` : null;
}

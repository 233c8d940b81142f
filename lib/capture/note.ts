import type { Lead } from '../jivochat/lead.ts';
import { defuseHtml } from '../base/text.ts';
import type { Trace } from './trace.ts';

/** The order of a call's statuses, to recognize the later of two events. */
const CALL_STEPS = new Map([
  ['start', 1],
  ['agent_connected', 2],
  ['client_connected', 2],
  ['end', 3],
  ['error', 3],
]);

/** Whether a lead needs a note: it has a chat, a call or a message, and not only changed contact details. */
export function isNoteworthy(lead: Lead): boolean {
  return [lead.chatId, lead.offlineMessageId, lead.transcript, lead.message].some((value) => value !== null);
}

/** The body of a lead's note, in plain text: details, message and transcript. Ends with the progress line and the trace. */
export function noteBody(lead: Lead, trace: Trace): string {
  const about = [
    headline(lead),
    labeled('Visitor', [lead.name, lead.email, lead.phone ?? lead.phoneRaw]),
    labeled('About', [lead.description]),
    labeled('Agent', [lead.agentName, lead.agentEmail]),
    labeled('Department', [lead.department]),
    labeled('Rating', [lead.rating]),
    labeled('Page', [lead.pageTitle, lead.pageUrl], ' - '),
    labeled('From', [lead.city, lead.region, lead.country]),
    labeled('Campaign', [lead.utmSource, lead.utmMedium, lead.utmCampaign], ' / '),
    labeled('Call', [lead.callType, lead.callReason]),
    labeled('Recording', [lead.callRecordUrl]),
  ];
  const parts = [
    about.filter(Boolean).join('\n'),
    lead.message,
    lead.transcript,
    `${progressLine(lead)}\n${trace.line}`,
  ];
  return defuseHtml(parts.filter(Boolean).join('\n\n'));
}

/** The body of a lead's task, in plain text: the message or description, the page, and the trace. */
export function taskBody(lead: Lead, trace: Trace): string {
  const parts = [lead.message ?? lead.description, labeled('Page', [lead.pageUrl]), trace.line];
  return defuseHtml(parts.filter(Boolean).join('\n\n'));
}

/** Whether a lead is more recent than the note with `body`. False when a user removed the note's progress line. */
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

/** The number of messages of a lead; for a call, the order of its status. */
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

function labeled(label: string, values: (string | null)[], separator = ', '): string | null {
  const text = values.filter(Boolean).join(separator);
  return text ? `${label}: ${text}` : null;
}

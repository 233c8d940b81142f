import type { Lead } from '../jivochat/lead.ts';
import type { Trace } from './trace.ts';

/** Whether a lead has something that belongs in a note: a chat, a call or a message, not a mere change of details. */
export function isNoteworthy(lead: Lead): boolean {
  return [lead.chatId, lead.offlineMessageId, lead.transcript, lead.message].some((value) => value !== null);
}

/** The note of a lead: who, from where, what was said; plain text, ending with the trace. */
export function noteBody(lead: Lead, trace: Trace): string {
  const about = [
    headline(lead),
    said('Visitor', [lead.name, lead.email, lead.phone ?? lead.phoneRaw].filter(Boolean).join(', ')),
    said('About', lead.description),
    said('Agent', [lead.agentName, lead.agentEmail && `<${lead.agentEmail}>`].filter(Boolean).join(' ')),
    said('Department', lead.department),
    said('Rating', lead.rating),
    said('Page', [lead.pageTitle, lead.pageUrl].filter(Boolean).join(' - ')),
    said('From', [lead.city, lead.region, lead.country].filter(Boolean).join(', ')),
    said('Campaign', [lead.utmSource, lead.utmMedium, lead.utmCampaign].filter(Boolean).join(' / ')),
    said('Call', [lead.callType, lead.callStatus, lead.callReason].filter(Boolean).join(', ')),
    said('Recording', lead.callRecordUrl),
    said('Messages', String(messagesIn(lead))),
  ];
  const parts = [about.filter(Boolean).join('\n'), lead.message, lead.transcript, trace.line];
  return parts.filter(Boolean).join('\n\n');
}

/** How many messages a lead brings. */
export function messagesIn(lead: Lead): number {
  return lead.messageCount || (lead.message === null ? 0 : 1);
}

/** How many messages a note of ours says it holds; undefined when someone has taken that line out. */
export function messagesNoted(body: string): number | undefined {
  const found = /Messages: (\d+)/.exec(body)?.[1];
  return found === undefined ? undefined : Number(found);
}

function headline(lead: Lead): string {
  if (lead.event === 'offline_message') return 'JivoChat offline message';
  if (lead.event === 'call_event') return 'JivoChat call';
  return lead.missed ? 'JivoChat chat, missed' : 'JivoChat chat';
}

function said(label: string, value: string | null): string | null {
  return value ? `${label}: ${value}` : null;
}

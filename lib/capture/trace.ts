import { createHash } from 'node:crypto';
import type { Lead } from '../jivochat/lead.ts';
import { harmless } from '../jivochat/text.ts';

/**
 * The line that note and task end with, by which the same chat is known again: `JivoChat {widget}/{chat}`. An offline
 * message or a call of a chat is a record of its own, so that neither takes the other's place. The line also holds when the
 * widget is known only one time, and a lead without a chat of its own is known by its content.
 */
export interface Trace {
  line: string;
  /** Finds the line in a note's text, plain or HTML. */
  pattern: RegExp;
  /** Finds the line of anything that belongs to the same chat: a chat is followed up once. */
  ofChat: RegExp;
}

/** The trace of a lead. */
export function traceOf(lead: Lead): Trace {
  const kind = lead.event === 'call_event' ? 'call' : null;
  const known = [lead.chatId, lead.offlineMessageId, kind].filter((part) => part !== null);
  const id = harmless(lead.chatId || lead.offlineMessageId ? known.join('/') : contentHash(lead));
  const widget = lead.widgetId && harmless(lead.widgetId);
  const prefix = widget ? `(?:${escaped(widget)}/)?` : '(?:[^\\s/<>]+/)?';
  return {
    line: `JivoChat ${widget ? `${widget}/${id}` : id}`,
    pattern: new RegExp(`JivoChat ${prefix}${escaped(id)}(?![\\w/-])`),
    ofChat: new RegExp(`JivoChat ${prefix}${escaped(lead.chatId ? harmless(lead.chatId) : id)}(?![\\w-])`),
  };
}

function contentHash(lead: Lead): string {
  const content = JSON.stringify([lead.email, lead.phone, lead.message, lead.transcript, lead.description]);
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

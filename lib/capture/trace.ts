import { createHash } from 'node:crypto';
import type { Lead } from '../jivochat/lead.ts';

/**
 * The line that note and task end with, by which the same chat is known again: `JivoChat {widget}/{chat}`. It also holds
 * when the widget is known only one time, and a lead without a chat of its own is known by its content.
 */
export interface Trace {
  line: string;
  /** Whether a note's or task's text, plain or HTML, carries this trace. */
  isIn(text: string | null): boolean;
}

/** No id of JivoChat's is as long: it is a text that was mapped by mistake. */
const LONGEST_ID = 100;

/** The trace of a lead. */
export function traceOf(lead: Lead): Trace {
  const id = short(lead.chatId ?? lead.offlineMessageId ?? contentHash(lead));
  const widget = lead.widgetId === null ? null : short(lead.widgetId);
  const line = `JivoChat ${widget === null ? id : `${widget}/${id}`}`;
  const prefix = widget === null ? '(?:[^\\s/<>]+/)?' : `(?:${escaped(widget)}/)?`;
  const pattern = new RegExp(`JivoChat ${prefix}${escaped(id)}(?![\\w/-])`);
  return { line, isIn: (text) => text !== null && pattern.test(text) };
}

function contentHash(lead: Lead): string {
  return hash(JSON.stringify([lead.email, lead.phone, lead.message, lead.transcript, lead.description]));
}

function short(id: string): string {
  return id.length > LONGEST_ID ? hash(id) : id;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function escaped(text: string): string {
  return text.replace(/[^\w]/g, '\\$&');
}

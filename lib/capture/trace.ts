import { digest } from '../base/digest.ts';
import type { Lead } from '../jivochat/lead.ts';
import { defuseHtml } from '../base/text.ts';

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

/** No id of JivoChat's is as long: it is a text that was mapped by mistake. */
const MAX_ID_LENGTH = 100;

/** The trace of a lead. */
export function traceOf(lead: Lead): Trace {
  const ids = [lead.chatId, lead.offlineMessageId].filter((part) => part !== null).map(short);
  const own = ids.length > 0 ? ids.join('/') : contentHash(lead);
  const id = ids.length > 0 && lead.event === 'call_event' ? `${own}/call` : own;
  const chat = lead.chatId === null ? id : short(lead.chatId);
  const widget = lead.widgetId && short(lead.widgetId);
  const prefix = `JivoChat ${widget ? `(?:${escaped(widget)}/)?` : '(?:[^\\s/<>]+/)?'}`;
  return {
    line: `JivoChat ${widget ? `${widget}/${id}` : id}`,
    pattern: new RegExp(`${prefix}${escaped(id)}(?![\\w/-])`),
    ofChat: new RegExp(`${prefix}${escaped(chat)}(?![\\w-])`),
  };
}

function contentHash(lead: Lead): string {
  return digest(JSON.stringify([lead.email, lead.phone, lead.message, lead.transcript, lead.description]));
}

function short(id: string): string {
  return defuseHtml(id.length > MAX_ID_LENGTH ? digest(id) : id);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

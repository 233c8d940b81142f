import { digest } from '../base/digest.ts';
import type { Lead } from '../jivochat/lead.ts';
import { defuseHtml } from '../base/text.ts';
import { visibleLine } from '../base/visible.ts';

/**
 * The last line of a note or task, which identifies the chat: `JivoChat {widget}/{chat}`. Offline messages and calls have
 * their own trace, so that they never replace the chat's note. It matches with and without the widget, because not every
 * event has one. A lead without a chat is identified by a hash of its content.
 */
export interface Trace {
  line: string;
  /** Matches the line at the start of a text. The caller checks that the line ends the note. */
  pattern: RegExp;
  /** Matches, at the beginning of a text, the line of any record of the same chat, because a chat gets one task only. */
  ofChat: RegExp;
}

/** JivoChat's ids are shorter; a longer text was mapped by mistake, and is hashed. */
const MAX_ID_LENGTH = 100;

/** The trace of a lead. */
export function traceOf(lead: Lead): Trace {
  const ids = [lead.chatId, lead.offlineMessageId].filter((part) => part !== null).map(short);
  const own = ids.length > 0 ? ids.join('/') : contentHash(lead);
  const id = ids.length > 0 && lead.event === 'call_event' ? `${own}/call` : own;
  const chat = lead.chatId === null ? id : short(lead.chatId);
  const widget = lead.widgetId && short(lead.widgetId);
  const anyWidget = widget ? `(?:${escaped(widget)}/)` : '(?:[^\\s/<>]+/)';
  // "JivoChat 3948/5000" is chat 5000 of widget 3948, not a message of chat 3948.
  const part = '(?:/[^\\s/]+)*';
  const bare = widget === chat ? escaped(chat) : `${escaped(chat)}${part}`;
  return {
    line: `JivoChat ${widget ? `${widget}/${id}` : id}`,
    pattern: new RegExp(`^JivoChat ${anyWidget}?${escaped(id)}(?![\\w/-])`),
    ofChat: new RegExp(`^JivoChat (?:${anyWidget}${escaped(chat)}${part}|${bare})(?![\\w/-])`),
  };
}

function contentHash(lead: Lead): string {
  return digest(JSON.stringify([lead.email, lead.phone, lead.message, lead.transcript, lead.description]));
}

function short(id: string): string {
  return defuseHtml(visibleLine(id.length > MAX_ID_LENGTH ? digest(id) : id));
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

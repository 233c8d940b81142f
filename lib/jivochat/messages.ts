import { DateTime } from 'luxon';
import { isObject } from '../base/json.ts';
import { isWritten, itemsFrom, lineFrom, objectFrom, textFrom } from './values.ts';

/** A message of a chat. */
export interface Message {
  /** The text, including the URLs of files; null if JivoChat does not send it. */
  text: string | null;
  /** The URLs of the files that were sent. */
  urls: string[];
  /** In epoch milliseconds. */
  at: number | null;
  /** `visitor`, `agent`, or JivoChat's word for another sender, such as a bot. */
  from: string | null;
  agentId: string | null;
}

const ITEM_KEYS = ['message', 'text', 'timestamp', 'type', 'body', 'agent_id'];
const TIME_KEYS = ['timestamp', 'time', 'date', 'datetime', 'created_at', 'created_ts', 'sent_at', 'ts'];
const SENDER_KEYS = ['type', 'from', 'sender', 'sender_type', 'author', 'role', 'direction'];
const VISITOR = /^(?:visitor|client|customer|user|guest|in|incoming|inbound)$/;
const AGENT = /^(?:agent|operator|manager|employee|out|outgoing|outbound)$/;
/** Types of content. JivoChat's Chat API has them as the type of a message; its webhooks use that key for the sender. */
const KIND =
  /^(?:text|message|photo|image|picture|sticker|gif|video|audio|voice|document|file|attachment|location|contact|markdown|buttons?|keyboard|media)$/;
const TEXT_KEYS = ['message', 'text', 'body', 'content', 'caption', 'msg', 'comment', 'value', 'title'];
/** Keys of files and their URLs. */
const FILE_KEY =
  /file|attach|media|photo|image|picture|sticker|video|audio|voice|document|url|uri|link|src|href|download/i;
/** A small copy of a file: its URL counts only when there is no other. */
const PREVIEW_KEY = /thumb|preview/i;
/** Keys of objects and values about the sender or the visit. */
const ABOUT_OTHERS = /avatar|agent|sender|author|user|visitor|client|operator|page|icon|referr?er/i;
/** Keys whose values are not the text of a message. */
const OTHER_KEY =
  /(?:^|_|[a-z](?=[A-Z]))(?:id|uuid|hash|type|timestamp|time|datetime|date|ts|at|status|state|mime|lang|language|locale|role|from|to|direction|channel|source|size|width|height|event|name)$/i;
const URL_TEXT = /^(?:https?:)?\/\/[^\s<>"]+$/i;
/** The maximum depth of the search for file URLs. */
const MAX_DEPTH = 4;

/**
 * The messages of a chat, in a list or a map, in chronological order. A message without a time stays after the one before
 * it.
 */
export function readMessages(value: unknown): Message[] {
  let last = 0;
  return itemsFrom(value, ITEM_KEYS)
    .map((item) => {
      const message = readMessage(item.value);
      last = message.at ?? last;
      return { message, time: last };
    })
    .toSorted((a, b) => a.time - b.time)
    .map(({ message }) => message);
}

function readMessage(item: unknown): Message {
  const whole = isObject(item) ? item : { message: item };
  const inner = objectFrom(whole.message);
  const said = firstText(TEXT_KEYS, whole, inner, objectFrom(whole.content));
  const urls = urlsIn(whole, said === null);
  const text = said ?? (urls.length > 0 ? null : otherText(whole, inner));
  const missing = urls.filter((url) => !text?.includes(url));
  const from = senderOf(whole);
  const at = [whole, inner].flatMap((part) => TIME_KEYS.map((key) => momentFrom(part[key])));
  return {
    text: [text, ...missing].filter((part) => part !== null).join(' ') || unreadableFile(whole, inner),
    urls,
    at: at.find((moment) => moment !== null) ?? null,
    from,
    agentId: agentIdOf(whole, from),
  };
}

function firstText(keys: string[], ...parts: Record<string, unknown>[]): string | null {
  for (const part of parts) {
    for (const key of keys) {
      const text = textFrom(part[key]);
      if (text !== null) return text;
    }
  }
  return null;
}

/** A text under an unknown key. */
function otherText(...parts: Record<string, unknown>[]): string | null {
  const [latitude, longitude] = ['latitude', 'longitude'].map((key) => firstText([key], ...parts));
  if (latitude && longitude) return `${latitude}, ${longitude}`;
  const keys = parts
    .flatMap(Object.keys)
    .filter((key) => ![OTHER_KEY, FILE_KEY, PREVIEW_KEY, ABOUT_OTHERS].some((other) => other.test(key)));
  const text = firstText(keys, ...parts);
  return text !== null && /\p{L}|\p{Extended_Pictographic}/u.test(text) ? text : null;
}

/** The URLs of a message's files; from any key if the message has no text. */
function urlsIn(message: Record<string, unknown>, anyKey: boolean): string[] {
  const files: string[] = [];
  const previews: string[] = [];
  const collect = (value: unknown, isFile: boolean, isPreview: boolean, depth: number): void => {
    if (typeof value === 'string' && isFile && URL_TEXT.test(value.trim()))
      (isPreview ? previews : files).push(value.trim());
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
    for (const [key, inner] of Object.entries(value)) {
      if (ABOUT_OTHERS.test(key) || (depth === 0 && TEXT_KEYS.includes(key) && isWritten(inner))) continue;
      collect(inner, isFile || FILE_KEY.test(key), isPreview || PREVIEW_KEY.test(key), depth + 1);
    }
  };
  collect(message, anyKey, false, 0);
  return [...new Set(files.length > 0 ? files : previews)];
}

/** The text for a file without a URL; null if nothing in the message suggests a file. */
function unreadableFile(...parts: Record<string, unknown>[]): string | null {
  const isFile = parts.some((part) =>
    Object.entries(part).some(
      ([key, value]) =>
        (FILE_KEY.test(key) && !ABOUT_OTHERS.test(key) && isGiven(value)) ||
        (key === 'type' && isKind(value) && value !== 'text' && value !== 'message') ||
        /mime/i.test(key),
    ),
  );
  if (!isFile) return null;
  const files = parts.flatMap((part) =>
    Object.entries(part).flatMap(([key, value]) => (FILE_KEY.test(key) && isObject(value) ? [value] : [])),
  );
  const name = firstText(['file_name', 'fileName', 'filename', 'name', 'file'], ...parts, ...files);
  return name ? `[file] ${name}` : '[file]';
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== null && value !== '' && value !== false;
}

function isKind(value: unknown): boolean {
  return typeof value === 'string' && KIND.test(value.trim().toLowerCase());
}

function senderOf(message: Record<string, unknown>): string | null {
  let other: string | null = null;
  for (const key of SENDER_KEYS) {
    const value = message[key];
    const word = lineFrom(isObject(value) ? value.type : value);
    const sender = word?.toLowerCase() ?? '';
    if (VISITOR.test(sender)) return 'visitor';
    if (AGENT.test(sender)) return 'agent';
    if (key === 'type' && word !== null && !KIND.test(sender)) other = word;
  }
  return other ?? (lineFrom(message.agent_id) === null ? null : 'agent');
}

function agentIdOf(message: Record<string, unknown>, from: string | null): string | null {
  const id = lineFrom(message.agent_id) ?? lineFrom(objectFrom(message.agent).id);
  return id ?? (from === 'agent' ? lineFrom(objectFrom(message.sender).id) : null);
}

/** Parses epoch seconds, epoch milliseconds or ISO 8601 text (UTC without an offset) into epoch ms; else null. */
function momentFrom(value: unknown): number | null {
  if (!isWritten(value)) return null;
  const text = String(value).trim();
  const number = Number(text);
  const moment = /^\d{4}-?\d{2}-?\d{2}[T ]/.test(text)
    ? DateTime.fromISO(
        text
          .replace(' ', 'T')
          .replace(/ (?=UTC$|Z$|[+-]\d)/, '')
          .replace(/UTC$/, 'Z'),
        { zone: 'utc' },
      )
    : text !== '' && number > 0
      ? DateTime.fromMillis(Math.round(number > 1e11 ? number : number * 1000), { zone: 'utc' })
      : undefined;
  return moment?.isValid && moment.year < 2100 ? moment.toMillis() : null;
}

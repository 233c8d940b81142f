import { withoutMarkup } from '../base/html.ts';
import { around, asHtml, isHtml, visibleText } from '../base/html_text.ts';
import type { Trace } from './trace.ts';

/** The details at the top of a note, one in a line, in this order. */
export const LABELS = [
  'Visitor',
  'Email as typed',
  'Phone as typed',
  'Name as typed',
  'Also typed',
  'About',
  'Agent',
  'Department',
  'Rating',
  'Page',
  'From',
  'Campaign',
  'Call',
  'Recording',
] as const;
export type Label = (typeof LABELS)[number];

/** What this app wrote into a note, as it can be read there now. */
export interface OwnPart {
  headline: string;
  details: Map<Label, string>;
  /** Everything else between headline and end, in its order: the conversation, and what a person wrote into it. */
  lines: string[];
  /** Whether the lines of the part were joined to one, so that only parts of lines can be compared. */
  isJoined: boolean;
  /** The number of messages, or the status of a call. */
  progress: string;
  /** The whole part in plain text. */
  text: string;
  /** The note with another text in place of this part; what a person wrote above and below it stays as it is. */
  replacedBy: (text: string) => string;
}

const KINDS = ['chat, missed', 'chat', 'call', 'offline message'];
/** The headline on a line of its own; a person may have added words to it. */
const HEADLINE = new RegExp(`^[^\\S\\n]*(JivoChat (?:${KINDS.join('|')})(?!\\w))`, 'm');
/** The headline where an editor has joined lines: details, messages or the end follow. */
const JOINED_HEADLINE = new RegExp(
  `(?<!\\w)(JivoChat (?:${KINDS.join('|')}))(?=\\s+(?:(?:${LABELS.join('|')}|Messages|Status): |\\[\\d{4}-))`,
);
const END = /(?:Messages|Status): (\w+)\s+(JivoChat [^\n]*)/g;
const TIME = /\s(?=\[\d{4}-\d\d-\d\d \d\d:\d\d\] )/;
/** What stands in place of the middle of a long conversation. */
const REMARK = /^\[… \d+ characters left out …\]$/;

/**
 * The part of a note that is about the chat of a trace; undefined when the note has none. It begins with the headline and
 * ends with the progress and the trace. A trace that is merely mentioned is no end.
 */
export function ownPart(body: string, trace: Trace): OwnPart | undefined {
  const html = isHtml(body);
  const { text, places } = visibleText(body);
  let from = 0;
  for (const end of endsIn(text)) {
    const segment = text.slice(from, end.start);
    const headline = HEADLINE.exec(segment) ?? JOINED_HEADLINE.exec(segment);
    const found = trace.pattern.exec(end.line);
    const start = from + (headline ? headline.index + headline[0].search(/\S/) : 0);
    from = end.stop;
    if (!headline || !found) continue;
    const [, first = ''] = headline;
    const stop = end.stop - end.line.length + found[0].length;
    const isJoined = !text.slice(start, stop).includes('\n');
    // In HTML a person's words may follow in the same line; in plain text they make it the line of another chat.
    if (!html && !isJoined && end.line.slice(found[0].length).trim() !== '') continue;
    const [before = 0, after = body.length] = [places[start], places[stop]];
    return {
      headline: first,
      ...detailsIn(text.slice(start + first.length, end.start), isJoined),
      isJoined,
      progress: end.progress,
      text: text.slice(start, stop),
      replacedBy: (replacement) =>
        html
          ? replacedInHtml(body, before, after, replacement)
          : replacedInText(body, before, after, replacement),
    };
  }
  return undefined;
}

/** Where parts of this app may end: progress and trace, and a trace alone in the last line, whose progress was deleted. */
function endsIn(text: string): { start: number; stop: number; progress: string; line: string }[] {
  const ends = [...text.matchAll(END)].map(({ 0: whole, 1: progress = '', 2: line = '', index }) => ({
    start: index,
    stop: index + whole.length,
    progress,
    line,
  }));
  const trimmed = text.trimEnd();
  const last = trimmed.lastIndexOf('\n') + 1;
  const line = trimmed.slice(last);
  if (!line.startsWith('JivoChat ') || ends.some(({ stop }) => stop >= trimmed.length)) return ends;
  return [...ends, { start: last, stop: trimmed.length, progress: '', line }];
}

/**
 * Whether a task's text is that of the chat of a trace: a line of its own names the chat, the last such line; or, where an
 * editor has joined the lines, the text ends with the trace behind the page's URL or as `written` does.
 */
export function endsWithTrace(body: string, trace: Trace, written: string): boolean {
  const { text } = visibleText(body);
  const lines = text.split('\n').map((line) => line.trim());
  const isWhole = (line: string) => trace.ofChat.exec(line)?.[0] === line;
  const last = lines.findLast((line) => /^JivoChat (?=\S*\d)\S+$/.test(line) || isWhole(line));
  if (last !== undefined) return isWhole(last);
  const compact = (some: string) => some.replace(/\s+/g, ' ').trim();
  if (compact(text) === compact(written)) return true;
  const end = /\sPage: \S+\s+(JivoChat .+)$/.exec(` ${compact(text)}`)?.[1];
  return end !== undefined && isWhole(end);
}

/** The text of a note or task without its progress and its trace, as plain text: for readers outside HighLevel. */
export function withoutTrace(body: string): string {
  const text = withoutMarkup(body).replace(/[\u00A0\u200B\uFEFF]/g, (sign) => (sign === '\u00A0' ? ' ' : ''));
  return text
    .replace(/(?:^|\n)[^\S\n]*(?:- |\d+\. )?(?:Messages|Status): \w+(?=\s+(?:- |\d+\. )?JivoChat \S)/g, '')
    .replace(/(?:Messages|Status): \w+\s+JivoChat \S+(?=\s|$)/g, '')
    .replace(/(?:^|\n)[^\S\n]*(?:- |\d+\. )?JivoChat (?=\S*\d)\S+[^\S\n]*(?=\n|$)/g, '')
    .replace(/\sJivoChat (?=\S*\d)\S+\s*$/, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Words that look like the end of a note, made to look like none: a visitor may type them. */
export function withoutEnds(text: string): string {
  return text.replace(/((?:Messages|Status): \w+\s+JivoChat)(?= )/g, '$1:');
}

/** Lines as they can be compared: one for each message, also where an editor has joined them. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line) => line.split(TIME))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !REMARK.test(line));
}

function detailsIn(middle: string, isJoined: boolean): Pick<OwnPart, 'details' | 'lines'> {
  const details = new Map<Label, string>();
  // An empty line ends the details, if there is one.
  const split = /\n[^\S\n]*(?=\n)/.exec(middle.trimEnd())?.index ?? middle.length;
  const [top, rest] = [middle.slice(0, split), middle.slice(split)];
  const lines: string[] = [];
  let isTop = true;
  let last = -1;
  for (const line of linesOf(isJoined ? splitAtLabels(top) : top)) {
    const [, label = '', value = ''] = /^([A-Z][a-z ]+): (.*)$/.exec(line) ?? [];
    const known = LABELS.find((one) => one === label);
    isTop &&= !line.startsWith('[');
    if (isTop && known && LABELS.indexOf(known) > last) {
      last = LABELS.indexOf(known);
      details.set(known, value);
    } else lines.push(line);
  }
  // Without an empty line, "Agent: Hi" may be somebody's message: it is kept unless the new text has it.
  const isUnsure = rest.trim() === '' && lines.length > 0;
  const unsure = isUnsure ? [...details].map(([label, value]) => `${label}: ${value}`) : [];
  return { details, lines: [...unsure, ...lines, ...linesOf(rest)] };
}

function splitAtLabels(text: string): string {
  const [start = '', ...messages] = text.split(TIME);
  const label = new RegExp(`\\s(?=(?:${LABELS.join('|')}): )`, 'g');
  return [start.replace(label, '\n'), ...messages].join('\n');
}

function replacedInText(body: string, start: number, end: number, replacement: string): string {
  const before = body.slice(0, start).trimEnd();
  const after = body.slice(end).trimStart();
  return [before, replacement, after].filter(Boolean).join('\n\n');
}

function replacedInHtml(body: string, start: number, end: number, replacement: string): string {
  const [before, after] = around(body, start, end);
  const isBare = [before, after].every(
    (html) => visibleText(html).text.trim() === '' && !/<(?:img|video|audio|iframe)\b/i.test(html),
  );
  return isBare ? replacement : `${before}${asHtml(replacement)}${after}`;
}

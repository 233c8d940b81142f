import { withoutMarkup } from '../base/html.ts';
import { around, asHtml, isHtml, visibleText } from '../base/html_text.ts';
import type { Trace } from './trace.ts';

/** The details at the top of a note, one per line, in this order. */
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

/** This app's part of a note, as it is now. */
export interface OwnPart {
  headline: string;
  details: Map<Label, string>;
  /** The other lines between headline and end, in order: the conversation, and what a person added. */
  lines: string[];
  /** Whether an editor joined the lines into one, so that only parts of lines can be compared. */
  isJoined: boolean;
  /** The number of messages, or the status of a call. */
  progress: string;
  /** The whole part in plain text. */
  text: string;
  /** Returns the note with this part replaced. What a person wrote above and below it is kept. */
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
/** The remark that replaces the middle of a long conversation. */
const REMARK = /^\[… \d+ characters left out …\]$/;

/**
 * The part of a note about the chat of a trace; undefined if there is none. It starts with the headline and ends with the
 * progress and the trace. A trace mentioned elsewhere does not end it.
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
    // In HTML a person's words may follow on the same line; in plain text the trace would then be another chat's.
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

/**
 * Where this app's part may end: after progress and trace, or after a trace alone on the last line, if the progress was
 * deleted.
 */
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
 * Whether a task's text belongs to the chat of a trace: the last trace on a line of its own is that of the chat; or, if an
 * editor joined the lines, the text ends with the trace after the page's URL, or ends like `written`.
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

/** Changes words that look like the end of a note, because a visitor may type them. */
export function withoutEnds(text: string): string {
  return text.replace(/((?:Messages|Status): \w+\s+JivoChat)(?= )/g, '$1:');
}

/** The lines for comparison: one per message, even if an editor joined them. */
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

const MEDIA = /<img\b[^<>]*>|<(video|audio|iframe)\b[^<>]*>(?:[^]*?<\/\1>)?/gi;

function replacedInHtml(body: string, start: number, end: number, replacement: string): string {
  const [before, after] = around(body, start, end);
  // Images that a person pasted between our lines go below them.
  const media = (body.slice(start, end).match(MEDIA) ?? []).map((one) => `<p>${one}</p>`).join('');
  const isBare =
    media === '' &&
    [before, after].every((html) => visibleText(html).text.trim() === '' && html.search(MEDIA) < 0);
  return isBare ? replacement : `${before}${asHtml(replacement)}${media}${after}`;
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import app from '../../../index.ts';
import { isObject } from '../../../lib/base/json.ts';
import { read, root } from './write.ts';

/** Where a text is read: in the docs, in the editor and in errors, in the list of tests, in the source. */
export type Scope = 'docs' | 'app' | 'tests' | 'comments';

interface Word {
  word: RegExp;
  instead: string;
  /** Scopes whose texts still use the word. An entry is removed when they are rewritten. */
  notYet?: Scope[];
}

/** Words this project does not use, and what it says instead. A word counts as a whole, in any case. */
export const words: Word[] = [
  { word: /papers?/, instead: 'docs', notYet: ['tests', 'comments'] },
  { word: /stand-?ins?|stands? in/, instead: 'mock, sandbox', notYet: ['tests', 'comments'] },
  { word: /rules of the house/, instead: 'conventions' },
  { word: /lanes?/, instead: 'test suites', notYet: ['tests', 'comments'] },
  { word: /what (then )?stands in/, instead: 'the records in', notYet: ['tests', 'comments'] },
  { word: /anew/, instead: 'again', notYet: ['app', 'tests', 'comments'] },
  { word: /who(so)?ever/, instead: 'anyone who', notYet: ['app', 'tests', 'comments'] },
  { word: /(comes?|came) of/, instead: 'results in', notYet: ['tests', 'comments'] },
  { word: /shall/, instead: 'should', notYet: ['app', 'tests', 'comments'] },
  { word: /cures?/, instead: 'fix', notYet: ['tests', 'comments'] },
  { word: /so many/, instead: 'this many', notYet: ['app', 'tests', 'comments'] },
  { word: /the same again/, instead: 'repeated', notYet: ['tests', 'comments'] },
  { word: /told apart|known apart/, instead: 'distinguished', notYet: ['app', 'tests', 'comments'] },
  { word: /tells? contacts apart/, instead: 'identifies contacts', notYet: ['app', 'tests', 'comments'] },
  { word: /known again/, instead: 'recognized', notYet: ['tests', 'comments'] },
  { word: /licen[cs]es?(?<!license|licenses)/, instead: 'license' },
  { word: /e-mails?/, instead: 'email', notYet: ['app', 'tests', 'comments'] },
  { word: /holes?/, instead: 'vulnerability, placeholder', notYet: ['tests', 'comments'] },
  { word: /would change our mind/, instead: 'Revisit when' },
  { word: /what it costs/, instead: 'Consequences', notYet: ['tests', 'comments'] },
  { word: /(is|are) meant/, instead: 'is used', notYet: ['app', 'tests', 'comments'] },
  { word: /if wanted/, instead: 'optionally', notYet: ['app', 'tests', 'comments'] },
  { word: /at the most/, instead: 'at most', notYet: ['app', 'tests', 'comments'] },
  { word: /mostly/, instead: 'usually', notYet: ['app', 'tests', 'comments'] },
  { word: /befalls?/, instead: 'happens to', notYet: ['tests', 'comments'] },
  { word: /takes? no more requests/, instead: 'rate limit is reached', notYet: ['app', 'tests', 'comments'] },
  { word: /colour|behaviour|recognise[ds]?/, instead: 'American spelling', notYet: ['tests', 'comments'] },
];

/** The words of `text` that the scope does not use, each with what to say instead. */
export function bannedIn(text: string, scope: Scope): string[] {
  const line = text.replace(/\s+/g, ' ');
  return words.flatMap(({ word, instead, notYet = [] }) => {
    const found = new RegExp(`(?<![\\w-])(?:${word.source})(?![\\w-])`, 'i').exec(line)?.[0];
    return found === undefined || notYet.includes(scope) ? [] : [`"${found}", use: ${instead}`];
  });
}

/** What the Zap editor shows: labels, descriptions, help texts and choices of the app. */
export function editorTexts(): string[] {
  const keys = new Set(['label', 'description', 'directions', 'helpText', 'noun']);
  const found = new Set<string>();
  const visit = (value: unknown, key?: string): void => {
    if (typeof value === 'string' && key && keys.has(key)) found.add(value);
    if (Array.isArray(value)) value.forEach((one) => visit(one));
    if (isObject(value))
      for (const [name, one] of Object.entries(value))
        // A choice's key is its value, and its text what the user sees.
        visit(one, key === 'choices' && typeof one === 'string' ? 'label' : name);
  };
  visit([app.authentication, app.triggers, app.creates, app.searches, app.searchOrCreates]);
  return [...found];
}

/** A page of the docs in its own words: without code, comments, and what it quotes of the app. */
export function proseOf(doc: string): string {
  const own = doc
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/^> .*$/gm, '')
    .replace(/`[^`\n]+`/g, '')
    .replace(/\]\([^)]*\)/g, ']');
  // The longest first: a label may be part of a help text.
  return editorTexts()
    .toSorted((a, b) => b.length - a.length)
    .filter((text) => text.includes(' '))
    .reduce((text, quoted) => text.replaceAll(quoted, ''), own);
}

/** Every source file of a folder, with its text. */
export function sourcesIn(...folders: string[]): { file: string; text: string }[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(folder, name)),
    )
    .map((file) => ({ file, text: read(file) }));
}

/** The names of the tests and groups in a test file. */
export function testNamesIn(source: string): string[] {
  const calls = source.matchAll(/\b(?:describe|test|it)\b[\s\S]{0,400}?\(\s*(['"`])((?:(?!\1).)+)\1,/g);
  return [...calls].map(([, , name = '']) => name);
}

/** The comments of a source file. */
export function commentsIn(source: string): string[] {
  return [...source.matchAll(/\/\*[\s\S]*?\*\/|(?<![:'"`\w])\/\/.*$/gm)].map(([comment]) => comment);
}

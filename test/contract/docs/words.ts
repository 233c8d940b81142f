import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import app from '../../../index.ts';
import { isObject } from '../../../lib/base/json.ts';
import { read, root } from './write.ts';

/** Where a text appears: in the docs, in the editor and errors, in test names, in comments. */
export type Scope = 'docs' | 'app' | 'tests' | 'comments';

interface Word {
  word: RegExp;
  instead: string;
  /** Scopes that still use the word. Remove an entry when its texts are rewritten. */
  notYet?: Scope[];
}

/** Words that this project does not use, and their replacements. They match whole words, in any case. */
export const words: Word[] = [
  { word: /papers?/, instead: 'docs' },
  { word: /stand-?ins?|stands? in/, instead: 'mock, sandbox' },
  { word: /rules of the house/, instead: 'conventions' },
  { word: /lanes?/, instead: 'test suites' },
  { word: /what (then )?stands in/, instead: 'the records in' },
  { word: /anew/, instead: 'again' },
  { word: /who(so)?ever/, instead: 'anyone who' },
  { word: /(comes?|came) of/, instead: 'results in' },
  { word: /shall/, instead: 'should' },
  { word: /cures?/, instead: 'fix' },
  { word: /so many/, instead: 'this many' },
  { word: /the same again/, instead: 'repeated' },
  { word: /told apart|known apart/, instead: 'distinguished' },
  { word: /tells? contacts apart/, instead: 'identifies contacts' },
  { word: /known again/, instead: 'recognized' },
  { word: /licen[cs]es?(?<!license|licenses)/, instead: 'license' },
  { word: /e-mails?/, instead: 'email' },
  { word: /holes?/, instead: 'vulnerability, placeholder' },
  { word: /would change our mind/, instead: 'Revisit when' },
  { word: /what it costs/, instead: 'Consequences' },
  { word: /(is|are) meant/, instead: 'is used' },
  { word: /if wanted/, instead: 'optionally' },
  { word: /at the most/, instead: 'at most' },
  { word: /mostly/, instead: 'usually' },
  { word: /befalls?/, instead: 'happens to' },
  { word: /takes? no more requests/, instead: 'rate limit is reached' },
  { word: /colour|behaviour|recognise[ds]?/, instead: 'American spelling' },
];

/** The banned words of `text`, each with its replacement, for one scope. */
export function bannedIn(text: string, scope: Scope): string[] {
  const line = text.replace(/\s+/g, ' ');
  return words.flatMap(({ word, instead, notYet = [] }) => {
    const found = new RegExp(`(?<![\\w-])(?:${word.source})(?![\\w-])`, 'i').exec(line)?.[0];
    return found === undefined || notYet.includes(scope) ? [] : [`"${found}", use: ${instead}`];
  });
}

/** The texts of the Zap editor: labels, descriptions, help texts and choices of the app. */
export function editorTexts(): string[] {
  const keys = new Set(['label', 'description', 'directions', 'helpText', 'noun']);
  const found = new Set<string>();
  const visit = (value: unknown, key?: string): void => {
    if (typeof value === 'string' && key && keys.has(key)) found.add(value);
    if (Array.isArray(value)) value.forEach((one) => visit(one));
    if (isObject(value))
      for (const [name, one] of Object.entries(value))
        // A choice's key is its value, and its text is shown to the user.
        visit(one, key === 'choices' && typeof one === 'string' ? 'label' : name);
  };
  visit([app.authentication, app.triggers, app.creates, app.searches, app.searchOrCreates]);
  return [...found];
}

/** The prose of a page of the docs: without code, comments and quotes of the app. */
export function proseOf(doc: string): string {
  const own = doc
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/^> .*$/gm, '')
    .replace(/`[^`\n]+`/g, '')
    .replace(/\]\([^)]*\)/g, ']');
  // Longest first, because a label may be part of a help text.
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

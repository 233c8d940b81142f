import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';
import * as fields from '../../../lib/schema/fields.ts';
import { isObject } from '../../../lib/base/json.ts';

const root = join(__dirname, '../../..');
const page = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8');

// Texts that are not error messages: those of the editor, and descriptions of requests.
const OTHER_KEYS = new Set(
  'label description directions helpText choices action example title noun'.split(' '),
);
const OTHER_METHODS = new Set(['describe', 'meta', 'default']);
const OTHER_LISTS = /^[A-Z_]+$|^scopes$/;
const FIELDS = new Set(['field', ...Object.keys(fields)]);
/** Other texts that are no error messages: internal names, parts of messages and notes, and texts that no user sees. */
const OTHER_TEXTS = new Set(
  [
    'check the token',
    'cccc, LLLL d, yyyy, h:mm a ZZZZ', // the format of a time
    'may not have',
    "Include the country code, such as `+14155550132`, or use your sub-account's local format.",
    'HighLevel carried out the request', // a part of messages
    'A custom field',
    'email or phone number',
    "HighLevel's rate limit is reached", // a 429 has an error of its own
    'Email as typed', // the labels of a chat's note
    'Phone as typed',
    'Name as typed',
    'JivoChat offline message',
    'JivoChat chat, missed',
    '[… … characters left out …]',
    'In HighLevel: …',
    'Task "…" is …….',
    'without a title',
    ', due …',
    ': due …', // a line of a card
    'LLL d, h:mm a',
    'Task without a title',
    'Opportunity without a name',
    'opportunity of chat:', // the key of a cache
    "The relay didn't respond.",
    // Shown in the editor.
    "The URL for JivoChat can't be shown because the relay didn't respond. Try again later.",
    'In JivoChat, open **Manage > Channels**, click **Settings** for your channel, and turn on webhooks under **Integration settings for developers**. Webhooks need a paid plan. Paste this URL into **Webhooks Endpoint URL**, once for all your Zaps: `…`',
    // Parts of help texts.
    'To catch every note, use New HighLevel Event.',
    "Date and time, such as `2026-01-31 15:00`. The Zap's time zone is used unless you include one.",
    'Trigger only for',
    'Return only',
  ].map(bare),
);

/** A text without what varies from run to run: `…` for each placeholder, without white space around it. */
function bare(text: string): string {
  return text
    .replace(/"…"/g, '…')
    .replace(/\s*…[\s…]*/g, '…')
    .replace(/\s+/g, ' ')
    .replace(/^[\s…]+|[\s…]+$/g, '');
}

/** The text of a literal, or of literals joined by `+`; undefined for any other expression. */
function textOf(node: unknown): string | undefined {
  if (!isObject(node)) return undefined;
  if (node.type === 'StringLiteral') return String(node.value);
  if (node.type === 'ParenthesisExpression') return textOf(node.expression);
  if (node.type === 'TemplateLiteral' && Array.isArray(node.quasis))
    return node.quasis.map((part: unknown) => (isObject(part) ? part.cooked : '')).join('…');
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined && right === undefined ? undefined : `${left ?? '…'}${right ?? '…'}`;
}

/** The expressions in a text's placeholders, which may contain further texts. */
function placeholdersOf(node: unknown): unknown[] {
  if (!isObject(node) || node.type === 'StringLiteral') return [];
  if (node.type === 'ParenthesisExpression') return placeholdersOf(node.expression);
  if (node.type === 'TemplateLiteral') return Array.isArray(node.expressions) ? node.expressions : [];
  return [node.left, node.right].flatMap((side) =>
    textOf(side) === undefined ? [side] : placeholdersOf(side),
  );
}

/** Every text of a source file that may be an error message. */
function messagesIn(source: string): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (!isObject(node)) return;
    const type = String(node.type);
    if (/^(Import|ExportAll|ExportNamed|Ts\w*(Type|Interface))/.test(type)) return;
    const key = isObject(node.key) ? String(node.key.value) : '';
    if (type === 'KeyValueProperty' && OTHER_KEYS.has(key)) return;
    const name = isObject(node.id) ? String(node.id.value) : '';
    if (type === 'VariableDeclarator' && OTHER_LISTS.test(name) && textOf(node.init) === undefined) return;
    if (type === 'CallExpression' && isObject(node.callee)) {
      const { callee } = node;
      if (callee.type === 'Identifier' && FIELDS.has(String(callee.value))) return;
      // maybe.text() and the like.
      if (isObject(callee.object) && callee.object.value === 'maybe') return;
      if (isObject(callee.property) && OTHER_METHODS.has(String(callee.property.value)))
        return visit(callee.object);
    }
    const text = textOf(node);
    // At least three words, counting a placeholder as one; anything shorter is a name.
    if (text !== undefined && /\p{L} /u.test(text) && text.trim().split(/\s+/).length >= 3)
      found.push(bare(text));
    if (text === undefined) Object.values(node).forEach(visit);
    else placeholdersOf(node).forEach(visit);
  };
  visit(parseSync(source, { syntax: 'typescript' }).body);
  return found.filter((text) => !OTHER_TEXTS.has(text));
}

const sources = ['lib', 'creates', 'triggers', 'searches']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .concat('authentication.ts', 'index.ts')
  .filter((file) => file.endsWith('.ts'));
const written = new Map(
  sources.flatMap((file) =>
    messagesIn(readFileSync(join(root, file), 'utf8')).map((text) => [text, file] as const),
  ),
);
/** The messages that the page quotes, one per line. */
const quoted = [...page.matchAll(/^> (.+)$/gm)].map(([, text = '']) => bare(text));

describe('docs/troubleshooting.md', () => {
  test('explains every error message of the app', () => {
    const explained = new Set(quoted);
    expect([...written].filter(([text]) => !explained.has(text))).toEqual([]);
  });

  test('quotes only messages that exist', () => {
    expect(quoted.filter((text) => !written.has(text))).toEqual([]);
  });

  test('quotes each message once', () => {
    expect(quoted.filter((text, index) => quoted.indexOf(text) !== index)).toEqual([]);
  });

  test('gives the cause and the fix of each message', () => {
    const answers = page.split(/(?:^> .*\n\n)+/m).slice(1);
    expect(answers.length).toBeGreaterThan(30);
    const incomplete = answers.filter((answer) => !/^\*\*Why\.\*\* \S[^]*?\*\*Do\.\*\* \S/.test(answer));
    expect(incomplete).toEqual([]);
  });

  test('lists error codes that exist', () => {
    const errors = ['lib/zapier/errors.ts', 'lib/zapier/oauth.ts']
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .join();
    const codes = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, code = '']) => code);
    expect(codes.length).toBeGreaterThan(8);
    expect(codes.filter((code) => !errors.includes(`'${code}'`))).toEqual([]);
  });
});

describe('Detects a new message in the source', () => {
  test.each([
    ['in an error', "throw new InputError('Something new is wrong here.');", 'Something new is wrong here.'],
    ['in parts', "const x = 'The first half, ' + `and ${a.b} after it.`;", 'The first half, and…after it.'],
    ['in a warning', 'warnings.push(`Nobody has ${count} of them.`)', 'Nobody has…of them.'],
    [
      'in a choice of two',
      "throw new Halt(a ? 'One is too few.' : 'Two are too many.')",
      'Two are too many.',
    ],
    ['in a placeholder of another', "f(`HighLevel: ${a ? 'it was not there' : ''}`)", 'it was not there'],
    ['as a constant', "const NEWS = 'This cannot be done.';", 'This cannot be done.'],
    ['in a check of a field', "text('Color', 'red').refine(isColor, 'is not a color')", 'is not a color'],
  ])('%s', (_, source, message) => {
    expect(messagesIn(source)).toContain(message);
  });

  test.each([
    ['help', "text('Color of the item', 'a dark red').describe('The color it has.')"],
    ['a label', "const field = { label: 'Color of the item' }"],
    ['a list of choices', "const COLORS = { red: 'A Very Dark Red' }"],
    ['a type', "type Color = 'a very dark red';"],
    ['a name', "if (kind === 'not found') f('GET /contacts/')"],
  ])('ignores %s', (_, source) => {
    expect(messagesIn(source)).toEqual([]);
  });
});

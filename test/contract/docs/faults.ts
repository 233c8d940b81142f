import { endpoints } from '../../../lib/highlevel/endpoints.ts';
import { faults, type Fault } from '../../robustness/faults/faults.ts';
import type { Outcome, Row } from '../../robustness/faults/matrix.ts';
import { operations, type Operation } from '../../robustness/faults/operations.ts';

/** The outcome of every fault on one operation; no rows if it sends nothing. */
export interface Played {
  operation: Operation;
  rows: Row[];
}

/** The two parts of the fault matrix, and the operations in each. */
export const chapters = [
  { title: 'Reads', operations: operations.filter(({ kind }) => kind !== 'action') },
  { title: 'Writes', operations: operations.filter(({ kind }) => kind === 'action') },
] as const;

/** The columns of "At a glance", and in which part of the matrix each is played. */
const COLUMNS = {
  Reads: ['Reads'],
  Writes: ['Writes that can be retried', 'Writes sent once', 'Message to JivoChat'],
} as const;
const columns: string[] = Object.values(COLUMNS).flat();

/** One line of a group's table: faults with the same outcome. */
interface Line {
  faults: string[];
  how: string;
  outcomes: { outcome: Outcome; good: Outcome }[];
}

const actions = Object.values(endpoints)
  .map((endpoint) => endpoint.does)
  .toSorted((a, b) => b.length - a.length);

/**
 * docs/faults.md. `doc` is its present text; `played` is one part of the matrix, whose columns of "At a glance" replace those
 * of the text. Without it the columns stay as they are.
 */
export function faultsDoc(doc: string, title?: keyof typeof COLUMNS, played: Played[] = []): string {
  const rules = faults.map(
    (fault) => `| ${fault.name} | ${fault.edition === 'token' ? 'token' : 'OAuth'} | ${ruleOf(fault)} |`,
  );
  const rows = played.flatMap((one) => one.rows);
  const known = cellsIn(doc);
  const table = faults.map(({ name }, index) => {
    const cells = columns.map((column) => {
      const isPlayed = title !== undefined && COLUMNS[title].some((one) => one === column);
      return isPlayed ? glance(rows, column, index) : (known.get(`${name} / ${column}`) ?? '');
    });
    return `| ${name} | ${cells.join(' | ')} |`;
  });
  return [
    '# Faults',
    '',
    'What Zapier gets when HighLevel or JivoChat fails. The fault matrix (`test/robustness/faults/`) plays every fault below against every',
    'operation in the sandbox, once and repeatedly. This page shows the most common outcomes; the snapshots in',
    '`test/robustness/faults/__snapshots__/` hold all of them, with the error messages. `npm run catalog -- -u test/robustness/faults` writes',
    'both, and `npm test` compares them.',
    '',
    'These rules hold for every operation and every fault:',
    '',
    '- A request that creates a record is retried only after a 429.',
    '- Nothing is written twice, unless the error tells the user to check HighLevel before replaying.',
    '- No write is sent after a run has ended, and every run ends within 28 seconds.',
    '- Every error says what to do, and shows no code, token or internal data.',
    '',
    '## At a glance',
    '',
    'How a run ends when the fault happens once / on every attempt. Only one outcome is shown if both are the same. *PIT* is a connection by Private',
    'Integration Token, for which the app can read the text of a 401; all other rows use OAuth.',
    '',
    '- `AppError`: the step fails with this code and counts against the Zap.',
    '- `ThrottledError (n)`: Zapier runs the step again after n seconds.',
    '- `RefreshAuthError`: Zapier refreshes the token and runs the step again.',
    '- `ExpiredAuthError`: Zapier asks the user to reconnect.',
    '- `HaltedError`: the run stops without an error.',
    '',
    `| Fault | ${columns.join(' | ')} |`,
    `| --- |${' --- |'.repeat(columns.length)}`,
    ...table,
    '',
    '## The faults',
    '',
    'To try a fault yourself, start the sandbox, post its rule to `/__sandbox/fail`, and run a step with `zapier-platform invoke`. A rule',
    'without `path` applies to the next request. `"times": 1000` repeats the fault, and `"when": "after"` processes the request before it',
    'fails. A post to `/__sandbox/reset` removes all rules and keeps the records.',
    '',
    '| Fault | Connection | Rule |',
    '| --- | --- | --- |',
    ...rules,
    '',
  ].join('\n');
}

/** One part of the fault matrix in full, for its snapshot. */
export function chapter(title: keyof typeof COLUMNS, played: Played[]): string {
  const untouched = played.filter(({ rows }) => rows.length === 0).map(({ operation }) => operation.name);
  return [
    ...groupsOf(played.flatMap(({ rows }) => rows)).flatMap((group, index) => [
      `## ${title}, ${index + 1}: ${heading(group)}`,
      '',
      ...members(group),
      '| Fault | Happens | Zapier gets | Requests | Written | After a replay | Seconds | Message |',
      '| --- | --- | --- | --- | --- | --- | --- | --- |',
      ...linesOf(group).map(lineText),
      '',
    ]),
    ...untouched.map((name) => `\`${name}\` sends no request.`),
  ].join('\n');
}

/** The cells of "At a glance" in a text, each under its fault and column. */
function cellsIn(doc: string): Map<string, string> {
  const [, part = ''] = doc.split('\n## At a glance\n');
  const [header = [], , ...rows] = [...(part.split('\n## ')[0] ?? '').matchAll(/^\| (.+) \|$/gm)].map(
    ([, row = '']) => row.split(' | '),
  );
  return new Map(
    rows.flatMap(([name, ...cells]) =>
      cells.map((cell, index) => [`${name} / ${header[index + 1]}`, cell] as const),
    ),
  );
}

/** The outcome of one fault in one column: the largest group of that kind of request represents it. */
function glance(rows: Row[], column: string, index: number): string {
  const groups = groupsOf(rows).toSorted((a, b) => b.length - a.length);
  const cell = groups.find((group) => heading(group) === column)?.[0]?.cells[index];
  if (!cell) throw new Error(`No request belongs to the column ${column}`);
  const [once, lasting] = [ending(cell.once), ending(cell.lasting)];
  return once === lasting ? once : `${once} / ${lasting}`;
}

/** Rows grouped by equal outcomes of every fault. */
function groupsOf(rows: Row[]): Row[][] {
  return [...Map.groupBy(rows, (row) => JSON.stringify(row.cells.map((cell) => alike(row, cell)))).values()];
}

function members(group: Row[]): string[] {
  const operations = Map.groupBy(group, ({ target }) => target.name);
  const listed = [...operations].map(
    ([request, rows]) =>
      `- \`${request}\` of ${rows.map(({ operation }) => `\`${operation.name}\``).join(', ')}`,
  );
  return [...listed, ''];
}

/** The kind of request that a group is about. */
function heading([row]: Row[]): string {
  if (!row) return '';
  const { good, target, operation, first } = row;
  if (target.name.startsWith('POST JivoChat')) return 'Message to JivoChat';
  if (good.written === 'nothing') return operation.kind === 'search' ? 'Searches' : 'Reads';
  if (/^GET |\/search$/.test(target.name)) return 'Reads before writes';
  const write = target.repeatable ? 'Writes that can be retried' : 'Writes sent once';
  return first ? write : `${write}, after other writes`;
}

/** The lines of a group: the cells of its first row, grouped by outcome, with the numbers of all its rows. */
function linesOf(group: Row[]): Line[] {
  const lines = new Map<string, Line>();
  const [row] = group;
  for (const [index, { fault, once, lasting }] of (row?.cells ?? []).entries()) {
    if (!row) break;
    const same = JSON.stringify(mark(once, row.good)) === JSON.stringify(mark(lasting, row.good));
    const ways = same ? (['once'] as const) : (['once', 'lasting'] as const);
    for (const way of ways) {
      const outcome = way === 'once' ? once : lasting;
      const how = same ? 'once or always' : way === 'lasting' ? 'always' : way;
      const key = JSON.stringify([how, mark(outcome, row.good)]).replace(/status \d+/g, 'status');
      const line = lines.get(key) ?? { faults: [], how, outcomes: [] };
      line.faults.push(fault.name);
      for (const { good, cells } of group) {
        const cell = cells[index];
        if (cell) line.outcomes.push({ outcome: way === 'once' ? cell.once : cell.lasting, good });
        if (cell && same) line.outcomes.push({ outcome: cell.lasting, good });
      }
      lines.set(key, line);
    }
  }
  return [...lines.values()];
}

function lineText({ faults: names, how, outcomes }: Line): string {
  const [first] = outcomes;
  if (!first) return '';
  const { outcome, good } = first;
  const again = outcome.again;
  const all = span(outcomes.map((one) => one.outcome.requests));
  const seconds = Math.max(...outcomes.map((one) => one.outcome.ms)) / 1000;
  const columns = [
    names.join('; '),
    how,
    ending(outcome),
    `${outcome.sent} of ${all}`,
    share(outcome.written, good),
    again
      ? [share(again.written, good), again.ending === 'well' ? '' : `(${ending(again)})`].join(' ').trim()
      : '-',
    String(Math.round(seconds * 10) / 10),
    outcome.text || (again?.text ? `After the refresh: ${again.text}` : '-'),
  ];
  return `| ${columns.map((column) => column.replaceAll('|', '\\|')).join(' | ')} |`;
}

function span(numbers: number[]): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least === most ? String(least) : `${least} to ${most}`;
}

function ending({ ending: name, delay }: { ending: string; delay?: number }): string {
  if (name === 'well') return 'success';
  if (name === 'ThrottledError') return `ThrottledError${delay === undefined ? '' : ` (${delay})`}`;
  return name.endsWith('Error') ? name : `AppError ${name}`;
}

/** How much of what a successful run writes was written. */
function share(written: string, good: Outcome): string {
  if (good.written === 'nothing') return '-';
  if (written === good.written) return 'all';
  return written.replace(/2 x .*/, 'twice');
}

/** Two cells with an equal key have the same outcome, apart from the names of the operation and its records. */
function alike({ good }: Row, { once, lasting }: Row['cells'][number]): unknown {
  return [mark(once, good), mark(lasting, good)].map((one) => one.map((part) => general(part)));
}

function mark({ ending, delay, sent, written, text, again }: Outcome, good: Outcome): unknown[] {
  const after = again && [again.ending, share(again.written, good), again.text];
  return [ending, delay, sent, share(written, good), text, after];
}

function general(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(general);
  if (typeof part !== 'string') return part;
  const wording = actions.reduce((text, words) => text.replaceAll(words, '…'), part);
  return wording.replace(/permission [\w./]+( \(to .*?\))?/g, 'permission …').replace(/id:\w+/g, 'id:…');
}

function ruleOf({ rule, strikes }: Fault): string {
  if (strikes) return `none: ${strikes.words} when the request arrives`;
  return `\`${JSON.stringify(typeof rule === 'function' ? rule('(the ID of another contact)') : rule)}\``;
}

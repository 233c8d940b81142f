import { endpoints } from '../../../lib/highlevel/endpoints.ts';
import { faults, type Fault } from '../../robustness/faults/faults.ts';
import type { Outcome, Rerun, Row } from '../../robustness/faults/matrix.ts';
import { operations, type Operation } from '../../robustness/faults/operations.ts';

/** What came of one operation; no rows where it sends nothing. */
export interface Played {
  operation: Operation;
  rows: Row[];
}

/** The parts of the paper, and what is played for each. */
export const chapters = [
  { title: 'What reads', operations: operations.filter(({ kind }) => kind !== 'action') },
  { title: 'What writes', operations: operations.filter(({ kind }) => kind === 'action') },
] as const;

/** One line of a group's table: faults that come to the same. */
interface Line {
  faults: string[];
  how: string;
  outcomes: { outcome: Outcome; good: Outcome }[];
}

const does = Object.values(endpoints)
  .map((endpoint) => endpoint.action)
  .toSorted((a, b) => b.length - a.length);

/** docs/faults.md: what comes of every fault on every request of the app. */
export function faultsPaper(played: Played[]): string {
  const rules = faults.map(
    (fault) => `| ${fault.name} | ${fault.edition === 'token' ? 'token' : 'OAuth'} | ${ruleOf(fault)} |`,
  );
  return [
    '# Faults',
    '',
    'What comes of it when HighLevel or JivoChat fails: played with every operation against the sandbox, by a clock that',
    'skips waits. Made by `npm run catalog -- --faults`; the tests play it all again and hold this paper to it.',
    '',
    'Each fault hits the first request of an operation and each of its writes (of what only reads, each read): **once**,',
    'and then **each time** (lasting). Requests that behave alike in every fault share a table. Its columns:',
    '',
    '- **Zapier gets**: the run goes well, or ends with this error. An `AppError` counts against the Zap; a `ThrottledError`',
    '  is tried again by Zapier after the seconds in brackets; a `RefreshAuthError` makes it refresh the token and run the step',
    '  again; an `ExpiredAuthError` marks the connection as expired; a `HaltedError` stops the run and nothing else.',
    '- **Requests**: how often the request that met the fault left the process, of how many requests in all.',
    '- **Written**: of what a good run writes. **Run again**: what stands when Zapier, or the owner, has run the step again',
    '  without the fault; played where something was written or the token was refused, else it is a first run.',
    "- **Autoreplay**: what stands after Zapier's Autoreplay has run a failed step up to five times more: when the fault is gone;",
    '  where from the lost write on all reads and searches fail as well (no looks); and where the lost write happens 20 seconds late.',
    '- **Seconds**: how long the run took at the most. Zapier allows 30.',
    '',
    'What holds everywhere, and is checked in each cell: a request that makes a record is sent again only after a 429; nothing',
    'is written twice, by no replay either; no write leaves after the end of a run; every run ends within',
    '28 seconds; every text is made of sentences, says what to do, and shows no code and no data of ours.',
    '',
    '## At a glance',
    '',
    'How a run ends when the fault happens once / when it lasts, for the most common kind of each request. PIT stands for a',
    'connection by Private Integration Token, where the words of a 401 can be read; all else is played with OAuth.',
    '',
    ...glance(played.flatMap(({ rows }) => rows)),
    '',
    ...chapters.flatMap(({ title }) => [chapter(title, played), '']),
    '## The faults',
    '',
    'To see one by hand, start the sandbox, post the rule to `/__sandbox/fail`, and `invoke` the operation with `--non-interactive`. A rule without a',
    '`path` hits the next request, `"times": 1000` makes it last, `"when": "after"` lets the request do its work first. A post to',
    '`/__sandbox/reset` forgets all rules, and keeps the contacts.',
    '',
    '| Fault | Connection | Rule |',
    '| --- | --- | --- |',
    ...rules,
    '',
  ].join('\n');
}

/** One chapter of the paper, from all that was played or from what belongs to it. */
export function chapter(title: (typeof chapters)[number]['title'], played: Played[]): string {
  const wanted = chapters.find((one) => one.title === title)?.operations ?? [];
  const mine = played.filter(({ operation }) => wanted.includes(operation));
  const rows = mine.flatMap((one) => one.rows);
  const untouched = mine.filter((one) => one.rows.length === 0).map(({ operation }) => operation.name);
  return [
    `## ${title}`,
    '',
    ...groupsOf(rows).flatMap((group, index) => [
      `### ${title}, ${index + 1}: ${heading(group)}`,
      '',
      ...members(group),
      '| Fault | Happens | Zapier gets | Requests | Written | Run again | Autoreplay | Seconds | The owner reads |',
      '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
      ...linesOf(group).map(lineText),
      '',
    ]),
    ...untouched.map((name) => `\`${name}\` sends no request: no fault reaches it.\n`),
  ]
    .join('\n')
    .trimEnd();
}

/** The chapter as it stands in the paper. */
export function chapterIn(paper: string, title: string): string {
  const [, rest = ''] = paper.split(`\n## ${title}\n`);
  return `## ${title}\n${rest.split('\n## ')[0]}`.trimEnd();
}

/** Rows that come to the same in every fault, together. */
function groupsOf(rows: Row[]): Row[][] {
  return [...Map.groupBy(rows, (row) => JSON.stringify(row.cells.map((cell) => alike(row, cell)))).values()];
}

/** Every fault on one line: the largest group of each kind speaks for it. */
function glance(rows: Row[]): string[] {
  const groups = groupsOf(rows).toSorted((a, b) => b.length - a.length);
  const kinds = [
    'reads',
    'writes that may be sent again',
    'writes that are sent once',
    'a message to JivoChat',
  ];
  const columns = kinds.map((kind) => groups.find((group) => heading(group) === kind)?.[0]);
  const lines = faults.map(({ name }, index) => {
    const cells = columns.map((row) => {
      const cell = row?.cells[index];
      if (!cell) return 'not played';
      const [once, lasting] = [ending(cell.once), ending(cell.lasting)];
      return once === lasting ? once : `${once} / ${lasting}`;
    });
    return `| ${name} | ${cells.join(' | ')} |`;
  });
  return [`| Fault | ${kinds.join(' | ')} |`, `| --- |${' --- |'.repeat(kinds.length)}`, ...lines];
}

function members(group: Row[]): string[] {
  const operations = Map.groupBy(group, ({ target }) => target.name);
  const listed = [...operations].map(
    ([request, rows]) =>
      `- \`${request}\` of ${rows.map(({ operation }) => `\`${operation.name}\``).join(', ')}`,
  );
  return [...listed, ''];
}

function heading([row]: Row[]): string {
  if (!row) return '';
  const { good, target, operation, first } = row;
  if (target.name.startsWith('POST JivoChat')) return 'a message to JivoChat';
  if (good.written === 'nothing') return operation.kind === 'search' ? 'searches' : 'reads';
  if (/^GET |\/search$/.test(target.name)) return 'a read before the writes';
  const write = target.idempotent ? 'writes that may be sent again' : 'writes that are sent once';
  return first ? write : `${write}, after others`;
}

/** The lines of a group: its first row's cells, those with the same end put together; numbers of all its rows. */
function linesOf(group: Row[]): Line[] {
  const lines = new Map<string, Line>();
  const [row] = group;
  for (const [index, { fault, once, lasting }] of (row?.cells ?? []).entries()) {
    if (!row) break;
    const same = JSON.stringify(mark(once, row.good)) === JSON.stringify(mark(lasting, row.good));
    const ways = same ? (['once'] as const) : (['once', 'lasting'] as const);
    for (const way of ways) {
      const outcome = way === 'once' ? once : lasting;
      const how = same ? 'once, or lasting' : way;
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
    again ? rerun(again, good) : '-',
    replays(outcome, good),
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
  if (name === 'well') return 'well';
  if (name === 'ThrottledError') return `ThrottledError${delay === undefined ? '' : ` (${delay})`}`;
  return name.endsWith('Error') ? name : `AppError ${name}`;
}

/** What was written, as a part of what a good run writes. */
function share(written: string, good: Outcome): string {
  if (good.written === 'nothing') return '-';
  if (written === good.written) return 'all';
  return written.replace(/2 x .*/, 'twice');
}

/** What makes two cells alike, whatever the operation. */
function alike({ good }: Row, { once, lasting }: Row['cells'][number]): unknown {
  return [mark(once, good), mark(lasting, good)].map((one) => one.map((part) => general(part)));
}

function mark(outcome: Outcome, good: Outcome): unknown[] {
  const { ending, delay, sent, written, text, again } = outcome;
  const after = again && [again.ending, share(again.written, good), again.text];
  return [ending, delay, sent, share(written, good), text, after, replays(outcome, good)];
}

function rerun(one: Rerun, good: Outcome): string {
  return [share(one.written, good), one.ending === 'well' ? '' : `(${ending(one)})`].join(' ').trim();
}

/** What stands after Autoreplay: once, where it is the same in all circumstances. */
function replays({ replayed }: Outcome, good: Outcome): string {
  const words: Record<string, string> = { gone: 'fault gone', blind: 'no looks', late: '20 s late' };
  const stands = Object.entries(replayed).map(([name, one]) => [words[name], rerun(one, good)] as const);
  const [first] = stands;
  if (!first) return '-';
  if (stands.every(([, one]) => one === first[1])) return first[1];
  return stands.map(([name, one]) => `${name}: ${one}`).join('; ');
}

function general(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(general);
  if (typeof part !== 'string') return part;
  const wording = does.reduce((text, words) => text.replaceAll(words, '…'), part);
  return wording.replace(/permission [\w./]+( \(to .*?\))?/g, 'permission …').replace(/id:\w+/g, 'id:…');
}

function ruleOf({ rule, strikes }: Fault): string {
  if (strikes) return `none: when the request comes, ${strikes.words}`;
  return `\`${JSON.stringify(typeof rule === 'function' ? rule('(the ID of another contact)') : rule)}\``;
}

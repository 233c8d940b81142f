import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** The lines of a function body, handed `highlevel`, that the type checker refuses; counted from 0. */
function refusedLines(lines: string[]): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'types-'));
  try {
    const before = [
      `import type { HighLevel } from '${join(root, 'lib/highlevel/client.ts')}';`,
      'export async function calls(highlevel: HighLevel): Promise<void> {',
      "  const path = { contactId: 'c1' };",
    ];
    writeFileSync(join(folder, 'calls.mts'), [...before, ...lines, '}'].join('\n'));
    const options = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { types: [] },
      include: ['calls.mts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
      cwd: root,
      encoding: 'utf8',
    });
    const refused = [...stdout.matchAll(/calls\.mts\((\d+),/g)].map(
      ([, line]) => Number(line) - 1 - before.length,
    );
    return [...new Set(refused)].toSorted((a, b) => a - b);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a request with a misspelled path parameter, query parameter or body key does not compile', () => {
  const wrong = [
    "await highlevel.request('POST /contacts/{contactId}/tasks', { path, body: { titel: 'Call' } });",
    "await highlevel.request('POST /contacts/{contactId}/tasks', { path: { contactID: 'c1' }, body: {} });",
    "await highlevel.request('POST /contacts/{contactId}/tasks', { body: { title: 'Call' } });",
    "await highlevel.request('PUT /contacts/{contactId}', { path, body: { gender: 'female' } });",
    "await highlevel.request('DELETE /contacts/{contactId}', { path, body: { force: true } });",
    "await highlevel.request('GET /users/', { query: { locationID: 'l1' } });",
    "await highlevel.request('GET /user/', { query: { locationId: 'l1' } });",
    // Objects that are spread into a body or passed as one are checked too.
    "const task = { title: 'Call', due: '2026-01-30' };",
    "await highlevel.request('POST /contacts/{contactId}/tasks', { path, body: task });",
    "await highlevel.request('POST /contacts/{contactId}/tasks', { path, body: { ...task } });",
    'const anything: Record<string, unknown> = {};',
    "await highlevel.request('POST /contacts/{contactId}/tasks', { path, body: anything });",
  ];
  expect(refusedLines(wrong)).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 9, 11]);
});

test('a request as HighLevel documents it compiles', () => {
  const right = [
    "await highlevel.request('POST /contacts/{contactId}/tasks', { path, body: { title: 'Call' } });",
    "await highlevel.request('GET /users/', { query: { locationId: highlevel.locationId } });",
    "await highlevel.request('DELETE /contacts/{contactId}', { path });",
  ];
  expect(refusedLines(right)).toEqual([]);
});

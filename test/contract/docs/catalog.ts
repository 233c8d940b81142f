import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import app from '../../../index.ts';
import { endpoints } from '../../../lib/highlevel/endpoints.ts';
import { isObject } from '../../../lib/base/json.ts';
import { accessLevels, scopes } from '../../../lib/highlevel/scopes.ts';
import { costs, USUAL_COST } from './costs.ts';

/** An operation as the catalog shows it. */
interface Entry {
  kind: 'triggers' | 'creates' | 'searches';
  key: string;
  label: string;
  description: string;
  fields: { key: string; label: string; required: boolean; help: string; dynamic: boolean }[];
  calls: string[];
}

const KINDS = { triggers: 'Triggers', creates: 'Actions', searches: 'Searches' } as const;
/** Modules that operations share their requests with; the others are shared by all and would show in every row. */
const SHARED =
  /^lib\/(polling|capture|webhooks)\/|^lib\/resources\/(tasks|task_pages|notes|appointments|users|businesses|business_contacts)\.ts$/;

/** Every operation of the app, in the order of its folder's index, with the requests its source files send. */
export function entries(root: string): Entry[] {
  return kinds().flatMap((kind) => {
    // The index itself, as a module, gives its names in alphabetical order.
    const index = readFileSync(join(root, kind, 'index.ts'), 'utf8');
    const place = ({ key }: { key: string }) => index.indexOf(`'./${key}.ts'`);
    const operations = Object.values(app[kind] ?? {}).toSorted((a, b) => place(a) - place(b));
    return operations.map((operation) => {
      const inputFields = Array.isArray(operation.operation.inputFields)
        ? operation.operation.inputFields
        : [];
      return {
        kind,
        key: operation.key,
        label: operation.display.label,
        description: operation.display.description ?? '',
        fields: inputFields.flatMap((field: unknown) =>
          isObject(field) && field.type !== 'copy'
            ? [
                {
                  key: String(field.key),
                  label: String(field.label),
                  required: field.required === true,
                  help: typeof field.helpText === 'string' ? field.helpText : '',
                  dynamic: isObject(field.choices) && 'perform' in field.choices,
                },
              ]
            : [],
        ),
        calls: callsIn(root, `${kind}/${operation.key}.ts`),
      };
    });
  });
}

/** The README's table. */
export function table(root: string): string {
  const all = entries(root);
  return kinds()
    .map((kind) => {
      const rows = all
        .filter((entry) => entry.kind === kind)
        .map(
          ({ key, label, description, calls }) =>
            `| ${label} | \`${key}\` | ${description} | ${calls.map((call) => `\`${call}\``).join(', ') || '-'} |`,
        );
      if (kind === 'searches') rows.push(...joined());
      return [
        `### ${KINDS[kind]}`,
        '',
        '| Label | Key | What it does | HighLevel |',
        '| --- | --- | --- | --- |',
        ...rows,
      ].join('\n');
    })
    .join('\n\n');
}

/** Searches joined with an action, which has no requests of its own. */
function joined(): string[] {
  return Object.values(app.searchOrCreates ?? {}).map(
    ({ display, search, create }) =>
      `| ${display.label} | \`${search}\`, \`${create}\` | ${display.description} | those of both |`,
  );
}

/** docs/catalog.md: every operation with its fields, requests, cost and what it can miss. */
export function catalog(root: string): string {
  const part = ({ key, label, description, fields, calls }: Entry) => {
    const { cost = USUAL_COST, misses } = costs[key] ?? {};
    const asked = fields.map(
      (field) =>
        `| ${field.label}${field.required ? ' *' : ''} | \`${field.key}\` | ${[field.dynamic ? 'Chosen from a list.' : '', field.help].filter(Boolean).join(' ')} |`,
    );
    return [
      `### ${label} (\`${key}\`)`,
      '',
      description,
      '',
      ...(asked.length > 0 ? ['| Field | Key | |', '| --- | --- | --- |', ...asked, ''] : []),
      ...(calls.length > 0 ? [`Requests: ${calls.map((call) => `\`${call}\``).join(', ')}.`, ''] : []),
      `Cost: ${cost}`,
      '',
      ...(misses ? [`Can miss: ${misses}`, ''] : []),
    ].join('\n');
  };
  const all = entries(root);
  const chapters = kinds().map((kind) => {
    const parts = all.filter((entry) => entry.kind === kind).map(part);
    return `## ${KINDS[kind]}\n\n${parts.join('\n')}`;
  });
  return `# Catalog

Every operation of the app, made from its definition. Fields with * are required. What rarely changes (the sub-account, its custom fields,
tags and users) is read once in 10 minutes, where a step needs it, and not counted here.

${chapters.join('\n')}`;
}

/** docs/scopes.md: every permission with its reason and the requests that need it. */
export function scopeTable(): string {
  const rows = Object.entries(scopes).map(([scope, reason]) => {
    const levels = Object.entries(accessLevels).filter(([, level]) =>
      level.scopes.some((name) => name === scope),
    );
    const uses = Object.entries(endpoints).filter(([, endpoint]) => endpoint.scope === scope);
    return `| \`${scope}\` | To ${reason}. | ${levels.map(([name]) => `\`${name}\``).join(', ')} | ${uses.length} |`;
  });
  return [
    '# Permissions',
    '',
    'What the app asks HighLevel for, and why. The access level, chosen before signing in, decides which of them are asked for:',
    `${Object.entries(accessLevels)
      .map(([name, { label }]) => `\`${name}\` (${label})`)
      .join(', ')}.`,
    '',
    '| Permission | Reason | Access levels | Endpoints |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** The README with its table made anew. */
export function readme(root: string): string {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  return text.replace(
    /(<!-- catalog:[^>]*-->\n)[\s\S]*(<!-- \/catalog -->)/,
    (_, start: string, end: string) => `${start}\n${table(root)}\n\n${end}`,
  );
}

function callsIn(root: string, file: string): string[] {
  const names = Object.keys(endpoints);
  const seen = new Set<string>();
  const found = new Set<string>();
  const visit = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    const source = readFileSync(join(root, path), 'utf8');
    for (const name of names)
      if (source.includes(`'${name}'`) || source.includes(`"${name}"`)) found.add(name);
    for (const [, imported = ''] of source.matchAll(/from '(\.[^']+)'/g)) {
      const target = relative(root, join(root, dirname(path), imported));
      if (SHARED.test(target)) visit(target);
    }
  };
  visit(file);
  return names.filter((name) => found.has(name));
}

function kinds(): ('triggers' | 'creates' | 'searches')[] {
  return ['triggers', 'creates', 'searches'];
}

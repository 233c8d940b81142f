import { ownOutputFields } from '../../support/output_fields.ts';
import card from '../../../creates/set_jivochat_card.ts';
import app from '../../../index.ts';
import { isObject } from '../../../lib/base/json.ts';
import { endpoints } from '../../../lib/highlevel/endpoints.ts';
import { Appointment } from '../../../lib/highlevel/records/appointment.ts';
import { Contact } from '../../../lib/highlevel/records/contact.ts';
import { Note } from '../../../lib/highlevel/records/note.ts';
import { Task } from '../../../lib/highlevel/records/task.ts';
import { accessLevels, optionalParts, requestedScopes, scopes } from '../../../lib/highlevel/scopes.ts';
import { LeadRecord } from '../../../lib/jivochat/lead_record.ts';
import { SECONDS } from '../../../lib/resources/location.ts';
import type { Fields } from '../../../lib/schema/fields.ts';
import { outputFields } from '../../../lib/schema/zapier_fields.ts';
import { costs, USUAL_COST } from './costs.ts';
import { read } from './write.ts';

interface OutputField {
  key: string;
  label: string;
  type: string;
}

/** A field of Zapier's definition, with only the properties that the catalog shows. */
interface OutputFieldLike {
  key?: unknown;
  label?: unknown;
  type?: unknown;
  list?: unknown;
}

/** An operation as the catalog shows it. */
interface Entry {
  kind: 'triggers' | 'creates' | 'searches';
  key: string;
  label: string;
  description: string;
  fields: { key: string; label: string; required: boolean; help: string; dynamic: boolean }[];
  output: OutputField[];
}

const KINDS = { triggers: 'Triggers', creates: 'Actions', searches: 'Searches' } as const;
const kinds = ['triggers', 'creates', 'searches'] as const;

/** The records that several operations return, each with a table of its own. */
const records: [name: string, fields: Fields][] = [
  ['Contact', Contact],
  ['Task', Task],
  ['Note', Note],
  ['Appointment', Appointment],
  ['Lead', LeadRecord],
];

/** Every operation of the app, in the order of its folder's index. */
export async function entries(): Promise<Entry[]> {
  const all = kinds.map(async (kind) => {
    // The index, imported as a module, lists its names in alphabetical order.
    const index = read(`${kind}/index.ts`);
    const place = ({ key }: { key: string }) => index.indexOf(`'./${key}.ts'`);
    const operations = Object.values(app[kind] ?? {}).toSorted((a, b) => place(a) - place(b));
    return Promise.all(operations.map((operation) => entryOf(kind, operation)));
  });
  return (await Promise.all(all)).flat();
}

interface OperationLike {
  key: string;
  display: { label: string; description?: string };
  operation: { inputFields?: unknown; outputFields?: readonly unknown[] };
}

async function entryOf(kind: Entry['kind'], { key, display, operation }: OperationLike): Promise<Entry> {
  return {
    kind,
    key,
    label: display.label,
    description: display.description ?? '',
    fields: plainFields(operation.inputFields)
      .filter(({ type }) => type !== 'copy')
      .map((field) => ({
        key: String(field.key),
        label: String(field.label),
        required: field.required === true,
        help: typeof field.helpText === 'string' ? field.helpText : '',
        dynamic: isObject(field.choices) && 'perform' in field.choices,
      })),
    output: (await ownOutputFields(operation)).map(shownOutput),
  };
}

/** The README's list: the labels of the operations by kind. */
async function labels(): Promise<string> {
  const all = await entries();
  return kinds
    .map((kind) => {
      const names = all.filter((entry) => entry.kind === kind).map(({ label }) => label);
      if (kind === 'searches')
        names.push(...Object.values(app.searchOrCreates ?? {}).map(({ display }) => display.label ?? ''));
      return `**${KINDS[kind]}.** ${names.join(' · ')}`;
    })
    .join('\n\n');
}

/** README.md with its list of operations replaced. */
export async function readme(): Promise<string> {
  const [, before, after] =
    /^([\s\S]*<!-- operations:[^>]*-->\n)[\s\S]*(<!-- \/operations -->[\s\S]*)$/.exec(read('README.md')) ??
    [];
  if (before === undefined || after === undefined)
    throw new Error('README.md has no place for the operations');
  return `${before}\n${await labels()}\n\n${after}`;
}

/**
 * docs/catalog.md: every operation with its fields, its output, the requests it was seen to send, its costs and its limits.
 * `requests` returns the documented names of an operation's requests under its key.
 */
export async function catalog(requests: ReadonlyMap<string, string[]>): Promise<string> {
  const part = ({ key, label, description, fields, output }: Entry) => {
    const { cost = USUAL_COST, misses } = costs[key] ?? {};
    const inputs = fields.map(
      (field) =>
        `| ${field.label}${field.required ? ' *' : ''} | \`${field.key}\` | ${[field.dynamic ? 'Dropdown.' : '', field.help].filter(Boolean).join(' ')} |`,
    );
    const sent = requests.get(key) ?? [];
    return [
      `### ${label} (\`${key}\`)`,
      '',
      description,
      '',
      ...(inputs.length > 0 ? ['| Field | Key | Help |', '| --- | --- | --- |', ...inputs, ''] : []),
      `Output: ${outputOf(output)}.`,
      '',
      ...(sent.length > 0 ? [`Requests: ${sent.map((name) => `\`${name}\``).join(', ')}.`, ''] : []),
      `Cost: ${cost}`,
      '',
      ...(misses ? [`Can miss: ${misses}`, ''] : []),
    ].join('\n');
  };
  const all = await entries();
  const chapters = kinds.map((kind) => {
    const parts = all.filter((entry) => entry.kind === kind).map(part);
    return `## ${KINDS[kind]}\n\n${parts.join('\n')}`;
  });
  return `# Catalog

Every operation of the app. \`npm run catalog\` generates this page from the app's definition and from the requests that each operation sends
when it runs against the sandbox. Fields marked with * are required.

The sub-account, its custom fields, tags and users change rarely. A step that needs them reads them from HighLevel and keeps them for ${SECONDS / 60} minutes;
the costs below do not count these requests.

${chapters.join('\n')}
## With the relay

An edition with a [relay](relay.md) has one more action. Its triggers New JivoChat Event and New HighLevel Event are the same; Zaps subscribe at the relay.

${part(await entryOf('creates', card))}
## Records

What the operations above return. A field that HighLevel leaves out is null. Custom fields follow under their own names.

${records.map(([name, fields]) => recordTable(name, fields)).join('\n')}`;
}

function recordTable(name: string, fields: Fields): string {
  const rows = outputFields(fields)
    .map(shownOutput)
    .map(({ key, label, type }) => `| ${label} | \`${key}\` | ${type} |`);
  return [`### ${name}`, '', '| Label | Key | Type |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

/** What an operation returns: links to the records in it, and the labels of its other fields. */
function outputOf(output: OutputField[]): string {
  const rest = new Map(output.map((field) => [field.key, field]));
  const parts: string[] = [];
  const prefixes = new Set(['', ...output.flatMap(({ key }) => /^\w+?__/.exec(key) ?? [])]);
  for (const prefix of prefixes)
    for (const [name, fields] of records) {
      const keys = outputFields(fields).map(({ key }) => prefix + key);
      if (!keys.every((key) => rest.has(key))) continue;
      for (const key of keys) rest.delete(key);
      const link = `[${name}](#${name.toLowerCase()})`;
      parts.push(prefix === '' ? link : `\`${prefix.replace('__', '')}\` (${link})`);
    }
  return [...parts, ...[...rest.values()].map(({ key, label }) => `${label} (\`${key}\`)`)].join(', ');
}

function shownOutput({ key, label, type = 'string', list }: OutputFieldLike): OutputField {
  return { key: String(key), label: String(label), type: `${String(type)}${list ? ', list' : ''}` };
}

function plainFields(fields: unknown): Record<string, unknown>[] {
  return Array.isArray(fields) ? fields.filter((field) => isObject(field)) : [];
}

/** docs/scopes.md: every permission with its reason and the requests that need it. */
export function scopeTable(): string {
  const rows = Object.entries(scopes).map(([scope, reason]) => {
    const part = Object.entries(optionalParts).find(([, { scopes: own }]) =>
      own.some((name) => name === scope),
    );
    const levels = Object.keys(accessLevels).filter((access) =>
      requestedScopes({ access, ...(part && { [part[0]]: true }) }).some((name) => name === scope),
    );
    const uses = Object.entries(endpoints).filter(([, endpoint]) => endpoint.scope === scope);
    return `| \`${scope}\` | To ${reason}. | ${levels.map((name) => `\`${name}\``).join(', ')} | ${part ? part[1].label : ''} | ${uses.length} |`;
  });
  return [
    '# Permissions',
    '',
    'The permissions this app requests from HighLevel, and the reason for each. The person who connects an account first chooses an',
    'access level, which decides which permissions are requested:',
    `${Object.entries(accessLevels)
      .map(([name, { label }]) => `\`${name}\` (${label})`)
      .join(', ')}.`,
    'A permission with a choice is requested only if that choice is set to Yes too.',
    '',
    '| Permission | Reason | Access levels | Choice | Endpoints |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

import { Ajv, type ErrorObject, type SchemaObject, type ValidateFunction } from 'ajv';
import { isObject } from '../../../lib/base/json.ts';
import type { Exchange } from './exchanges.ts';
import { escaped, openApi, operationOf, referred, type OpenApi, type Operation } from './files.ts';

/** Something in which an exchange is not as documented. */
export interface Deviation {
  operation: string;
  part: 'path' | 'query' | 'header' | 'request' | 'answer';
  /** A JSON pointer into the part, `*` for any place of a list; for an answer its status first: `201/task/id`. */
  place: string;
  /** The JSON Schema keyword that failed, or another rule. */
  rule: string;
  /** The rule in words. */
  says: string;
}

/** HighLevel's OpenAPI files, corrected by the known differences, as a judge of exchanges. */
export interface Contract extends OpenApi {
  /** The difference from the documentation, in words. */
  violations(exchange: Exchange): string[];
}

const contracts = new Map<string, Contract>();

/** The contract in a folder of OpenAPI files, read once. Its schemas are compiled when they are first needed. */
export function contract(folder: string): Contract {
  const made = contracts.get(folder) ?? read(folder);
  contracts.set(folder, made);
  return made;
}

function read(folder: string): Contract {
  const files = openApi(folder);
  const ajv = new Ajv({ allErrors: true, strict: false, validateSchema: false });
  ajv.addFormat('date-time', (text: string) => !Number.isNaN(Date.parse(text)));
  const compiled = new Map<string, ValidateFunction>();
  const check: Check = (file, pointer, value) => {
    const place = `${file}#${pointer}`;
    const validate =
      compiled.get(place) ?? ajv.compile(closed(files.documents, file, { $ref: `#${pointer}` }));
    compiled.set(place, validate);
    return validate(value) ? [] : (validate.errors ?? []).map(fault);
  };
  return {
    ...files,
    violations: (exchange) =>
      deviations(files, check, exchange).map(
        ({ operation, part, place, rule, says }) => `${operation}, ${part} ${place}: ${says} (${rule})`,
      ),
  };
}

type Fault = Pick<Deviation, 'place' | 'rule' | 'says'>;
type Check = (file: string, pointer: string, value: unknown) => Fault[];

// HighLevel rejects invalid requests itself: a rejected request needs no second check.
const REFUSED = [400, 401, 403, 404, 422];

function deviations(files: OpenApi, check: Check, exchange: Exchange): Deviation[] {
  const { method, path, answer } = exchange;
  const operation = operationOf(files, method, path);
  if (!operation) {
    // An unknown path, or a known one in another case.
    return answer?.status === 404 || answer?.status === 401
      ? []
      : [{ operation: `${method} ${path}`, part: 'path', place: '', rule: 'paths', says: 'is no operation' }];
  }
  return [
    ...(answer && REFUSED.includes(answer.status) ? [] : ofRequest(operation, check, exchange)),
    ...(answer ? ofAnswer(operation, check, answer) : []),
  ].map((found) => ({ operation: operation.name, ...found }));
}

function ofRequest(
  { parameters, requestBody, at }: Operation,
  check: Check,
  { query, headers, body }: Exchange,
): Omit<Deviation, 'operation'>[] {
  const found: Omit<Deviation, 'operation'>[] = [];
  for (const [index, parameter] of parameters.entries()) {
    const { name, required, schema, in: part } = parameter;
    if (part === 'path') continue;
    const text = part === 'query' ? query.get(name) : headers.get(name);
    const place = `/${name}`;
    if (text === null) {
      if (required) found.push({ part, place, rule: 'required', says: 'must be there' });
      continue;
    }
    const value = schema.type === 'array' ? query.getAll(name) : typed(text, schema.type);
    const pointer = `${at.pointer}/parameters/${index}/schema`;
    const faults = check(at.file, pointer, value);
    found.push(...faults.map((one) => ({ part, ...one, place: place + one.place })));
  }
  for (const name of query.keys())
    if (!parameters.some((known) => known.in === 'query' && known.name === name))
      found.push({ part: 'query', place: `/${name}`, rule: 'additionalProperties', says: 'is not known' });

  const part = 'request';
  if (body === '') {
    if (requestBody?.required) found.push({ part, place: '', rule: 'required', says: 'must have a body' });
    return found;
  }
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  if (!requestBody || !(type in requestBody.content)) {
    found.push({ part, place: '', rule: 'content', says: `has a body of type "${type}"` });
    return found;
  }
  const value = type === 'application/json' ? json(body) : Object.fromEntries(new URLSearchParams(body));
  const pointer = `${at.pointer}/requestBody/content/${escaped(type)}/schema`;
  return [...found, ...check(at.file, pointer, value).map((one) => ({ part, ...one }) as const)];
}

function ofAnswer(
  { responses, at }: Operation,
  check: Check,
  { status, body }: NonNullable<Exchange['answer']>,
): Omit<Deviation, 'operation'>[] {
  const part = 'answer';
  const place = `${status}`;
  const documented = responses[status];
  if (!documented) return [{ part, place, rule: 'responses', says: 'is no documented status' }];
  if (documented.content['application/json']?.schema === undefined) return [];
  const value = json(body);
  if (value === undefined) return [{ part, place, rule: 'content', says: 'is no JSON' }];
  const pointer = `${at.pointer}/responses/${status}/content/application~1json/schema`;
  const faults = check(at.file, pointer, withoutTrace(value));
  return faults.map((one) => ({ ...one, part, place: `${status}${one.place}` }));
}

// Every recorded response has it, but the files document it for only a few.
function withoutTrace(answer: unknown): unknown {
  if (!isObject(answer)) return answer;
  const { traceId: _traceId, ...rest } = answer;
  return rest;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function typed(text: string, type: string | undefined): unknown {
  if (type === 'number') return text === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

function fault({ instancePath, keyword, message = '', params }: ErrorObject): Fault {
  const place = instancePath.replaceAll(/\/\d+(?=\/|$)/g, '/*');
  const named = keyword === 'additionalProperties' ? params.additionalProperty : params.missingProperty;
  return {
    place: typeof named === 'string' ? `${place}/${named}` : place,
    rule: keyword,
    says: keyword === 'additionalProperties' ? 'is not known' : message,
  };
}

/**
 * A schema with all that it refers to. What is not documented is not allowed: HighLevel refuses unknown properties (the
 * files leave that to the words of its 422), and an answer's are to be told of.
 */
function closed(
  documents: OpenApi['documents'],
  file: string,
  schema: Record<string, unknown>,
): SchemaObject {
  if (typeof schema.$ref === 'string') {
    const meant = referred(documents, file, schema.$ref);
    if (!isObject(meant.value)) throw new Error(`${file} has nothing at ${schema.$ref}`);
    return closed(documents, meant.file, meant.value);
  }
  const close = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(close) : isObject(value) ? closed(documents, file, value) : value;
  const whole: SchemaObject = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, close(value)]),
  );
  if (isObject(whole.properties)) whole.additionalProperties ??= false;
  if (whole.nullable === true && Array.isArray(whole.enum)) whole.enum = [...whole.enum, null];
  return whole;
}

import type { PlainOutputField } from 'zapier-platform-core';
import { isObject } from '../../lib/base/json.ts';

/** The output fields that every user of an operation sees: the fixed ones, and those made for the editor without a request. */
export async function ownOutputFields({
  outputFields = [],
}: {
  outputFields?: readonly unknown[];
}): Promise<PlainOutputField[]> {
  const made = outputFields.filter(isOwn).map((make) => make());
  return [...outputFields, ...(await Promise.all(made)).flat()].filter(isField);
}

/** A function without parameters cannot send a request. */
function isOwn(field: unknown): field is () => Promise<unknown[]> {
  return typeof field === 'function' && field.length === 0;
}

function isField(field: unknown): field is PlainOutputField {
  return isObject(field) && 'key' in field;
}

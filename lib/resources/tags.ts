import type * as z from 'zod';
import { quotedTag } from '../schema/fields.ts';
import { fieldsOf, metaOf } from '../schema/zapier_fields.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { ifReadable, tagNames } from './location.ts';

/**
 * A step's input, with quotes around each tag that holds a comma and is one of the sub-account's: chosen from the list, it
 * looks like a text of several tags. One lookup (cached), only for a text with a comma. What is not known to be a tag stays a
 * text of several.
 */
export async function withQuotedTags(
  highlevel: HighLevel,
  schema: z.ZodObject,
  input: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const quotedInput = { ...input };
  for (const [key, field] of fieldsOf(schema)) {
    const { editor } = metaOf(field);
    const value = input[key];
    const items: unknown[] = Array.isArray(value) ? value : [value];
    if (editor?.dropdown !== 'tags' || !editor.list || !items.some(hasComma)) continue;
    const known = new Set((await ifReadable(tagNames(highlevel), [])).map(normalized));
    quotedInput[key] = items.map((item) =>
      typeof item === 'string' && hasComma(item) && known.has(normalized(item)) ? quotedTag(item) : item,
    );
  }
  return quotedInput;
}

// A list as JSON text says by itself where a tag ends.
function hasComma(item: unknown): boolean {
  return typeof item === 'string' && !item.trimStart().startsWith('[') && /\S\s*,\s*[^\s,]/.test(item);
}

function normalized(tag: string): string {
  return tag.trim().toLowerCase();
}

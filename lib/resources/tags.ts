import { quotedTag, type Fields } from '../schema/fields.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { ifReadable, tagNames } from './location.ts';

/**
 * Quotes each tag of a step's input that contains a comma and exists in the sub-account: chosen from the dropdown, it looks
 * like several tags. Any other text with commas remains a list of tags. One lookup (cached), only if there is a comma.
 */
export async function withQuotedTags(
  highlevel: HighLevel,
  fields: Fields,
  input: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const quotedInput = { ...input };
  for (const [key, { about }] of Object.entries(fields)) {
    const { editor } = about;
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

// A JSON list already separates its tags.
function hasComma(item: unknown): boolean {
  return typeof item === 'string' && !item.trimStart().startsWith('[') && /\S\s*,\s*[^\s,]/.test(item);
}

function normalized(tag: string): string {
  return tag.trim().toLowerCase();
}

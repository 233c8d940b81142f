import { cleanLine } from './text.ts';

/**
 * One line of clean text without invisible characters (zero-width and direction marks, soft hyphens). Joiners are kept
 * between letters and between emoji.
 */
export function visibleLine(text: string): string {
  return cleanLine(
    cleanLine(text)
      .replace(/[\u00AD\u061C\u180E\u200B\u200E\u200F\u2060-\u2064\u206A-\u206F]/g, '')
      .replace(/(?<![\p{L}\p{M}\p{S}\uFE0F])[\u200C\u200D]|[\u200C\u200D](?![\p{L}\p{M}\p{S}])/gu, ''),
  );
}

import * as z from 'zod';
import { isObject } from '../base/json.ts';

/**
 * A list in an answer, without the rows that cannot be read: one odd row (null, no id, a wrong type) must not stop a step
 * for ever. A list of records none of which can be read is an answer that cannot be read; on a page of a longer list
 * (`isPage`) a single one may be the odd row.
 */
export const rows = <T extends z.ZodType>(row: T, { isPage = false } = {}) =>
  z.array(z.unknown()).transform((all, context): z.output<T>[] => {
    const read = all.flatMap((one) => {
      const { success, data } = row.safeParse(one);
      return success ? [data] : [];
    });
    if (read.length > 0 || all.filter(isObject).length < (isPage ? 2 : 1)) return read;
    context.addIssue({ code: 'custom' });
    return z.NEVER;
  });

/**
 * A page of such a list under `key`, which learns in `received` how many rows HighLevel sent, odd ones included: what tells
 * a full page from a short one.
 */
export const counted = <T extends z.ZodType>(key: string, page: T) =>
  z.preprocess((answer) => {
    const list = isObject(answer) ? answer[key] : undefined;
    return isObject(answer) && Array.isArray(list) ? { ...answer, received: list.length } : answer;
  }, page);

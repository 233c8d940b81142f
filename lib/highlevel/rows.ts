import * as z from 'zod';
import { isObject } from '../base/json.ts';

const anyList = z.array(z.unknown());

/**
 * A list in a response, without invalid rows: one such row (null, no id, a wrong type) must not block a step forever. If
 * every row is invalid, so is the response; but on a page of a longer list (`isPage`) a single row may be invalid.
 */
export const rows = <T extends z.ZodType>(row: T, { isPage = false } = {}) =>
  anyList.transform((all, context): z.output<T>[] => {
    const read = all.flatMap((one) => {
      const { success, data } = row.safeParse(one);
      return success ? [data] : [];
    });
    if (read.length > 0 || all.filter(isObject).length < (isPage ? 2 : 1)) return read;
    context.addIssue({ code: 'custom' });
    return z.NEVER;
  });

/**
 * A page of such a list under `key`. `received` is the number of rows that HighLevel sent, including invalid ones, to
 * distinguish a full page from a short one.
 */
export const counted = <T extends z.ZodType>(key: string, page: T) =>
  z.preprocess((answer) => {
    const list = isObject(answer) ? answer[key] : undefined;
    return isObject(answer) && Array.isArray(list) ? { ...answer, received: list.length } : answer;
  }, page);

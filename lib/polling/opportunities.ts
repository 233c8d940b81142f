import { epochOf } from '../base/dates.ts';
import { keepOnly } from '../base/keep_only.ts';
import type { HighLevel } from '../highlevel/client.ts';
import {
  opportunityFrom,
  type Opportunity,
  type OpportunityResponse,
} from '../highlevel/records/opportunity.ts';
import {
  opportunitiesFrom,
  searchOpportunities,
  type OpportunityFilters,
  type OpportunitySort,
} from '../resources/opportunities.ts';
import { pollNewest, readAll, type PageRequest } from './search.ts';
import { filterAsync, openWindow, type PollMode } from './window.ts';

const SAMPLE = 3;
/** A stage or status that is dated this soon after the opportunity was made, in ms, is its first one: nobody changed it. */
const FIRST_MS = 2_000;

/** The dates that a trigger can watch, by HighLevel's names in the search. */
const SORTS = {
  createdAt: 'date_added',
  updatedAt: 'date_updated',
  lastStageChangeAt: 'last_stage_change_date',
  lastStatusChangeAt: 'last_status_change_date',
} as const satisfies Record<string, OpportunitySort>;

/** A poll of an opportunity trigger: the trigger's `key`, the date to watch, and its filters. */
export interface OpportunityPoll {
  key: string;
  by: keyof typeof SORTS;
  filters: OpportunityFilters;
}

/**
 * The opportunities a trigger should see, newest first (see `pollNewest`). A trigger on a change gets none whose stage or
 * status is the first one.
 */
export async function pollOpportunities(
  highlevel: HighLevel,
  { key, by, filters }: OpportunityPoll,
  mode: PollMode,
): Promise<Opportunity[]> {
  const page = (request: PageRequest) =>
    searchOpportunities(highlevel, filters, { ...request, sort: SORTS[by] });
  if (mode === 'sample') return opportunitiesFrom(highlevel, (await page({ limit: SAMPLE })).rows);
  if (mode === 'fill') {
    const primary = ['id', by] as const;
    const { records } = await readAll(highlevel, page, (row: OpportunityResponse) =>
      keepOnly(opportunityFrom(row, highlevel.opportunityUrl, new Map()), primary),
    );
    await (await openWindow(highlevel, key, filters)).close();
    return records;
  }
  return pollNewest(highlevel, {
    key,
    filters,
    page,
    momentOf: (row) => row[by],
    cursorOf: ({ cursor }) => cursor,
    due: async (rows, from, window) => {
      const changed = rows.filter((row) => !isFirst(row, by));
      // An old one that starts to match the filters is no news.
      if (!Object.values(filters).some(Boolean)) return changed;
      return filterAsync(changed, async (row) =>
        by === 'createdAt' ? !(await window.isOlderThanMax(row.createdAt)) : window.includes(row[by], from),
      );
    },
    records: (rows) => opportunitiesFrom(highlevel, rows),
  });
}

/** Whether the date that a trigger on a change watches is that of the first stage or status. */
function isFirst(row: OpportunityResponse, by: OpportunityPoll['by']): boolean {
  if (by !== 'lastStageChangeAt' && by !== 'lastStatusChangeAt') return false;
  return row[by] === null || epochOf(row[by]) - epochOf(row.createdAt) <= FIRST_MS;
}

import * as z from 'zod';
import { mayGoOn, pagesBySkip } from '../base/pages.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { CustomName } from '../highlevel/records/contact.ts';
import { Named } from '../highlevel/records/location.ts';
import {
  opportunityFrom,
  Pipeline,
  type Opportunity,
  type OpportunityResponse,
} from '../highlevel/records/opportunity.ts';
import { customNames } from './custom_fields.ts';
import { cached, ifAllowed } from './location.ts';

/** The most rows on a page of the search. HighLevel refuses more. */
export const PAGE_SIZE = 500;
/** The lost reasons on a page, and the most that are listed. */
const REASONS_PAGE = 100;
const MAX_REASONS = 1_000;

/** What an opportunity is filtered by. */
export interface OpportunityFilters {
  contactId?: string | undefined;
  pipelineId?: string | undefined;
  pipelineStageId?: string | undefined;
  status?: string | undefined;
  assignedTo?: string | undefined;
}

/** By which date the search sorts. */
export type OpportunitySort =
  'date_added' | 'date_updated' | 'last_stage_change_date' | 'last_status_change_date';

/**
 * One page of the search, newest by `sort` first, as HighLevel sends it. `cursor` is that of the last row of the page
 * before. The search is seconds behind. One request.
 */
export async function searchOpportunities(
  highlevel: HighLevel,
  filters: OpportunityFilters,
  {
    limit,
    sort = 'date_added',
    query,
    cursor,
  }: { limit: number; sort?: OpportunitySort; query?: string | undefined; cursor?: unknown[] | undefined },
): Promise<{ rows: OpportunityResponse[]; received: number; total: number | null | undefined }> {
  const { opportunities, ...page } = await highlevel.request('POST /opportunities/search', {
    body: {
      locationId: highlevel.locationId,
      limit,
      ...(query && { query }),
      ...searchFilters(filters),
      sort: [{ field: sort, direction: 'desc' }],
      ...(cursor && { searchAfter: cursor }),
    },
  });
  return { rows: opportunities.filter((row) => fits(row, filters)), ...page, total: page.total };
}

/**
 * All pages of the search, newest by `sort` first, each opportunity once, while `goOn` is true for a page, at most
 * `maxPages`. One request for each page.
 */
export async function* opportunityPages(
  highlevel: HighLevel,
  filters: OpportunityFilters,
  {
    limit = PAGE_SIZE,
    maxPages,
    ...more
  }: { limit?: number; maxPages: number; sort?: OpportunitySort; query?: string | undefined },
): AsyncGenerator<{ rows: OpportunityResponse[]; isLast: boolean }> {
  const seen = new Set<string>();
  let cursor: unknown[] | undefined;
  let read = 0;
  for (let number = 1; number <= maxPages; number++) {
    const page = await searchOpportunities(highlevel, filters, { ...more, limit, cursor });
    read += page.received;
    const fresh = page.rows.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    const next = page.rows.findLast((row) => row.cursor)?.cursor ?? undefined;
    const isStuck = !next || JSON.stringify(next) === JSON.stringify(cursor);
    const isLast = isStuck || !mayGoOn({ received: page.received, total: page.total ?? null }, limit, read);
    yield { rows: fresh, isLast };
    if (isLast) return;
    cursor = next;
  }
}

const FIELDS = {
  contactId: 'contact_id',
  pipelineId: 'pipeline_id',
  pipelineStageId: 'pipeline_stage_id',
  status: 'status',
  assignedTo: 'assigned_to',
} as const;

/**
 * The `filters` of the search: `eq` with one text for each. HighLevel answers 201 without rows to a value in another form.
 * Source: mirrors of HighLevel's search documentation, public clients.
 */
function searchFilters(filters: OpportunityFilters): { filters?: Record<string, unknown>[] } {
  const found = filterKeys.flatMap((key) =>
    filters[key] ? [{ field: FIELDS[key], operator: 'eq', value: filters[key] }] : [],
  );
  return found.length > 0 ? { filters: found } : {};
}

const filterKeys = ['contactId', 'pipelineId', 'pipelineStageId', 'status', 'assignedTo'] as const;

// In case HighLevel ignores a filter. A row without the value fits: the endpoint may leave it out.
function fits(row: OpportunityResponse, filters: OpportunityFilters): boolean {
  return filterKeys.every((key) => !filters[key] || row[key] === null || row[key] === filters[key]);
}

/** Opportunities for a Zap, with their custom fields by name. One lookup (cached), and only when any has custom fields. */
export async function opportunitiesFrom(
  highlevel: HighLevel,
  rows: readonly OpportunityResponse[],
): Promise<Opportunity[]> {
  const names = rows.some(({ customFields }) => customFields.length > 0)
    ? await ifAllowed<ReadonlyMap<string, CustomName>>(customNames(highlevel, 'opportunity'), new Map())
    : new Map<string, CustomName>();
  return rows.map((row) => opportunityFrom(row, highlevel.opportunityUrl, names));
}

/** The sub-account's pipelines with their stages. Cached. `withinMs` is the time limit. */
export const pipelines = (highlevel: HighLevel, more?: { withinMs: number }): Promise<Pipeline[]> =>
  cached(highlevel, 'pipelines', z.array(Pipeline), async () => {
    const query = { locationId: highlevel.locationId };
    return (await highlevel.request('GET /opportunities/pipelines', { query }, more)).pipelines;
  });

/** The pipelines and all their stages, by which names stand beside their ids. */
export async function pipelineNames(
  highlevel: HighLevel,
  more: { withinMs: number },
): Promise<{ id: string; name: string | null }[]> {
  return (await pipelines(highlevel, more)).flatMap(({ stages, ...pipeline }) => [pipeline, ...stages]);
}

/** The reasons for lost opportunities, at most 1,000. Cached. `withinMs` is the time limit of each request. */
export const lostReasons = (highlevel: HighLevel, more?: { withinMs: number }): Promise<Named[]> =>
  cached(highlevel, 'lostReasons', z.array(Named), () =>
    pagesBySkip(
      async (skip, limit) => {
        const query = { locationId: highlevel.locationId, skip, limit };
        const answer = await highlevel.request('GET /opportunities/lost-reason', { query }, more);
        const { lostReasons: rows, received, total } = answer;
        return { rows, received, total: total ?? null };
      },
      REASONS_PAGE,
      MAX_REASONS,
    ),
  );

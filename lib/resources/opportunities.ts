import * as z from 'zod';
import { ApiError, InputError } from '../base/errors.ts';
import { pagesBySkip } from '../base/pages.ts';
import { isSameText } from '../base/text.ts';
import { contactIdField, optional, pipelineIdField, pipelineStageIdField, userId } from '../schema/fields.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { CustomName } from '../highlevel/records/contact.ts';
import { Named } from '../highlevel/records/location.ts';
import {
  opportunityFields,
  opportunityFrom,
  Pipeline,
  type Opportunity,
  type OpportunityResponse,
  type OpportunityStatus,
} from '../highlevel/records/opportunity.ts';
import { searchText } from './contacts.ts';
import { createOnce } from './create_once.ts';
import { customNames, type CustomFieldValue } from './custom_fields.ts';
import { cached, ifAllowed, SECONDS } from './location.ts';

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
 * One page of the search, newest by `sort` first, as HighLevel sends it: the first one, else by its number or by the
 * `cursor` of a row, which it then follows. The search is seconds behind. One request.
 */
export async function searchOpportunities(
  highlevel: HighLevel,
  filters: OpportunityFilters,
  {
    limit,
    sort = 'date_added',
    query,
    page: number,
    cursor,
  }: {
    limit: number;
    sort?: OpportunitySort;
    query?: string | undefined;
    page?: number;
    cursor?: unknown[] | undefined;
  },
): Promise<{ rows: OpportunityResponse[]; received: number; total: number | null | undefined }> {
  const { opportunities, ...page } = await highlevel.request('POST /opportunities/search', {
    body: {
      locationId: highlevel.locationId,
      limit,
      ...(query && { query }),
      ...searchFilters(filters),
      sort: [{ field: sort, direction: 'desc' }],
      ...(number !== undefined && { page: number }),
      ...(cursor && { searchAfter: cursor }),
    },
  });
  return { rows: opportunities.filter((row) => fits(row, filters)), ...page, total: page.total };
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
  const names = await namesFor(highlevel, rows);
  return rows.map((row) => opportunityFrom(row, highlevel.opportunityUrl, names));
}

/** The same for one, after a write or a read. */
export async function oneOpportunity(highlevel: HighLevel, row: OpportunityResponse): Promise<Opportunity> {
  return opportunityFrom(row, highlevel.opportunityUrl, await namesFor(highlevel, [row]));
}

async function namesFor(
  highlevel: HighLevel,
  rows: readonly OpportunityResponse[],
): Promise<ReadonlyMap<string, CustomName>> {
  if (rows.every(({ customFields }) => customFields.length === 0)) return new Map();
  return ifAllowed<ReadonlyMap<string, CustomName>>(customNames(highlevel, 'opportunity'), new Map());
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

/** What the actions write to an opportunity, besides its contact and pipeline. */
export const opportunityInput = {
  pipelineStageId: optional(pipelineStageIdField),
  status: optional(opportunityFields.status),
  monetaryValue: optional(opportunityFields.monetaryValue, 'Enter a number, such as `1500`.'),
  assignedTo: optional(opportunityFields.assignedTo),
  source: optional(opportunityFields.source, 'Enter where the opportunity came from.'),
};

/** The filter inputs of the opportunity searches. */
export const opportunityFilters = {
  contactId: optional(
    contactIdField,
    'Return only opportunities of this contact. Choose a contact, or map a Contact ID.',
  ),
  pipelineId: optional(
    pipelineIdField,
    "Return only opportunities in this pipeline. Choose a pipeline, or map a pipeline's ID.",
  ),
  pipelineStageId: optional(
    pipelineStageIdField,
    "Return only opportunities in this stage. Choose a stage of the pipeline, or map a stage's ID.",
  ),
  status: optional(
    opportunityFields.status,
    'Return only opportunities with this status. Leave blank for all, open ones first.',
  ),
};

/** What the opportunity triggers can watch; all optional. */
export const watchedOpportunities = {
  pipelineId: optional(
    pipelineIdField,
    "Trigger only for this pipeline. Choose a pipeline, or map a pipeline's ID.",
  ),
  pipelineStageId: optional(
    pipelineStageIdField,
    "Trigger only for this stage. Choose a stage of the pipeline, or map a stage's ID.",
  ),
  status: optional(opportunityFields.status, 'Trigger only for this status. Leave blank for every status.'),
  assignedTo: optional(
    userId('Owner'),
    "Trigger only for opportunities of this user. Choose a user, or map a user's ID or email.",
  ),
};

/** The fields of an opportunity, under HighLevel's names; only those that a step fills in. */
export interface OpportunityFields {
  pipelineId?: string | undefined;
  pipelineStageId?: string | undefined;
  name?: string | undefined;
  status?: OpportunityStatus | undefined;
  monetaryValue?: number | undefined;
  assignedTo?: string | undefined;
  source?: string | undefined;
  customFields?: CustomFieldValue[];
}

/** A new opportunity. */
export type NewOpportunity = OpportunityFields & {
  contactId: string;
  pipelineId: string;
  name: string;
  status: OpportunityStatus;
};

/** The opportunity with this ID. One request; the response has no custom fields. */
export async function opportunityById(
  highlevel: HighLevel,
  opportunityId: string,
): Promise<OpportunityResponse> {
  const path = { id: opportunityId };
  return (await highlevel.request('GET /opportunities/{id}', { path })).opportunity;
}

/**
 * Creates an opportunity, once (create_once.ts): after an unconfirmed try, it is one of the contact's in the pipeline with
 * the same name, or one of any age that `same` finds, if given. Throws ApiError `duplicate`, with its `existingId`, if the contact has one and the sub-account allows no
 * second.
 */
export async function createOpportunity(
  highlevel: HighLevel,
  given: NewOpportunity,
  same?: { identity: unknown; find: () => Promise<OpportunityResponse[]> },
): Promise<OpportunityResponse> {
  const { contactId, pipelineId, name } = given;
  const made = await createOnce(highlevel, {
    kind: 'opportunity',
    identity: same?.identity ?? given,
    send: async () => {
      const body = { locationId: highlevel.locationId, ...given };
      return (await highlevel.request('POST /opportunities/', { body })).opportunity;
    },
    findLike: async () => {
      if (same) return (await same.find()).map((record) => ({ id: record.id, dateAdded: null, record }));
      const { rows } = await searchOpportunities(highlevel, { contactId, pipelineId }, { limit: LIKE_ROWS });
      return rows
        .filter((row) => isSameText(row.name ?? '', name))
        .map((record) => ({ id: record.id, dateAdded: record.createdAt, record }));
    },
  });
  return withWritten(made, given);
}

/** The newest of a contact's opportunities in a pipeline, which is all of them in practice. */
export const LIKE_ROWS = 100;

/**
 * Updates an opportunity; only what was given. HighLevel takes a lost reason only with the status, in a request of its own.
 * One request, or 2 with a lost reason.
 */
export async function updateOpportunity(
  highlevel: HighLevel,
  opportunityId: string,
  { status, ...fields }: OpportunityFields,
  lostReasonId?: string,
): Promise<OpportunityResponse> {
  const withStatus = lostReasonId === undefined ? { ...fields, ...(status && { status }) } : fields;
  if (lostReasonId !== undefined && status)
    await setStatus(highlevel, opportunityId, { status, lostReasonId });
  const path = { id: opportunityId };
  const answer = Object.values(withStatus).some((value) => value !== undefined)
    ? (await highlevel.request('PUT /opportunities/{id}', { path, body: { ...withStatus } })).opportunity
    : await opportunityById(highlevel, opportunityId);
  return { ...withWritten(answer, fields), ...(lostReasonId && { lostReasonId }) };
}

/** Sets the status of an opportunity. One request. */
export async function setStatus(
  highlevel: HighLevel,
  opportunityId: string,
  body: { status: OpportunityStatus; lostReasonId?: string | undefined },
): Promise<void> {
  await highlevel.request('PUT /opportunities/{id}/status', { path: { id: opportunityId }, body });
}

/** A lost reason belongs to the status Lost. Throws InputError otherwise. */
export function checkLostReason(status: string | undefined, lostReasonId: string | undefined): void {
  if (lostReasonId !== undefined && status !== 'lost')
    throw new InputError(
      '"Lost Reason" is only for the status Lost. Choose Lost as "Status", or leave it blank.',
    );
}

/**
 * The stage of an update together with its pipeline, because HighLevel takes no stage of another pipeline. Without a pipeline it
 * is looked up (cached). Throws InputError for a pipeline without a stage, or a stage that no pipeline has.
 */
export async function stageWithPipeline(
  highlevel: HighLevel,
  { pipelineId, pipelineStageId }: { pipelineId?: string | undefined; pipelineStageId?: string | undefined },
): Promise<{ pipelineId?: string; pipelineStageId?: string }> {
  if (pipelineStageId === undefined) {
    if (pipelineId === undefined) return {};
    throw new InputError(
      'Please fill in "Stage". To leave the opportunity where it is, leave both "Pipeline" and "Stage" blank.',
    );
  }
  if (pipelineId !== undefined) return { pipelineId, pipelineStageId };
  const found = (await pipelines(highlevel)).find(({ stages }) =>
    stages.some((stage) => stage.id === pipelineStageId),
  );
  if (!found)
    throw new InputError(
      '"Stage" is in none of the pipelines of the sub-account. Choose a pipeline and one of its stages.',
    );
  return { pipelineId: found.id, pipelineStageId };
}

/** Responses to writes leave out custom fields and blank values, but not what was written. */
function withWritten(
  answer: OpportunityResponse,
  { source, assignedTo, customFields = [] }: OpportunityFields,
): OpportunityResponse {
  return {
    ...answer,
    source: answer.source ?? source ?? null,
    assignedTo: answer.assignedTo ?? assignedTo ?? null,
    customFields:
      answer.customFields.length > 0
        ? answer.customFields
        : customFields.map(({ id: fieldId, field_value: value }) => ({ id: fieldId, value })),
  };
}

/** The contact's newest open opportunity in a pipeline; undefined if the search, which is seconds behind, knows none. One request. */
export async function openOpportunity(
  highlevel: HighLevel,
  { contactId, pipelineId }: { contactId: string; pipelineId?: string },
): Promise<OpportunityResponse | undefined> {
  const filters = { contactId, pipelineId, status: 'open' };
  const { rows } = await searchOpportunities(highlevel, filters, { limit: LIKE_ROWS });
  return rows.find(({ contactId: of, status }) => of === contactId && status === 'open');
}

/**
 * Updates the contact's open opportunity in the pipeline, or creates one. One that this app wrote in the last 10 minutes
 * counts too, because the search is seconds behind. At least 2 requests.
 */
export async function createOrUpdateOpportunity(
  highlevel: HighLevel,
  { contactId, pipelineId, pipelineStageId, ...fields }: Omit<NewOpportunity, 'status'> & OpportunityFields,
): Promise<OpportunityResponse> {
  const key = `opportunity:${contactId}:${pipelineId}`;
  // The stage goes with its pipeline.
  const update = { ...fields, ...(pipelineStageId && { pipelineId, pipelineStageId }) };
  const remember = async (one: OpportunityResponse) => {
    await highlevel.cache.set(key, one.id, SECONDS);
    return one;
  };
  const open = await openOpportunity(highlevel, { contactId, pipelineId });
  if (open) return remember(await updateOpportunity(highlevel, open.id, update));
  const recent = await recentOpportunity(highlevel, key, fields.status);
  if (recent) return remember(await updateOpportunity(highlevel, recent.id, update));
  try {
    const { status = 'open', ...others } = fields;
    const stage = { pipelineId, ...(pipelineStageId && { pipelineStageId }) };
    return await remember(await createOpportunity(highlevel, { contactId, ...stage, ...others, status }));
  } catch (error) {
    // It was created since the search, or is closed and the only one that the sub-account allows.
    const existing = error instanceof ApiError ? error.existingId : undefined;
    if (!existing) throw error;
    return remember(await updateOpportunity(highlevel, existing, update));
  }
}

/** The opportunity under a cache key, if it still exists and is open or has the status that the step sets. */
async function recentOpportunity(
  highlevel: HighLevel,
  key: string,
  status: string | undefined,
): Promise<OpportunityResponse | undefined> {
  const recentId = await highlevel.cache.get(key, z.string());
  if (recentId === undefined) return undefined;
  try {
    const found = await opportunityById(highlevel, recentId);
    return found.status === 'open' || found.status === status ? found : undefined;
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'not found') return undefined;
    throw error;
  }
}

/**
 * The matching opportunities, open ones first, then the newest, at most `limit`. One request; 2 without a status, if there
 * are fewer open ones.
 */
export async function listOpportunities(
  highlevel: HighLevel,
  { query, ...filters }: OpportunityFilters & { query?: string | undefined },
  limit: number,
): Promise<Opportunity[]> {
  const read = async (status: string | undefined, most: number) => {
    const more = { limit: most, query: query && searchText(query) };
    return (await searchOpportunities(highlevel, { ...filters, status }, more)).rows;
  };
  const first = await read(filters.status ?? 'open', limit);
  const hasAll = filters.status !== undefined || first.length >= limit;
  const others = hasAll ? [] : await read(undefined, Math.min(limit + first.length, PAGE_SIZE));
  const known = new Set(first.map((row) => row.id));
  const rows = [...first, ...others.filter((row) => !known.has(row.id))].slice(0, limit);
  return opportunitiesFrom(highlevel, rows);
}

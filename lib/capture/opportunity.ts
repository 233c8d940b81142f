import * as z from 'zod';
import { DAY } from '../base/dates.ts';
import { digest } from '../base/digest.ts';
import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { Opportunity, OpportunityResponse } from '../highlevel/records/opportunity.ts';
import type { Lead } from '../jivochat/lead.ts';
import {
  createOpportunity,
  LIKE_ROWS,
  oneOpportunity,
  opportunityById,
  searchOpportunities,
} from '../resources/opportunities.ts';
import type { Trace } from './trace.ts';

/** The opportunity that a lead should have. */
export interface WantedOpportunity {
  pipelineId: string;
  pipelineStageId?: string;
  name: string;
  monetaryValue?: number;
}

/** The clocks of JivoChat and HighLevel may differ by this much. */
const CLOCK_SLACK_MS = 60_000;

/**
 * One opportunity per chat: the contact's open one in the pipeline, else one that was created since the chat began, else a new
 * one. Its ID is kept for a day, because HighLevel's search is seconds behind. One or 2 requests; for a contact that has just
 * been created (`isNew`) 1. Null, with a warning, if somebody deleted it meanwhile. Throws ApiError.
 */
export async function writeOpportunity(
  highlevel: HighLevel,
  contactId: string,
  wanted: WantedOpportunity,
  { lead, trace, isNew }: { lead: Lead; trace: Trace; isNew: boolean },
  warnings: string[],
): Promise<Opportunity | null> {
  const { pipelineId } = wanted;
  const key = `opportunity of chat:${digest(JSON.stringify([contactId, pipelineId, trace.line]))}`;
  const keptId = isNew ? undefined : await highlevel.cache.get(key, z.string());
  if (keptId !== undefined) {
    const kept = await ifThere(opportunityById(highlevel, keptId));
    if (kept) return oneOpportunity(highlevel, kept);
    warnings.push('The opportunity of this chat was deleted in HighLevel, so no other one was created.');
    return null;
  }
  const isOfChat = (row: OpportunityResponse) =>
    row.status === 'open' || Date.parse(row.createdAt ?? '') >= beginningOf(lead);
  const rows = async () => {
    const found = await searchOpportunities(highlevel, { contactId, pipelineId }, { limit: LIKE_ROWS });
    return found.rows.filter((row) => row.contactId === contactId && row.pipelineId === pipelineId);
  };
  const known = isNew ? [] : await rows();
  const existing = known.find(({ status }) => status === 'open') ?? known.find(isOfChat);
  const one = existing ?? (await create());
  await highlevel.cache.set(key, one.id, DAY / 1000);
  return oneOpportunity(highlevel, one);

  async function create(): Promise<OpportunityResponse> {
    const body = { contactId, ...wanted, status: 'open' as const, source: 'JivoChat' };
    const same = {
      identity: [contactId, pipelineId, trace.line],
      find: async () => (await rows()).filter(isOfChat),
    };
    try {
      return await createOpportunity(highlevel, body, same);
    } catch (error) {
      // The sub-account allows one for each contact: an older one that is closed, or one that the search does not know yet.
      const existingId = error instanceof ApiError ? error.existingId : undefined;
      if (existingId === undefined) throw error;
      const found =
        known.find(({ id }) => id === existingId) ?? (await opportunityById(highlevel, existingId));
      if (found.status !== 'open')
        warnings.push(
          `No opportunity was created, because the contact already has one in the pipeline (status: ${found.status}), and the sub-account allows only one.`,
        );
      return found;
    }
  }
}

function beginningOf({ startedAt }: Lead): number {
  // Without a time, only an open one counts.
  return startedAt === null ? Infinity : Date.parse(startedAt) - CLOCK_SLACK_MS;
}

async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'not found') return undefined;
    throw error;
  }
}

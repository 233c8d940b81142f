import { Hono } from 'hono';
import { needAtMost, needLocation, refuse } from './answers.ts';
import { contactOf } from './contacts.ts';
import { setCustomFields } from './custom_field_values.ts';
import { scope, type Env } from './gate.ts';
import { byDate, testOf, type SortField } from './opportunity_search.ts';
import type { Store, StoredOpportunity } from './store.ts';
import { array, boolean, filled, number, object, oneOf, strictBody, strictQuery, string } from './strict.ts';

const MAX_PER_PAGE = 500;
const MAX_BY_PAGE = 10_000;
const MAX_LISTED = 100;
const SORTABLE: Record<string, SortField> = {
  date_added: 'createdAt',
  date_updated: 'updatedAt',
  name: 'name',
  monetary_value: 'monetaryValue',
  last_status_change_date: 'lastStatusChangeAt',
  last_stage_change_date: 'lastStageChangeAt',
};
/** `all` is documented too, for filters. */
const status = oneOf('open', 'won', 'lost', 'abandoned');
const writable = {
  pipelineId: filled(string),
  pipelineStageId: filled(string),
  name: filled(string),
  status,
  monetaryValue: number,
  assignedTo: string,
  customFields: array,
  // Not documented; measured.
  source: string,
  forecastProbability: number,
};

/** Opportunities, pipelines and lost reasons. The search is as far behind as the contact search. */
export function opportunities(store: Store): Hono<Env> {
  const app = new Hono<Env>();
  const reads = scope('opportunities.readonly');
  const writes = scope('opportunities.write');

  app.post('/opportunities/search', reads, (c) => {
    const known = {
      locationId: filled(string),
      query: string,
      limit: number,
      page: number,
      searchAfter: array,
      additionalDetails: object,
      filters: array,
      sort: array,
    };
    const body = strictBody(c.get('body'), known, ['locationId', 'limit']);
    const limit = Number(body.limit);
    const page = Number(body.page ?? 1);
    if (limit < 1) refuse(400, 'limit must not be less than 1');
    needAtMost('limit', limit, MAX_PER_PAGE);
    // Recorded clients send an empty cursor with the first page.
    const after =
      Array.isArray(body.searchAfter) && body.searchAfter.length > 0 ? body.searchAfter : undefined;
    if (after && body.page !== undefined) refuse(400, 'page should not be provided with searchAfter');
    if (page * limit > MAX_BY_PAGE) refuse(400, 'page * limit must not be greater than 10000');
    const query = typeof body.query === 'string' ? body.query : '';
    if (query.length > 75) refuse(422, ['query must be shorter than or equal to 75 characters']);
    const { field, sign } = sortOf(body.sort);
    const tests = (Array.isArray(body.filters) ? body.filters : []).map((filter) => testOf(store, filter));
    const sorted = byDate(store.opportunityIndex.sortedBy('dateAdded'), field, sign)
      .filter((one) => mentions(store, one, query))
      .filter((one) => tests.every((test) => test(one)));
    const start = after ? sorted.findIndex((one) => isBehind(one, field, sign, after)) : (page - 1) * limit;
    const rows = start < 0 ? [] : sorted.slice(start, start + limit);
    return c.json(
      {
        opportunities: rows.map((one) => ({ ...row(store, one), sort: [sortValue(one, field), one.id] })),
        total: sorted.length,
      },
      201,
    );
  });

  // The other search: other names, other limits, and links to HighLevel's own machines. Measured.
  app.get('/opportunities/search', reads, (c) => {
    const query = strictQuery(c.req.query(), [
      'location_id',
      'q',
      'pipeline_id',
      'pipeline_stage_id',
      'contact_id',
      'status',
      'assigned_to',
      'campaignId',
      'id',
      'order',
      'endDate',
      'startAfter',
      'startAfterId',
      'date',
      'country',
      'page',
      'limit',
      'getTasks',
      'getNotes',
      'getCalendarEvents',
    ]);
    const { location_id, q = '', startAfterId, limit = '20', order } = query;
    needLocation(location_id);
    needAtMost('limit', Number(limit), MAX_LISTED);
    const wanted = {
      pipelineId: query.pipeline_id,
      pipelineStageId: query.pipeline_stage_id,
      contactId: query.contact_id,
      status: query.status === 'all' ? undefined : query.status,
      assignedTo: query.assigned_to,
      id: query.id,
    };
    const found = byDate(
      store.opportunityIndex.sortedBy('dateAdded'),
      'createdAt',
      order === 'added_asc' ? 1 : -1,
    )
      .filter((one) => mentions(store, one, q))
      .filter((one) =>
        Object.entries(wanted).every(
          ([key, value]) => value === undefined || Reflect.get(one, key) === value,
        ),
      );
    const size = Number(limit);
    const start = startAfterId
      ? found.findIndex(({ id }) => id === startAfterId) + 1
      : (Number(query.page ?? 1) - 1) * size;
    const rows = found.slice(start, start + size);
    const last = rows.at(-1);
    const number_ = Math.floor(start / size) + 1;
    const hasNext = start + rows.length < found.length;
    const startAfter = last && Date.parse(last.createdAt);
    return c.json({
      opportunities: rows.map((one) => row(store, one)),
      meta: {
        total: found.length,
        nextPageUrl:
          hasNext && last
            ? `http://localhost:5066/opportunities/search?location_id=${location_id}&startAfter=${startAfter}&startAfterId=${last.id}`
            : null,
        startAfter: startAfter ?? null,
        startAfterId: last?.id ?? null,
        currentPage: number_,
        nextPage: hasNext ? number_ + 1 : null,
        prevPage: number_ > 1 ? number_ - 1 : null,
      },
      aggregations: {},
    });
  });

  app.get('/opportunities/pipelines', reads, (c) => {
    needLocation(strictQuery(c.req.query(), ['locationId']).locationId);
    return c.json({ pipelines: store.pipelines.map((one) => pipeline(store, one)) });
  });

  app.get('/opportunities/lost-reason', reads, (c) => {
    const query = strictQuery(c.req.query(), [
      'locationId',
      'name',
      'deleted',
      'query',
      'skip',
      'limit',
      'getCount',
    ]);
    needLocation(query.locationId);
    const { skip = '0', limit = '100' } = query;
    const page = store.lostReasons.slice(Number(skip), Number(skip) + Number(limit));
    return c.json({
      lostReasons: page.map((one) => ({ ...one, locationId: store.locationId })),
      total: store.lostReasons.length,
    });
  });

  app.get('/opportunities/:id', reads, (c) =>
    c.json({ opportunity: single(store, opportunityOf(store, c.req.param('id'))) }),
  );

  app.post('/opportunities/', writes, (c) => {
    const known = { ...writable, locationId: filled(string), contactId: filled(string) };
    const required = ['pipelineId', 'locationId', 'name', 'status', 'contactId'];
    const { locationId: _location, ...body } = strictBody(c.get('body'), known, required);
    const contact = contactOf(store, String(body.contactId));
    const stage = stageOf(store, String(body.pipelineId), body.pipelineStageId);
    // Whatever the status of the other one. Measured.
    const existing = store.allowDuplicateOpportunity
      ? undefined
      : ofContact(store, contact.id).find(({ pipelineId }) => pipelineId === body.pipelineId);
    if (existing)
      refuse(400, 'Can not create duplicate opportunity for the contact.', {
        code: 'OPPORTUNITY_NO_DUPLICATE',
        meta: { existingId: existing.id },
      });
    const made = store.newOpportunity({ contactId: contact.id, ...stage, name: String(body.name) });
    assign(store, made, { ...body, pipelineStageId: stage.pipelineStageId });
    return c.json({ opportunity: single(store, made) }, 201);
  });

  // Which one it updates is not documented; here the one that is named, else the only one in the pipeline.
  app.post('/opportunities/upsert', writes, (c) => {
    const known = {
      ...writable,
      locationId: filled(string),
      id: string,
      followers: array,
      isRemoveAllFollowers: boolean,
      followersActionType: oneOf('add', 'remove'),
      lostReasonId: string,
    };
    const required = ['pipelineId', 'locationId', 'followers', 'isRemoveAllFollowers', 'followersActionType'];
    const body = strictBody(c.get('body'), known, required);
    const named = store.opportunities.get(String(body.id));
    const found =
      named ?? [...store.opportunities.values()].find(({ pipelineId }) => pipelineId === body.pipelineId);
    if (!found) refuse(400, 'contactId should not be empty');
    const {
      id: _id,
      locationId: _location,
      followers: _followers,
      isRemoveAllFollowers: _all,
      followersActionType: _type,
      ...rest
    } = body;
    assign(store, found, rest);
    return c.json({ opportunity: single(store, found), new: false });
  });

  app.put('/opportunities/:id', writes, (c) => {
    const body = strictBody(c.get('body'), writable);
    const found = opportunityOf(store, c.req.param('id'));
    const pipelineId = typeof body.pipelineId === 'string' ? body.pipelineId : found.pipelineId;
    if (body.pipelineStageId !== undefined || pipelineId !== found.pipelineId)
      stageOf(store, pipelineId, body.pipelineStageId);
    assign(store, found, body);
    return c.json({ opportunity: single(store, found) });
  });

  app.put('/opportunities/:id/status', writes, (c) => {
    const body = strictBody(c.get('body'), { status, lostReasonId: string }, ['status']);
    const found = opportunityOf(store, c.req.param('id'));
    if (body.lostReasonId && !store.lostReasons.some(({ id }) => id === body.lostReasonId))
      refuse(400, 'The lost reason id is invalid.');
    assign(store, found, body);
    return c.json({ succeded: true });
  });

  app.delete('/opportunities/:id', writes, (c) => {
    store.deleteOpportunity(opportunityOf(store, c.req.param('id')).id);
    // Recorded; documented as `succeded`.
    return c.json({ success: true });
  });

  app.post('/opportunities/:id/followers', writes, (c) => {
    const { followers } = strictBody(c.get('body'), { followers: array }, ['followers']);
    const found = opportunityOf(store, c.req.param('id'));
    const added = texts(followers).filter((one) => !found.followers.includes(one));
    found.followers = [...found.followers, ...added];
    store.saveOpportunity(found);
    return c.json({ followers: found.followers, followersAdded: added }, 201);
  });

  app.delete('/opportunities/:id/followers', writes, (c) => {
    const { isRemoveAllFollowers } = strictQuery(c.req.query(), ['isRemoveAllFollowers']);
    const { followers } = strictBody(c.get('body'), { followers: array }, ['followers']);
    const found = opportunityOf(store, c.req.param('id'));
    const gone = isRemoveAllFollowers === 'true' ? found.followers : texts(followers);
    found.followers = found.followers.filter((one) => !gone.includes(one));
    store.saveOpportunity(found);
    return c.json({ followers: found.followers, followersRemoved: gone });
  });

  return app;
}

function ofContact(store: Store, contactId: string): StoredOpportunity[] {
  return [...store.opportunities.values()].filter((one) => one.contactId === contactId);
}

/** How it refuses one that does not exist is not documented; here like a contact. */
function opportunityOf(store: Store, id: string): StoredOpportunity {
  return store.opportunities.get(id) ?? refuse(400, `Opportunity not found for id:${id}`);
}

/** The pipeline's stage; without one, its first. */
function stageOf(store: Store, pipelineId: string, stageId: unknown) {
  const pipelineFound = store.pipelines.find(({ id }) => id === pipelineId);
  if (!pipelineFound) refuse(400, 'The pipeline id is invalid.');
  const stage =
    stageId === undefined ? pipelineFound.stages[0] : pipelineFound.stages.find(({ id }) => id === stageId);
  if (!stage) refuse(400, 'The pipeline stage id is invalid.');
  return { pipelineId, pipelineStageId: stage.id };
}

function assign(store: Store, found: StoredOpportunity, body: Record<string, unknown>): void {
  const { customFields, ...fields } = body;
  setCustomFields(store.opportunityFields, found, customFields);
  store.changeOpportunity(found.id, fields);
}

/** A row of the search. Recorded. */
function row(store: Store, one: StoredOpportunity): Record<string, unknown> {
  const { contact: _contact, ...person } = contactIn(store, one);
  const { id, name, companyName, email, phone, tags } = person;
  return {
    id: one.id,
    name: one.name,
    monetaryValue: one.monetaryValue,
    pipelineId: one.pipelineId,
    pipelineStageId: one.pipelineStageId,
    pipelineStageUId: one.pipelineStageId,
    assignedTo: one.assignedTo ?? null,
    status: one.status,
    source: one.source ?? null,
    lastStatusChangeAt: one.lastStatusChangeAt,
    lastStageChangeAt: one.lastStageChangeAt,
    createdAt: one.createdAt,
    updatedAt: one.updatedAt,
    forecastProbability: null,
    effectiveProbability: 14.29,
    contactId: one.contactId,
    locationId: store.locationId,
    customFields: one.customFields.map(({ id: fieldId, value }) => ({ id: fieldId, fieldValue: value })),
    lostReasonId: one.lostReasonId ?? null,
    followers: one.followers,
    relations: [
      {
        associationId: 'OPPORTUNITIES_CONTACTS_ASSOCIATION',
        relationId: one.id,
        primary: true,
        objectKey: 'contact',
        recordId: id,
        fullName: name,
        contactName: name,
        companyName,
        email,
        phone,
        tags,
        attributed: null,
      },
    ],
    contact: { ...person, score: [] },
    attributions: [],
  };
}

/** The same in a single read and in the response to a write, recorded: without empty fields, custom fields and lost reason. */
function single(store: Store, one: StoredOpportunity): Record<string, unknown> {
  const { contact, id, name, email, phone, tags } = contactIn(store, one);
  return {
    id: one.id,
    name: one.name,
    monetaryValue: one.monetaryValue,
    pipelineId: one.pipelineId,
    pipelineStageId: one.pipelineStageId,
    ...(one.assignedTo && { assignedTo: one.assignedTo }),
    ...(one.source && { source: one.source }),
    status: one.status,
    lastStatusChangeAt: one.lastStatusChangeAt,
    lastStageChangeAt: one.lastStageChangeAt,
    createdAt: one.createdAt,
    updatedAt: one.updatedAt,
    contactId: one.contactId,
    isAttribute: false,
    internalSource: {
      type: 'CREATED',
      id: store.companyId,
      apiVersion: '2021-07-28',
      channel: 'OAUTH',
      source: 'INTEGRATION',
    },
    locationId: store.locationId,
    lastActionDate: one.updatedAt,
    followers: one.followers,
    contact: {
      id,
      name,
      ...(email && { email }),
      ...(phone && { phone }),
      tags,
      followers: contact?.followers ?? [],
    },
  };
}

function contactIn(store: Store, { contactId }: StoredOpportunity) {
  const contact = store.contacts.get(contactId);
  return {
    contact,
    id: contactId,
    name: [contact?.firstName, contact?.lastName].filter(Boolean).join(' '),
    companyName: contact?.companyName ?? null,
    email: contact?.email ?? null,
    phone: contact?.phone ?? null,
    tags: contact?.tags ?? [],
  };
}

function pipeline(store: Store, { id, name, stages }: Store['pipelines'][number]): object {
  const added = '2025-03-03T09:00:00.000Z';
  return {
    id,
    name,
    showInFunnel: true,
    showInPieChart: true,
    useOpportunityProbability: false,
    dateAdded: added,
    dateUpdated: added,
    stages: stages.map((stage, position) => ({
      ...stage,
      showInFunnel: true,
      showInPieChart: true,
      position,
      stageWinProbability: Number(((100 * (position + 1)) / (stages.length + 1)).toFixed(2)),
    })),
    locationId: store.locationId,
    position: 'ZyyrrRZ',
  };
}

function mentions(store: Store, one: StoredOpportunity, query: string): boolean {
  const { name, email, phone, companyName } = contactIn(store, one);
  const there = [one.name, name, email, phone, companyName].join(' ').toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => there.includes(word));
}

function sortOf(sort: unknown): { field: SortField; sign: 1 | -1 } {
  const first: unknown = Array.isArray(sort) ? sort[0] : undefined;
  if (typeof first !== 'object' || first === null) return { field: 'createdAt', sign: -1 };
  const { field = 'date_added', direction = 'desc' }: { field?: unknown; direction?: unknown } = first;
  const key = SORTABLE[String(field)];
  if (!key) refuse(422, [`sort field ${String(field)} is not supported`]);
  return { field: key, sign: direction === 'asc' ? 1 : -1 };
}

function sortValue(one: StoredOpportunity, field: SortField): string | number {
  const value = one[field];
  return typeof value === 'string' && field !== 'name' ? Date.parse(value) : value;
}

function isBehind(one: StoredOpportunity, field: SortField, sign: number, after: unknown[]): boolean {
  const value = sortValue(one, field);
  const [at, id] = [typeof value === 'number' ? Number(after[0]) : String(after[0]), String(after[1])];
  if (value === at) return sign * (one.id < id ? -1 : one.id > id ? 1 : 0) > 0;
  return sign * (value < at ? -1 : 1) > 0;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

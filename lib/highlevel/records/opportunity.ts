import * as z from 'zod';
import { dayOf } from '../../base/dates.ts';
import { isObject } from '../../base/json.ts';
import {
  choice,
  customByName,
  id,
  maybe,
  number,
  text,
  textList,
  userId,
  type Output,
} from '../../schema/fields.ts';
import { rawCustomFields, type CustomName } from './contact.ts';
import { contactNames, personIn, userNames } from './names.ts';

/** The statuses of an opportunity. HighLevel's `all` is for its own filters only. */
export const opportunityStatuses = {
  open: 'Open',
  won: 'Won',
  lost: 'Lost',
  abandoned: 'Abandoned',
} as const;
export type OpportunityStatus = keyof typeof opportunityStatuses;

/** The fields of an opportunity that users fill in, under HighLevel's names. */
export const opportunityFields = {
  name: text('Name', 'Jane Doe, implants'),
  status: choice('Status', opportunityStatuses, 'open'),
  monetaryValue: number('Value', 1500),
  assignedTo: userId('Owner'),
  source: text('Source', 'JivoChat'),
};

const moment = (title: string) => maybe.dateTime(title, '2026-01-28T09:12:41.809Z');
const known = {
  id: id('Opportunity ID', 'yWQobCRIhRguQtD2llvk'),
  name: maybe(opportunityFields.name),
  status: maybe.text('Status', 'open'),
  monetaryValue: maybe(opportunityFields.monetaryValue),
  pipelineId: maybe.id('Pipeline ID', 'VDm7RPYC2GLUvdpKmBfC'),
  pipelineName: maybe.text('Pipeline', 'Sales'),
  pipelineStageId: maybe.id('Stage ID', 'e93ba61a-53b3-45e7-985a-c7732dbcdb69'),
  pipelineStageName: maybe.text('Stage', 'New Lead'),
  contactId: maybe.id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
  ...contactNames,
  companyName: maybe.text('Business Name', 'Example Ltd'),
  assignedTo: maybe.id('Owner User ID', '0IHuJvc2ofPAAA8GzTRi'),
  ...userNames,
  source: maybe(opportunityFields.source),
  lostReasonId: maybe.id('Lost Reason ID', 've9EPM428h8vShlRW1KT'),
  lostReasonName: maybe.text('Lost Reason', 'Too expensive'),
  followers: textList('Follower User IDs', []).catch([]),
  createdAt: moment('Date Added'),
  updatedAt: moment('Date Updated'),
  lastStageChangeAt: moment('Stage Changed'),
  lastStatusChangeAt: moment('Status Changed'),
  customFields: rawCustomFields,
};

/**
 * An opportunity in HighLevel's responses. A row of the search has null for what is empty; a single read leaves it out, and
 * has no owner, source, lost reason or custom fields at all. Recorded.
 */
export const OpportunityResponse = z.preprocess(
  oneShape,
  z.object({ ...known, cursor: z.array(z.unknown()).nullish().catch(null) }),
);
export type OpportunityResponse = z.output<typeof OpportunityResponse>;

/** An opportunity as a Zap receives it: the same keys from every trigger, action and search. */
export const Opportunity = {
  ...known,
  custom: customByName('opportunity'),
  url: text(
    'Link in HighLevel',
    'https://app.gohighlevel.com/v2/location/ve9EPM428h8vShlRW1KT/opportunities/list/yWQobCRIhRguQtD2llvk?tab=OpportunityDetails',
  ),
};
export type Opportunity = Output<typeof Opportunity>;

/** A pipeline with its stages, in their order. */
export const Pipeline = z.object({
  id: id('Pipeline ID', 'VDm7RPYC2GLUvdpKmBfC'),
  name: maybe.text('Name', 'Sales'),
  stages: z
    .array(z.unknown())
    .catch([])
    .transform((stages) =>
      stages.flatMap((stage) => {
        const { success, data } = Stage.safeParse(stage);
        return success ? [data] : [];
      }),
    ),
});
export type Pipeline = z.output<typeof Pipeline>;

const Stage = z.object({ id: z.string(), name: z.string().nullable().catch(null) });

/**
 * The opportunity for a Zap. `names` is by the id of a custom field of opportunities. `opportunityUrl` links to it in
 * HighLevel.
 */
export function opportunityFrom(
  { cursor: _cursor, ...answer }: OpportunityResponse,
  opportunityUrl: (opportunityId: string) => string,
  names: ReadonlyMap<string, CustomName>,
): Opportunity {
  const named = answer.customFields.flatMap(({ id: fieldId, value }) => {
    const name = names.get(fieldId);
    return name ? [[name.key, name.isDay ? (dayOf(value) ?? value) : value] as const] : [];
  });
  return { ...answer, custom: Object.fromEntries(named), url: opportunityUrl(answer.id) };
}

function oneShape(row: unknown): unknown {
  if (!isObject(row)) return row;
  const contact = isObject(row.contact) ? row.contact : {};
  const { name, email, phone } = personIn(contact);
  const fields = row.customFields ?? row.custom_fields;
  return {
    ...row,
    contactId: row.contactId ?? contact.id,
    contactName: name,
    contactEmail: email,
    contactPhone: phone,
    companyName: contact.companyName ?? null,
    // One invalid value must not discard the others.
    customFields: Array.isArray(fields)
      ? fields.filter(isObject).flatMap((field) => (typeof field.id === 'string' ? [withValue(field)] : []))
      : [],
    // Recorded as `sort`, documented as `searchAfter`.
    cursor: row.sort ?? row.searchAfter ?? null,
  };
}

/** A custom field's value, which clients read under `fieldValue` or a name that says its type, such as `fieldValueString`. */
function withValue(field: Record<string, unknown>): Record<string, unknown> {
  const typed = Object.entries(field).find(([key, value]) => key.startsWith('fieldValue') && value !== null);
  return { id: field.id, value: field.value ?? field.field_value ?? typed?.[1] ?? null };
}

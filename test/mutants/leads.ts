import { faults } from './mutant.ts';

const CAPTURE = [
  'test/requests/capture/new_contact.test.ts',
  'test/requests/capture/existing_contact.test.ts',
  'test/requests/capture/refused.test.ts',
  'test/requests/capture/replay.test.ts',
];

export const leads = [
  ...faults(
    'lib/webhooks/highlevel_event.ts',
    ['test/requests/webhooks.test.ts', 'test/unit/webhooks/highlevel_event.test.ts'],
    [
      {
        breaks: 'reads a deleted record',
        find: 'if (!isDeletion(event.name)) {',
        replace: "if (event.name !== '') {",
      },
      {
        breaks: 'takes a custom field for the name of an event',
        find: 'isOfWorkflow(payload) || text(own.event) ? undefined : text(payload.type)',
        replace: 'text(payload.type)',
      },
      {
        breaks: 'fails for events that name no record of ours',
        find: 'if (isOther || (isUntyped',
        replace: 'if ((isUntyped',
      },
      {
        breaks: 'puts another contact’s details beside a record',
        find: 'if (!record?.contactId || record.contactId !== text(payload.contact_id)) continue;',
        replace: 'if (!record) continue;',
      },
      {
        breaks: 'takes the payload during an outage',
        find: 'if (!(error instanceof ApiError && isInPayloadOnly(error))) throw error;',
        replace: '',
      },
      {
        breaks: 'takes the contact for the record',
        find: "['note', 'task', 'appointment', 'contact'] as const",
        replace: "['contact', 'note', 'task', 'appointment'] as const",
      },
      {
        breaks: 'looks for the appointment of a contact that the custom data names',
        find: '(ownContactId ? undefined : (idIn',
        replace: '((idIn',
      },
      {
        breaks: 'takes names with another ending for another event',
        find: "letters.replace(/(create|update|delete|complete)d$/, '$1')",
        replace: 'letters',
      },
    ],
  ),
  ...faults(
    'lib/webhooks/delivery.ts',
    ['test/requests/webhooks.test.ts'],
    [
      {
        breaks: 'checks the signature of a parsed body',
        find: 'body: raw || (wrapped ? cleaned.content : cleaned),',
        replace: 'body: wrapped ? cleaned.content : cleaned,',
      },
      {
        breaks: 'finds a header by its exact name only',
        find: "key.toLowerCase().replace(/^http-/, '') === name.toLowerCase()",
        replace: 'key === name',
      },
    ],
  ),
  ...faults(
    'lib/webhooks/event_filter.ts',
    ['test/unit/webhooks/event_filter.test.ts', 'test/requests/webhooks.test.ts'],
    [
      {
        breaks: 'splits no list of events',
        find: '[item, ...item.split(/[,;|\\n]/)]',
        replace: '[item]',
      },
    ],
  ),
  ...faults(
    'lib/capture/turn.ts',
    ['test/requests/capture/turn.test.ts'],
    [
      {
        breaks: 'lets a new lead take what the stopped ones need',
        find: 'if (waitMs > 0) {',
        replace: 'if (waitMs < 0) {',
      },
      {
        breaks: 'makes the stopped lead wait for others',
        find: 'await cache.set(key, 0, KEPT_SECONDS);',
        replace: '',
      },
      {
        breaks: 'hands a lead back for another time than the wait',
        find: 'throw throttled(waitMs);',
        replace: 'throw throttled(60_000);',
      },
      {
        breaks: 'makes a lead wait as long as others are stopped',
        find: 'if (turn === undefined) await cache.set(',
        replace: 'await cache.set(',
      },
    ],
  ),
  ...faults('lib/capture/claim.ts', CAPTURE, [
    {
      breaks: 'creates a contact that another run is creating',
      find: 'if (!(await cache.claim(key, CLAIM_SECONDS))) {',
      replace: 'if (await cache.claim(key, CLAIM_SECONDS) && false as boolean) {',
    },
    {
      breaks: 'keeps the first claim if the second fails',
      find: '      await release();\n      throw new ApiError',
      replace: '      throw new ApiError',
    },
    {
      breaks: 'releases the claim of a contact that may still appear',
      find: "if (!(error instanceof ApiError && error.kind === 'uncertain')) await release();",
      replace: 'await release();',
    },
    {
      breaks: 'keeps the claim of a contact that was refused',
      find: "if (!(error instanceof ApiError && error.kind === 'uncertain')) await release();",
      replace: '',
    },
    {
      breaks: 'claims the email only',
      find: '[details.email, details.phone]',
      replace: '[details.email]',
    },
  ]),
  ...faults(
    'lib/capture/note.ts',
    ['test/unit/capture/note.test.ts', 'test/unit/jivochat/transcript.test.ts', ...CAPTURE],
    [
      {
        breaks: 'loses the lines that this event lacks',
        find: '    earlier,\n    progress:',
        replace: '    earlier: [],\n    progress:',
      },
      {
        breaks: 'lets an older event replace details',
        find: 'isOlder ? [own.details, details] : [details, own.details]',
        replace: '[details, own.details]',
      },
      {
        breaks: 'drops words that a person added to a line',
        find: 'if (noted.startsWith(value) && /^[\\s,;(]/.test(noted.slice(value.length))) return [[label, noted]];',
        replace: '',
      },
      {
        breaks: 'calls an answered chat missed',
        find: '(isOlder || (earlier.length > 0 && lead.missed))',
        replace: 'isOlder',
      },
      {
        breaks: 'counts two equal messages as one',
        find: 'if (left > 0) times.set(found, left);\n      else times.delete(found);',
        replace: 'times.set(found, left);',
      },
      {
        breaks: 'writes a note that is longer than HighLevel takes',
        find: 'shortenedTo(text, max - end.length - 2)',
        replace: 'text',
      },
      {
        breaks: 'writes a note for contact details alone',
        find: '[lead.chatId, lead.offlineMessageId, lead.transcript, lead.message].some((value) => value !== null)',
        replace: 'lead.event !== null',
      },
      {
        breaks: 'leaves the rating out that came without messages',
        find: "if (isOlder) return lead.rating !== null && !own.details.has('Rating');",
        replace: 'if (isOlder) return false;',
      },
      {
        breaks: 'lets a visitor’s words be HTML',
        find: 'withoutEnds(defuseHtml(text))',
        replace: 'withoutEnds(text)',
      },
      {
        breaks: 'lets a visitor’s words end the note',
        find: 'withoutEnds(defuseHtml(text))',
        replace: 'defuseHtml(text)',
      },
      {
        breaks: 'sets an ended call back to its start',
        find: 'progress(lead) < stepOf(own.progress) ? `Status: ${own.progress}` : progressLine(lead)',
        replace: 'progressLine(lead)',
      },
    ],
  ),
  ...faults(
    'lib/capture/own_part.ts',
    ['test/unit/capture/note.test.ts', ...CAPTURE],
    [
      {
        breaks: 'takes a note of another chat for its own',
        find: 'if (!headline || !found) continue;',
        replace: 'if (!headline) continue;',
      },
      {
        breaks: 'loses images that a person pasted',
        find: '${asHtml(replacement)}${media}${after}',
        replace: '${asHtml(replacement)}${after}',
      },
      {
        breaks: 'loses what a person wrote below the note',
        find: '[before, replacement, after].filter(Boolean)',
        replace: '[before, replacement].filter(Boolean)',
      },
      {
        breaks: 'takes the remark of a shortened note for a message',
        find: "line !== '' && !REMARK.test(line)",
        replace: "line !== ''",
      },
      {
        breaks: 'does not know a note whose progress line was deleted',
        find: "return [...ends, { start: last, stop: trimmed.length, progress: '', line }];",
        replace: 'return ends;',
      },
      {
        breaks: 'finds no task whose lines an editor joined',
        find: 'return end !== undefined && isWhole(end);',
        replace: 'return false;',
      },
    ],
  ),
  ...faults('lib/capture/refusal.ts', CAPTURE, [
    {
      breaks: 'reads the app’s own words as HighLevel’s',
      find: '/HighLevel says: "(.*)"/s.exec(error.message)?.[1] ?? error.message',
      replace: 'error.message',
    },
  ]),
  ...faults('lib/capture/refused_fields.ts', CAPTURE, [
    {
      breaks: 'drops every custom field because of one',
      find: 'const customFields = sent.filter((field) => !refused.includes(field));',
      replace: 'const customFields = sent.slice(sent.length);',
    },
    {
      breaks: 'creates a contact without email and phone',
      find: '!(needsDetail && left.email === undefined && left.phone === undefined)',
      replace: 'true',
    },
    {
      breaks: 'drops a refused detail without a warning',
      find: 'for (const detail of details) {\n      const name',
      replace: 'for (const detail of details.slice(1)) {\n      const name',
    },
  ]),
  ...faults('lib/capture/contact.ts', CAPTURE, [
    {
      breaks: 'fails when a lookup refuses a detail',
      find: 'if (refused.length === 0) throw error;',
      replace: 'throw error;',
    },
    {
      breaks: 'reports a contact as old though a failed run made it',
      find: "Date.parse(contact.dateAdded ?? '') >= since - CLOCK_SLACK_MS",
      replace: "Date.parse(contact.dateAdded ?? '') > Infinity",
    },
    {
      breaks: 'reports an older contact as new',
      find: "since !== undefined && Date.parse(contact.dateAdded ?? '') >= since - CLOCK_SLACK_MS",
      replace: 'since !== undefined',
    },
    {
      breaks: 'drops all details because another contact has one',
      find: ': updateContact(highlevel, contactId, rest, warnings);',
      replace: ': null;',
    },
    {
      breaks: 'looks up nothing after a duplicate without an ID',
      find: 'contactId ?? (await lookUp(highlevel, lead))?.id',
      replace: 'contactId',
    },
    {
      breaks: 'claims nothing where duplicates are allowed',
      find: 'return createClaimed(highlevel, lead, () => createContact(highlevel, wanted, values, warnings));',
      replace: 'return createContact(highlevel, wanted, values, warnings);',
    },
  ]),
  ...faults('lib/capture/existing.ts', CAPTURE, [
    {
      breaks: 'replaces the source',
      find: "mode === 'overwrite' && key !== 'source'",
      replace: "mode === 'overwrite'",
    },
    {
      breaks: 'writes over the name of a person who shares a phone',
      find: "if (!lead.email || !contact.email || same(lead.email, contact.email) || matchedBy === 'email') return false;",
      replace: 'if (lead.event !== null) return false;',
    },
    {
      breaks: 'takes a second address of a contact for another person’s',
      find: 'JSON.stringify(contact.additionalEmails ?? [])',
      replace: 'JSON.stringify([])',
    },
    {
      breaks: 'mixes the names of two people',
      find: "if (mode === 'fill' && !(matches",
      replace: "if (mode === 'overwrite' && !(matches",
    },
  ]),
  ...faults('lib/capture/capture.ts', CAPTURE, [
    {
      breaks: 'adds tags that the contact has',
      find: 'input.tags.filter((tag) => !contact.tags.includes(tag))',
      replace: 'input.tags',
    },
    {
      breaks: 'writes a second task for a chat',
      find: 'if (existing) return taskFrom(existing, highlevel.contactUrl, contactId);',
      replace: '',
    },
    {
      breaks: 'fails because the owner was removed',
      find: 'if (assignedTo === undefined || !mayBeAboutOwner(error)) throw error;',
      replace: 'throw error;',
    },
    {
      breaks: 'forgets that a failed run made the contact',
      find: '    await rememberNew(highlevel, input, startedAt);\n',
      replace: '',
    },
    {
      breaks: 'writes an unchanged note again',
      find: '!found.has(existing.id) || updatedNote(lead, existing.body, trace) === undefined',
      replace: '!found.has(existing.id)',
    },
  ]),
  ...faults(
    'lib/jivochat/lead.ts',
    ['test/unit/jivochat/lead.test.ts', 'test/unit/capture/lead.test.ts'],
    [
      {
        breaks: 'gives two events of a call one ID',
        find: "once ? id : `${id ?? event.client_id ?? 'none'}:${event.fingerprint}`",
        replace: "id ?? event.client_id ?? 'none'",
      },
      {
        breaks: 'takes the called number before the visitor’s own',
        find: 'own.phone ?? original.phone ?? call.phone',
        replace: 'call.phone ?? own.phone ?? original.phone',
      },
      {
        breaks: 'takes "Visitor 1234" for a name',
        find: 'one !== null && !isPlaceholder(one, whereaboutsOf(event))',
        replace: 'one !== null',
      },
      {
        breaks: 'takes a phone number in the name for a placeholder',
        find: ' && digits < MIN_PHONE_DIGITS && ',
        replace: ' && ',
      },
      {
        breaks: 'ignores what JivoChat sent besides the mapped fields',
        find: 'email: own.email ?? original.email,',
        replace: 'email: own.email,',
      },
      {
        breaks: 'reads numbers in the country of the sub-account before the visitor’s',
        find: '{ visit, step: defaultCountry, account: accountCountry }',
        replace: '{ visit: accountCountry, step: defaultCountry, account: visit }',
      },
    ],
  ),
  ...faults(
    'lib/jivochat/event.ts',
    [
      'test/unit/jivochat/event.test.ts',
      'test/unit/jivochat/lead.test.ts',
      'test/unit/jivochat/agents.test.ts',
    ],
    [
      {
        breaks: 'fails because of a byte order mark',
        find: "text.replace(/^\\uFEFF/, '')",
        replace: 'text',
      },
      {
        breaks: 'lists a tag twice',
        find: '[...new Set([body.tags, visitor.tags, chat.tags, client.tags].flatMap(tagsIn))]',
        replace: '[body.tags, visitor.tags, chat.tags, client.tags].flatMap(tagsIn)',
      },
      {
        breaks: 'lets an empty visitor hide the client of the CRM',
        find: 'isGiven(visitor[key]) ? visitor[key] : fromCrm[key]',
        replace: 'visitor[key] ?? fromCrm[key]',
      },
      {
        breaks: 'accepts any depth',
        find: 'if (isTooDeep(body, MAX_DEPTH))',
        replace: 'if (isTooDeep(body, 1_000_000))',
      },
      {
        breaks: 'takes an agent’s email for the name',
        find: "text.includes('@') ? { email: text } : { name: text }",
        replace: '{ name: text }',
      },
      {
        breaks: 'takes a tag that is off',
        find: 'if (item === true) return',
        replace: "if (typeof item === 'boolean') return",
      },
    ],
  ),
  ...faults(
    'lib/jivochat/channel.ts',
    [
      'test/requests/jivochat/send_update.test.ts',
      'test/requests/transport/secrets.test.ts',
      'test/requests/transport/autoreplay.test.ts',
    ],
    [
      {
        breaks: 'sends an update once too often',
        find: 'if (attempt === ATTEMPTS || timeLeft',
        replace: 'if (attempt > ATTEMPTS || timeLeft',
      },
      {
        breaks: 'sends to any host',
        find: " || !(hostname.endsWith('.jivosite.com') || inSandbox)) {",
        replace: ') {',
      },
      {
        breaks: 'sends to a host that only ends like JivoChat’s',
        find: "hostname.endsWith('.jivosite.com')",
        replace: "hostname.endsWith('jivosite.com')",
      },
      {
        breaks: 'shows the channel’s URL in an error',
        find: 'maskText(text, secretsOf({ jivoChatChannelSecret: url }).all).trim()',
        replace: 'text.trim()',
      },
      {
        breaks: 'shows a page of HTML in an error',
        find: "if (/^[<{[]/.test(text.trimStart())) return '';",
        replace: '',
      },
      {
        breaks: 'takes a proxy’s page for a delivery',
        find: 'status: isPage ? 0 : response.status',
        replace: 'status: response.status',
      },
      {
        breaks: 'sends again when there is no time for it',
        find: ' || timeLeft() <= RETRY_AFTER_MS) {',
        replace: ') {',
      },
    ],
  ),
  ...faults(
    'lib/jivochat/transcript.ts',
    [
      'test/unit/jivochat/transcript.test.ts',
      'test/unit/jivochat/event.test.ts',
      'test/unit/jivochat/lead.test.ts',
      'test/unit/jivochat/messages.test.ts',
    ],
    [
      {
        breaks: 'takes an automatic invitation for an answer',
        find: "from === 'agent' && (invitation === null || text !== invitation)",
        replace: "from === 'agent'",
      },
      {
        breaks: 'leaves out files that the plain text omits',
        find: 'plain === null ? shown : shown.filter(isLeftOutOf(plain))',
        replace: 'plain === null ? shown : []',
      },
      {
        breaks: 'shows times in UTC',
        find: "timezone !== null && IANAZone.isValidZone(timezone) ? timezone : 'utc'",
        replace: "'utc'",
      },
      {
        breaks: 'names one agent for all',
        find: 'event.agents.length === 1 ?',
        replace: 'event.agents.length > 0 ?',
      },
      {
        breaks: 'ends a chat with its first message',
        find: 'Math.max(a, b), -Infinity',
        replace: 'Math.min(a, b), Infinity',
      },
      {
        breaks: 'shows JivoChat’s remark in the place of a message',
        find: "!WITHHELD.test(text ?? '')",
        replace: 'text !== null',
      },
    ],
  ),
];

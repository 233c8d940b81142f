import { faults } from './mutant.ts';

export const resources = [
  ...faults(
    'lib/resources/create_once.ts',
    ['test/requests/transport/autoreplay.test.ts', 'test/unit/resources/create_once.test.ts'],
    [
      {
        breaks: 'sends a write again as soon as it is looked up',
        find: 'if (highlevel.now() - earlier.lastSent < SETTLED_AFTER_MS) throw notThereYet(creation);',
        replace: '',
      },
      {
        breaks: 'takes a record that was there before for the new one',
        find: '!tries.olderIds.includes(id) && !(Date',
        replace: '!(Date',
        invisible:
          'The dates of these records are before the first attempt too, which the other condition checks: only those without a date could differ, and they are found at once.',
      },
      {
        breaks: 'takes an older record with the same text for the new one',
        find: " && !(Date.parse(dateAdded ?? '') < earliest(tries))",
        replace: '',
      },
      {
        breaks: 'sends without a cache what it cannot look up',
        find: 'throw marker ? notSentAgain(creation) : notSentWithoutCache();',
        replace: 'return creation.send();',
      },
      {
        breaks: 'lets two replays send at the same time',
        find: 'if (!(await cache.claim(turn, TURN_SECONDS))) throw notThereYet(creation);',
        replace: '',
      },
      {
        breaks: 'lets a replay send what another one has just sent',
        find: 'cache.isWorking() && current?.lastSent !== marker.lastSent',
        replace: 'false',
      },
      {
        breaks: 'forgets an unknown outcome',
        find: '    await keep({ ...tries, olderIds });\n',
        replace: '',
      },
      {
        breaks: 'does not look for the record in the run that wrote it',
        find: 'const found = like && madeSince(tries, like);',
        replace: 'const found = false as boolean && like && madeSince(tries, like);',
      },
      {
        breaks: 'keeps the mark of a write that was found',
        find: '    if (found) {\n      if (marker) await cache.delete(key);\n      return found.record;\n    }\n    if (highlevel',
        replace: '    if (found) return found.record;\n    if (highlevel',
      },
      {
        breaks: 'allows no difference between HighLevel’s clocks',
        find: 'return firstSent - CLOCK_SLACK_MS;',
        replace: 'return firstSent;',
      },
    ],
  ),
  ...faults(
    'lib/resources/contacts.ts',
    [
      'test/requests/contacts/contacts.test.ts',
      'test/requests/contacts/contact_details.test.ts',
      'test/requests/searches.test.ts',
      'test/requests/transport/autoreplay.test.ts',
    ],
    [
      {
        breaks: 'finds contacts with one of the tags',
        find: 'tags.every((tag) => row.tags.includes(tag))',
        replace: 'tags.some((tag) => row.tags.includes(tag))',
      },
      {
        breaks: 'leaves the owner out of a company’s contacts',
        find: ' && (assignedTo === undefined || row.assignedTo === assignedTo)',
        replace: '',
      },
      {
        breaks: 'finds contacts that were updated before the date',
        find: 'return contacts.filter(recent);',
        replace: 'return contacts;',
      },
      {
        breaks: 'finds a namesake with an email',
        find: '!row.email && !row.phone && (fullName',
        replace: '(fullName',
      },
      {
        breaks: 'asks for a lookup with a Private Integration Token',
        find: 'if (!highlevel.isOAuth) return [];',
        replace: '',
      },
      {
        breaks: 'drops a number outside every numbering plan',
        find: 'inPhone.phone ?? inPhone.unlikelyPhone',
        replace: 'inPhone.phone',
      },
      {
        breaks: 'takes an uncertain number from the email field',
        find: 'inEmail.phoneCertain ? inEmail.phone : null',
        replace: 'inEmail.phone',
      },
      {
        breaks: 'fails a write that took place because names cannot be read',
        find: '.catch(() => [])',
        replace: '',
      },
      {
        breaks: 'writes although more contacts are new than can be checked',
        find: 'contacts.length >= PAGE_SIZE && contacts.every(isNew)',
        replace: 'contacts.length > PAGE_SIZE',
      },
      {
        breaks: 'cuts a search text in the middle of a character',
        find: "slice(0, QUERY_LENGTH).replace(/[\\uD800-\\uDBFF]$/, '')",
        replace: 'slice(0, QUERY_LENGTH)',
      },
    ],
  ),
  ...faults(
    'lib/resources/tags.ts',
    ['test/requests/contacts/tags.test.ts'],
    [
      {
        breaks: 'splits a tag with a comma',
        find: 'known.has(normalized(item)) ? quotedTag(item) : item',
        replace: 'known.has(normalized(item)) ? item : item',
      },
      {
        breaks: 'quotes any text with a comma',
        find: 'hasComma(item) && known.has(normalized(item))',
        replace: 'hasComma(item)',
      },
      {
        breaks: 'finds a tag with the same case only',
        find: 'return tag.trim().toLowerCase();',
        replace: 'return tag.trim();',
      },
    ],
  ),
  ...faults(
    'lib/resources/tasks.ts',
    [
      'test/requests/tasks/tasks.test.ts',
      'test/requests/searches.test.ts',
      'test/requests/tasks/task_triggers.test.ts',
      'test/requests/polls.test.ts',
      'test/requests/transport/autoreplay.test.ts',
    ],
    [
      {
        breaks: 'returns deleted tasks',
        find: 'fresh.filter((task) => !task.deleted), isLast',
        replace: 'fresh, isLast',
      },
      {
        breaks: 'returns a task that stands on two pages twice',
        find: 'page.tasks.filter(({ id }) => !seen.has(id))',
        replace: 'page.tasks',
      },
      {
        breaks: 'takes a task with another due time for the same',
        find: " &&\n            Date.parse(dueDate ?? '') === Date.parse(task.dueDate)",
        replace: '',
      },
      {
        breaks: 'lists completed tasks first',
        find: 'Number(a.completed) - Number(b.completed) || due',
        replace: 'Number(b.completed) - Number(a.completed) || due',
      },
      {
        breaks: 'lists tasks without a due date first',
        find: 'Number.isNaN(moment) ? Infinity : moment',
        replace: 'Number.isNaN(moment) ? 0 : moment',
      },
      {
        breaks: 'ignores the owner in a contact’s tasks',
        find: '(search.assignedTo === undefined || row.assignedTo === search.assignedTo)',
        replace: 'true',
      },
      {
        breaks: 'stops a search at the first page',
        find: 'if (found.length >= MAX_TASKS) break;',
        replace: 'break;',
      },
    ],
  ),
  ...faults(
    'lib/resources/notes.ts',
    [
      'test/requests/notes/notes.test.ts',
      'test/requests/notes/note_search.test.ts',
      'test/requests/transport/autoreplay.test.ts',
      'test/requests/tasks/task_triggers.test.ts',
    ],
    [
      {
        breaks: 'trusts notes that are not sorted newest first',
        find: '!isNewestFirst(notes) || ',
        replace: '',
      },
      {
        breaks: 'reads one page too many',
        find: 'page < MAX_NOTE_PAGES',
        replace: 'page <= MAX_NOTE_PAGES',
      },
      {
        breaks: 'returns notes of other records',
        find: 'if (note.contactId) found.set(note.id, { ...note, contactId: note.contactId });',
        replace: "found.set(note.id, { ...note, contactId: note.contactId ?? '' });",
      },
      {
        breaks: 'keeps the state of a note on the earlier page',
        find: 'if (note.contactId) found',
        replace: 'if (note.contactId && !found.has(note.id)) found',
      },
      {
        breaks: 'takes a note with another title for the same',
        find: 'isSameText(body, note.body) && hasTitle(title)',
        replace: 'isSameText(body, note.body)',
      },
      {
        breaks: 'notices no new color',
        find: '[title, body, color, pinned]));',
        replace: '[title, body, pinned]));',
      },
    ],
  ),
  ...faults(
    'lib/resources/custom_fields.ts',
    ['test/requests/contacts/custom_fields.test.ts'],
    [
      {
        breaks: 'trims no blanks around an option of the same case',
        find: 'name.trim() === text.trim()',
        replace: 'name === text.trim()',
      },
      {
        breaks: 'trims no blanks around an option of another case',
        find: 'name.trim().toLowerCase() === given',
        replace: 'name.toLowerCase() === given',
      },
      {
        breaks: 'splits an option with a comma',
        find: 'if (whole !== undefined) return whole;',
        replace: '',
      },
      {
        breaks: 'takes the shortest option of several',
        find: 'while (end > start + 1 && knownOption(field, joined()) === undefined) end -= 1;',
        replace: 'end = start + 1;',
      },
      {
        breaks: 'sends an option twice',
        find: '[...new Set(options)]',
        replace: 'options',
      },
      {
        breaks: 'refuses a field that is newer than the cache',
        find: 'if (!(error instanceof InputError)) throw error;',
        replace: 'throw error;',
      },
      {
        breaks: 'clears a list with a text',
        find: "'list' in editor ? [] : ''",
        replace: "''",
      },
      {
        breaks: 'sends "n/a" as a phone number',
        find: ' && !isContactDetail(field);',
        replace: ';',
      },
      {
        breaks: 'splits the own words of a field that takes any',
        find: '(!field.isAllowedCustomOption || parts.every((part) => knownOption(field, part)))',
        replace: 'true',
      },
    ],
  ),
  ...faults(
    'lib/resources/names.ts',
    ['test/requests/names.test.ts'],
    [
      {
        breaks: 'looks names up again in each poll',
        find: 'if (news.length === 0) return;',
        replace: '',
        invisible:
          'Without news there is nothing to look up in any case; the line saves a call of the cache.',
      },
      {
        breaks: 'reads more contacts than in three lookups',
        find: 'Math.min(ids.length, MAX_LOOKUPS * PER_LOOKUP)',
        replace: 'ids.length',
      },
      {
        breaks: 'replaces a detail that a record has',
        find: 'key in row && row[key] === null) row[key]',
        replace: 'key in row) row[key]',
      },
      {
        breaks: 'asks again for a list that HighLevel refuses',
        find: 'if (isOfAll) await cache.set(key, true, SECONDS);',
        replace: '',
      },
      {
        breaks: 'remembers a rate limit as a refusal',
        find: "error.kind !== 'throttled' && ",
        replace: '',
      },
      {
        breaks: 'lets names take the time of the step',
        find: 'const more = { withinMs: WITHIN_MS };',
        replace: 'const more = {};',
      },
      {
        breaks: 'reads lists without a cache in each run',
        find: ' || !cache.isWorking()) return undefined;',
        replace: ') return undefined;',
      },
    ],
  ),
  ...faults(
    'lib/resources/messages.ts',
    ['test/requests/conversations/messages.test.ts', 'test/requests/transport/autoreplay.test.ts'],
    [
      {
        breaks: 'sends a message although another was sent since',
        find: 'if (like.length === 0 && sentSince.length > 0) throw mayBeAnother(kind);',
        replace: '',
      },
      {
        breaks: 'takes a message of a workflow for the step’s',
        find: " &&\n      !OTHER_SOURCES.has(row.source ?? '')",
        replace: '',
      },
      {
        breaks: 'takes the visitor’s message for the step’s',
        find: "row.direction !== 'inbound' &&\n",
        replace: '',
      },
      {
        breaks: 'takes another contact’s conversation',
        find: 'conversations.find((one) => one.contactId === contactId)',
        replace: 'conversations[0]',
      },
      {
        breaks: 'accepts an attachment without encryption',
        find: "parsed?.protocol !== 'https:' || ",
        replace: '',
      },
      {
        breaks: 'sends signs of plain text as HTML',
        find: ".replaceAll('<', '&lt;')",
        replace: '',
      },
      {
        breaks: 'writes to the first of two addresses',
        find: "email !== null && !rest?.includes('@')",
        replace: 'email !== null',
      },
      {
        breaks: 'returns more messages than asked for',
        find: '    .slice(0, limit)\n',
        replace: '',
      },
      {
        breaks: 'returns no subject of a mail in the transcript',
        find: '[message.subject, message.bodyText,',
        replace: '[message.bodyText,',
      },
    ],
  ),
  ...faults(
    'lib/resources/submissions.ts',
    ['test/requests/conversations/submissions.test.ts', 'test/requests/names.test.ts'],
    [
      {
        breaks: 'asks for all forms',
        find: 'formId: id',
        replace: 'formId: undefined',
      },
      {
        breaks: 'lists a page of forms that HighLevel refuses',
        find: 'export const QUESTIONNAIRES_PAGE = 50;',
        replace: 'export const QUESTIONNAIRES_PAGE = 100;',
      },
    ],
  ),
  ...faults(
    'lib/resources/appointments.ts',
    [
      'test/requests/appointments/appointments.test.ts',
      'test/requests/appointments/appointment_triggers.test.ts',
      'test/requests/transport/autoreplay.test.ts',
      'test/requests/searches.test.ts',
      'test/requests/dropdowns.test.ts',
    ],
    [
      {
        breaks: 'takes an appointment in another calendar for the same',
        find: 'row.calendarId === calendarId &&\n',
        replace: '',
      },
      {
        breaks: 'lists past appointments before upcoming ones',
        find: 'isPast(a) - isPast(b) ||',
        replace: 'isPast(b) - isPast(a) ||',
      },
      {
        breaks: 'lists canceled appointments first',
        find: 'isCancelled(a) - isCancelled(b) || ',
        replace: '',
      },
      {
        breaks: 'fails because of one calendar that was deleted',
        find: 'if (!isOfOneCalendar(error)) throw error;\n      refusal',
        replace: 'throw error;\n      refusal',
      },
      {
        breaks: 'returns nothing though every calendar is refused',
        find: 'if (refusal && lists.every((list) => list === undefined)) throw refusal;',
        replace: '',
      },
      {
        breaks: 'leaves times without a zone as they are',
        find: 'return appointments.map((event) => zoned(event, zone));',
        replace: 'return appointments;',
      },
      {
        breaks: 'books a canceled appointment again',
        find: "(row.appointmentStatus !== 'cancelled' || row.dateAdded !== null)",
        replace: "row.appointmentStatus !== 'cancelled'",
      },
    ],
  ),
  ...faults(
    'lib/resources/opportunities.ts',
    ['test/requests/opportunities/opportunities.test.ts'],
    [
      {
        breaks: 'takes a row that the filters should have left out',
        find: 'rows: opportunities.filter((row) => fits(row, filters))',
        replace: 'rows: opportunities',
      },
      {
        breaks: 'creates an opportunity beside one that the search does not know yet',
        find: '  if (recent) return remember(await updateOpportunity(highlevel, recent.id, update));\n',
        replace: '',
      },
      {
        breaks: 'updates an opportunity that was closed meanwhile',
        find: "return found.status === 'open' || found.status === status ? found : undefined;",
        replace: 'return found;',
      },
      {
        breaks: 'creates a second one when a step that closes it is replayed',
        find: "found.status === 'open' || found.status === status",
        replace: "found.status === 'open'",
      },
      {
        breaks: 'fails where the sub-account allows no second one',
        find: 'if (!existing) throw error;\n    return remember',
        replace: 'if (existing) throw error;\n    return remember',
      },
      {
        breaks: 'sends a stage without its pipeline',
        find: 'return { pipelineId: found.id, pipelineStageId };',
        replace: 'return { pipelineStageId };',
      },
      {
        breaks: 'drops the lost reason',
        find: 'await setStatus(highlevel, opportunityId, { status, lostReasonId });',
        replace: 'await setStatus(highlevel, opportunityId, { status });',
      },
      {
        breaks: 'returns no custom fields after writing them',
        find: 'customFields.map(({ id: fieldId, field_value: value }) => ({ id: fieldId, value }))',
        replace: '[]',
      },
      {
        breaks: 'returns an open opportunity twice',
        find: '...others.filter((row) => !known.has(row.id))',
        replace: '...others',
      },
      {
        breaks: 'reads the others although a status is chosen',
        find: 'filters.status !== undefined || first.length >= limit',
        replace: 'first.length >= limit',
      },
    ],
  ),
  ...faults(
    'lib/capture/opportunity.ts',
    ['test/requests/capture/opportunity.test.ts'],
    [
      {
        breaks: 'creates an opportunity for each event of a chat',
        find: '  await highlevel.cache.set(key, one.id, DAY / 1000);\n',
        replace: '',
      },
      {
        breaks: 'ignores one that was created since the chat began',
        find: '?? known.find(isOfChat)',
        replace: '',
      },
      {
        breaks: 'takes any older one for that of the chat',
        find: 'Date.parse(startedAt) - CLOCK_SLACK_MS',
        replace: '0',
      },
      {
        breaks: 'says nothing of a closed one that stands in the way',
        find: "if (found.status !== 'open')",
        replace: 'if (false)',
      },
      {
        breaks: 'reads the opportunities of a contact that has just been created',
        find: 'const known = isNew ? [] : await rows();',
        replace: 'const known = await rows();',
      },
    ],
  ),
];

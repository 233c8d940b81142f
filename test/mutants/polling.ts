import { faults } from './mutant.ts';

export const polling = [
  ...faults(
    'lib/polling/window.ts',
    ['test/unit/polling/window.test.ts'],
    [
      {
        breaks: 'lets windows begin where the last one ended, without an overlap',
        find: 'now - previous + OVERLAP',
        replace: 'now - previous',
      },
      {
        breaks: 'lets a window be longer than 24 hours',
        find: 'now - Math.min(Math.max(HOUR, since), MAX_LENGTH)',
        replace: 'now - Math.max(HOUR, since)',
      },
      {
        breaks: 'reads a time without an offset in UTC only',
        find: 'if (moment === null || !needsZone(moment)) return true;',
        replace: 'return true;',
      },
      {
        breaks: 'takes a record without a date for an old one',
        find: 'if (!(epochOf(moment) < limit)) return false;',
        replace: 'if (epochOf(moment) >= limit) return false;',
      },
      {
        breaks: 'shares a window between filters',
        find: '${key}:${JSON.stringify(filters)}`',
        replace: '${key}`',
      },
    ],
  ),
  ...faults(
    'lib/polling/progress.ts',
    ['test/unit/polling/progress.test.ts'],
    [
      {
        breaks: 'returns more to Zapier than fits',
        find: 'if (bytes > 0 && bytes + size > MAX_ANSWER_BYTES) return false;',
        replace: '',
      },
      {
        breaks: 'returns nothing if the first record is too large',
        find: 'if (bytes > 0 && bytes',
        replace: 'if (bytes',
      },
      {
        breaks: 'starts a read that there is no time for',
        find: 'slowest * 1.25 + MIN_TIME_LEFT_MS',
        replace: 'MIN_TIME_LEFT_MS',
      },
      {
        breaks: 'goes on with a token that is refused',
        find: 'error instanceof ApiError && PASSING.has(error.kind)',
        replace: 'error instanceof ApiError',
      },
    ],
  ),
  ...faults(
    'lib/polling/turns.ts',
    [
      'test/unit/polling/turns.test.ts',
      'test/requests/tasks/task_triggers.test.ts',
      'test/requests/polls.test.ts',
    ],
    [
      {
        breaks: 'closes the window of a note poll though contacts were left out',
        find: 'const rest = [...due].filter((id) => !done.has(id));',
        replace: 'const rest: string[] = [];',
      },
      {
        breaks: 'closes the window as of the last poll of a round',
        find: 'await window.close(round?.began);',
        replace: 'await window.close();',
      },
      {
        breaks: 'forgets when a round began',
        find: 'began: round?.began ?? window.openedAt',
        replace: 'began: window.openedAt',
      },
      {
        breaks: 'leaves no requests to other Zaps',
        find: 'highlevel.requestsLeft() >= RESERVED_REQUESTS + 2 * CONCURRENCY - 1',
        replace: 'highlevel.requestsLeft() > 0',
      },
      {
        breaks: 'drops lists that a later poll no longer names',
        find: '(id) => !onlyNamed || ids.includes(id)',
        replace: '(id) => ids.includes(id)',
      },
      {
        breaks: 'asks on though four lists failed',
        find: 'if (failed.flat().length === batch.length) break;',
        replace: '',
      },
      {
        breaks: 'reads new lists before those that were left',
        find: 'new Set([...left, ...ids])',
        replace: 'new Set([...ids, ...left])',
      },
    ],
  ),
  ...faults(
    'lib/polling/search.ts',
    [
      'test/requests/contacts/contact_triggers.test.ts',
      'test/requests/contacts/field_triggers.test.ts',
      'test/robustness/polls/bursts.test.ts',
    ],
    [
      {
        breaks: 'closes the window though pages are left',
        find: 'if (rest.length > 0) {',
        replace: 'if (rest.length > 1_000) {',
      },
      {
        breaks: 'looks back further than a day for what was left',
        find: 'Math.max(until, this.#window.openedAt - DAY)',
        replace: 'until',
      },
      {
        breaks: 'returns a record twice',
        find: 'if (this.#ids.has(record.id)) continue;',
        replace: '',
      },
      {
        breaks: 'fails at once if a later page fails',
        find: 'if (!mayPass(error)) throw error;\n      this.failure',
        replace: 'throw error;\n      this.failure',
      },
      {
        breaks: 'never fails though later pages always do',
        find: 'failures > MAX_FAILURES',
        replace: 'failures > 1_000',
      },
      {
        breaks: 'stops at a page that the server made shorter',
        find: 'if (!mayGoOn(page, asked, received)) return [];',
        replace: 'if (page.received < asked) return [];',
      },
      {
        breaks: 'reads on where the last poll began',
        find: 'if (met >= 0) return [];',
        replace: '',
      },
      {
        breaks: 'fills the dedupe table with one page',
        find: 'if (!mayGoOn(first, PAGE_SIZE, first.received)) return filled(true);',
        replace: 'return filled(true);',
      },
      {
        breaks: 'leaves out the last page of a full table',
        find: 'pages - next + 1)',
        replace: 'pages - next)',
      },
      {
        breaks: 'calls a table complete though a page failed',
        find: 'filled(isEveryPage && !failed)',
        replace: 'filled(isEveryPage)',
      },
    ],
  ),
  ...faults(
    'lib/polling/contacts.ts',
    ['test/requests/contacts/contact_triggers.test.ts', 'test/robustness/polls/bursts.test.ts'],
    [
      {
        breaks: 'triggers for an old contact that got a tag',
        find: '!(await window.isOlderThanMax(row.dateAdded))',
        replace: 'true',
      },
    ],
  ),
  ...faults(
    'lib/polling/opportunities.ts',
    ['test/requests/opportunities/opportunity_triggers.test.ts'],
    [
      {
        breaks: 'triggers for the first stage of a new opportunity',
        find: '<= FIRST_MS',
        replace: '< 0',
      },
      {
        breaks: 'triggers for an old opportunity that came into the pipeline',
        find: '!(await window.isOlderThanMax(row.createdAt))',
        replace: 'true',
      },
      {
        breaks: 'triggers for an old change of an opportunity that came into the pipeline',
        find: 'window.includes(row[by], from)',
        replace: 'true',
      },
      {
        breaks: 'sorts by another date than the one it watches',
        find: 'sort: SORTS[by]',
        replace: "sort: 'date_updated'",
      },
    ],
  ),
  ...faults(
    'lib/polling/tasks.ts',
    ['test/requests/tasks/task_triggers.test.ts', 'test/robustness/polls/bursts.test.ts'],
    [
      {
        breaks: 'triggers for an old task that was assigned',
        find: '!(await isOlderThanMax(task.dateAdded))',
        replace: 'true',
      },
      {
        breaks: 'returns a part of a list that is too long',
        find: 'found = [...newest.slice(0, minReturned), ...recent];\n      if (!isLast && isLate(highlevel)) throw tooMany(read);',
        replace:
          'found = [...newest.slice(0, minReturned), ...recent];\n      if (!isLast && isLate(highlevel)) break;',
      },
      {
        breaks: 'triggers for old tasks that are not in the dedupe table',
        find: '=== undefined ? MIN_RETURNED : 0',
        replace: '=== undefined ? MIN_RETURNED : MIN_RETURNED',
      },
      {
        breaks: 'closes the window though tasks did not fit',
        find: 'if (up.length + down.length === newer.length + older.length) {',
        replace: 'if (down.length > 0) {',
      },
      {
        breaks: 'closes the window as of the last part',
        find: 'await window.close(began);',
        replace: 'await window.close();',
      },
      {
        breaks: 'forgets newer tasks while older ones are left',
        find: '? sorted.filter((task) => order(place(task), before.newest) < 0).toReversed() : [];',
        replace: '? [] : [];',
      },
      {
        breaks: 'keeps whole tasks while it fills the dedupe table',
        find: "page.map((task) => keepOnly(task, ['id', 'dateAdded', 'dateUpdated']))",
        replace: 'page',
        invisible:
          'Zapier gets the primary fields alone in any case; this only saves memory, which test/robustness/polls/memory.test.ts measures for contacts.',
      },
    ],
  ),
  ...faults(
    'lib/polling/notes.ts',
    [
      'test/requests/tasks/task_triggers.test.ts',
      'test/requests/notes/note_search.test.ts',
      'test/requests/polls.test.ts',
      'test/requests/notes/notes.test.ts',
    ],
    [
      {
        breaks: 'triggers for an old note of a contact that was updated',
        find: "mode === 'poll' ? await filterAsync(found, ({ dateAdded }) => window.includes(dateAdded)) : found;\n  return due",
        replace: 'found;\n  return due',
      },
      {
        breaks: 'triggers for an old note on the last page of the search',
        find: "mode === 'poll' ? filterAsync(found, ({ dateAdded }) => lookback.includes(dateAdded)) : found",
        replace: 'found',
      },
      {
        breaks: 'never closes the window of the search',
        find: '  await lookback.close();\n',
        replace: '',
      },
      {
        breaks: 'triggers for notes of every author',
        find: 'note.userId === userId;',
        replace: 'true;',
      },
      {
        breaks: 'shares a window between authors',
        find: 'const key = `${poll.key}:${userId}`;',
        replace: 'const key = poll.key;',
      },
      {
        breaks: 'reads notes of contacts without the tags',
        find: 'tags.every((tag) => member.tags.includes(tag))',
        replace: 'true',
      },
      {
        breaks: 'fails because of a contact that was deleted',
        find: "if (error instanceof ApiError && error.kind === 'not found') return [];",
        replace: '',
      },
      {
        breaks: 'spends more requests than a poll has',
        find: 'Math.min(limit, MAX_REQUESTS - requestsFor(members.length))',
        replace: 'limit',
      },
    ],
  ),
  ...faults(
    'lib/polling/appointments.ts',
    [
      'test/requests/appointments/appointment_triggers.test.ts',
      'test/requests/polls.test.ts',
      'test/requests/appointments/appointments.test.ts',
    ],
    [
      {
        breaks: 'triggers for an old appointment',
        find: "mode === 'poll' ? await filterAsync(rows, (row) => window.includes(row[by] ?? row.dateAdded)) : rows",
        replace: 'rows',
      },
      {
        breaks: 'never closes the window of a chosen calendar',
        find: "if (mode !== 'sample' && isChosen(poll)) await window.close();",
        replace: '',
      },
      {
        breaks: 'ignores the status',
        find: '(!poll.appointmentStatus || row.appointmentStatus === poll.appointmentStatus)',
        replace: 'true',
      },
      {
        breaks: 'ignores the calendar of a contact’s appointments',
        find: '(!poll.calendarId || row.calendarId === poll.calendarId) &&',
        replace: '',
      },
      {
        breaks: 'closes the window though every calendar was refused',
        find: 'if (refusals.length === asked.length) throw error;\n',
        replace: '',
      },
      {
        breaks: 'watches more calendars than it says',
        find: 'if (calendars.length <= MAX_CALENDARS) return calendars;',
        replace: 'if (calendars.length > 0) return calendars;',
      },
      {
        breaks: 'asks for appointments of the past only',
        find: 'endTime: now + DAYS_AHEAD * DAY',
        replace: 'endTime: now',
      },
    ],
  ),
  ...faults(
    'lib/polling/field_updates.ts',
    ['test/requests/contacts/field_triggers.test.ts'],
    [
      {
        breaks: 'triggers for a new contact without a value',
        find: '    known.add(mark);\n    return false;',
        replace: '    known.add(mark);\n    return true;',
      },
      {
        breaks: 'never triggers when a value is emptied again',
        find: ' || known.has(HAD_VALUE + mark)',
        replace: '',
      },
      {
        breaks: 'forgets that a contact without a value has got one',
        find: '      known.delete(mark);\n',
        replace: '',
      },
      {
        breaks: 'takes an older contact whose value was emptied for a new one',
        find: 'added > on && added > highlevel.now() - DAY',
        replace: 'added > 0',
      },
      {
        breaks: 'triggers for other values than the wanted one',
        find: "if (wanted !== undefined && wanted !== '') return found.filter(isWanted);",
        replace: "if (wanted !== undefined && wanted !== '') return found;",
      },
      {
        breaks: 'fails though a filter would leave few enough contacts',
        find: 'if (!filter || !(error instanceof TooManyContacts)) throw error;',
        replace: 'throw error;',
      },
      {
        breaks: 'shares a position between fields',
        find: 'contact_field_updated:${digest(filters)}',
        replace: 'contact_field_updated',
      },
    ],
  ),
  ...faults(
    'lib/polling/due_tasks.ts',
    ['test/requests/tasks/due_tasks.test.ts'],
    [
      {
        breaks: 'triggers for tasks that are long overdue',
        find: ' && at >= now - MAX_DAYS_OVERDUE * DAY',
        replace: '',
      },
      {
        breaks: 'triggers when the task is due, not before',
        find: 'now + hoursBefore * HOUR',
        replace: 'now',
      },
      {
        breaks: 'triggers for a completed task',
        find: '!completed && at <=',
        replace: 'at <=',
      },
      {
        breaks: 'reads completed tasks as well',
        find: '    completed: false,\n',
        replace: '',
      },
      {
        breaks: 'returns the earliest due date first',
        find: '(epochOf(b.dueDate) || 0) - (epochOf(a.dueDate) || 0)',
        replace: '(epochOf(a.dueDate) || 0) - (epochOf(b.dueDate) || 0)',
      },
    ],
  ),
  ...faults(
    'lib/polling/status_changes.ts',
    ['test/requests/appointments/appointment_triggers.test.ts'],
    [
      {
        breaks: 'takes a new booking for a change',
        find: '    first.set(row.id, row.appointmentStatus);\n    return false;',
        replace: '    first.set(row.id, row.appointmentStatus);\n    return true;',
      },
      {
        breaks: 'takes an edit of anything for a change',
        find: 'if (before === row.appointmentStatus) return false;',
        replace: '',
      },
      {
        breaks: 'misses the change back to the first status',
        find: '      first.set(row.id, CHANGED);\n',
        replace: '',
      },
      {
        breaks: 'takes an old booking with its first status for a new one',
        find: 'epochOf(dateAdded) > highlevel.now() - DAY && ',
        replace: '',
      },
      {
        breaks: 'drops bookings that have the status of the filter from the start',
        find: "mode !== 'poll' || poll.appointmentStatus !== undefined",
        replace: "mode !== 'poll'",
      },
    ],
  ),
  ...faults(
    'lib/polling/upcoming_appointments.ts',
    ['test/requests/appointments/appointment_triggers.test.ts'],
    [
      {
        breaks: 'triggers for canceled appointments',
        find: "appointmentStatus !== 'cancelled' && start",
        replace: 'start',
      },
      {
        breaks: 'triggers for appointments that have begun',
        find: 'start > now && start <=',
        replace: 'start <=',
      },
      {
        breaks: 'trusts HighLevel to leave out later appointments',
        find: ' && start <= now + ahead',
        replace: '',
      },
      {
        breaks: 'asks by a clock that is wrong',
        find: 'if (isClockWrong && (calendarId ?? assignedUserId)) found = await read();',
        replace: '',
      },
      {
        breaks: 'returns the appointments of other users',
        find: '    .filter((row) => !assignedUserId || row.assignedUserId === assignedUserId)\n',
        replace: '',
      },
    ],
  ),
  ...faults(
    'lib/polling/messages.ts',
    ['test/requests/conversations/messages.test.ts', 'test/robustness/polls/message_bursts.test.ts'],
    [
      {
        breaks: 'reads no emails',
        find: 'isWithoutEmails ? [undefined] : [undefined, ',
        replace: 'isWithoutEmails ? [undefined] : [',
      },
      {
        breaks: 'reads emails that no channel asks for',
        find: 'isWithoutEmails ? [undefined] : ',
        replace: '',
      },
      {
        breaks: 'triggers for outgoing messages',
        find: "if (direction !== 'both' && row.direction !== null && row.direction !== direction) return false;",
        replace: '',
      },
      {
        breaks: 'triggers for events in the conversation',
        find: '!isMessage(row) || (contactId',
        replace: '(contactId',
      },
      {
        breaks: 'closes the window though messages are left',
        find: 'if (isWhole) await window',
        replace: 'await window',
      },
      {
        breaks: 'misses a message that shows late in the list',
        find: 'unread.top - LATE_MS',
        replace: 'unread.top',
      },
      {
        breaks: 'skips the rest of a second after a cut',
        find: '(Math.floor(end / SECOND) + 1) * SECOND',
        replace: 'Math.floor(end / SECOND) * SECOND',
      },
      {
        breaks: 'closes the window as of the list that was read last',
        find: 'Math.min(...began) : undefined',
        replace: 'Math.max(...began) : undefined',
      },
      {
        breaks: 'returns a message twice',
        find: ' || this.#ids.has(row.id)) return true;',
        replace: ') return true;',
      },
    ],
  ),
  ...faults(
    'lib/polling/submissions.ts',
    ['test/requests/conversations/submissions.test.ts'],
    [
      {
        breaks: 'triggers for old submissions of the day before',
        find: "mode === 'poll' ? await filterAsync(found, ({ createdAt }) => window.includes(createdAt)) : found",
        replace: 'found',
      },
      {
        breaks: 'asks for today only',
        find: 'Math.min(now - DAY, previous.start - ZONE)',
        replace: 'now',
      },
      {
        breaks: 'misses what came in while the Zap was off',
        find: 'Math.min(now - DAY, previous.start - ZONE)',
        replace: 'now - DAY',
      },
      {
        breaks: 'leaves out submissions of time zones that are a day ahead',
        find: 'const endAt = dayOf(now + DAY);',
        replace: 'const endAt = dayOf(now);',
      },
      {
        breaks: 'reads a page that repeats the last one until the end',
        find: ' || isStuck) return',
        replace: ') return',
      },
      {
        breaks: 'shares a window between forms',
        find: 'const previous = await openWindow(highlevel, key, [id]);',
        replace: 'const previous = await openWindow(highlevel, key, []);',
      },
      {
        breaks: 'never closes the window',
        find: '  await window.close();\n',
        replace: '',
      },
      {
        breaks: 'returns a part of the pages if there are more than 20',
        find: '  }\n  return undefined;\n}\n\n/** Whether another',
        replace: '  }\n  return [...found.values()];\n}\n\n/** Whether another',
      },
    ],
  ),
];

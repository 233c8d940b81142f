import { eventFilter, namesKnownEvent } from '../../../lib/webhooks/event_filter.ts';

const CHOICES = { NoteCreate: 'Note Added', chat_finished: 'Chat Finished', call_event: 'Call' };

test.each([
  [['NoteCreate'], 'NoteCreate', true],
  [['Note Added'], 'NoteCreate', true],
  [['note added'], 'NoteCreate', true],
  [['NoteCreate'], 'note added', true],
  [['Note Added'], 'NOTE ADDED', true],
  [['notecreate'], 'note_added', true],
  [['chat_finished,call_event'], 'call_event', true],
  [['Chat finished; Call'], 'chat_finished', true],
  [['["chat_finished","Call"]'], 'call_event', true],
  [['chat_finished\nCALL'], 'call_event', true],
  [['deal won'], 'Deal Won', true],
  [['Deal won, big'], 'deal won, big', true],
  [['заметка'], 'Заметка', true],
  [['🔥'], '🔥', true],
  [['Note Added'], 'NoteUpdate', false],
  [['chat_finished'], 'call_event', false],
  [['🔥'], '👍', false],
  [['chat'], 'chat_finished', false],
])('%j on %j is %j', (chosen, event, passes) => {
  expect(eventFilter(chosen, CHOICES)(event)).toBe(passes);
});

test.each([
  [['chat_finished'], true],
  [['CHAT FINISHED'], true],
  [['something, Note added'], true],
  [['chat_finnished'], false],
  [['something', '🔥'], false],
])('%j names a known event: %j', (chosen, known) => {
  expect(namesKnownEvent(chosen, CHOICES)).toBe(known);
});

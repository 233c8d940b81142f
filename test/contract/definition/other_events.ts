/**
 * The output fields of an instant trigger that its sample does not have, because one event has only some of them: no offline
 * message beside a finished chat, no task beside a note.
 */
export function isOfOtherEvents(at: string): boolean {
  return (
    /^jivochat_event\.(?:message|offlineMessageId|crmLink|call[A-Z]\w+)$/.test(at) ||
    /^highlevel_event\.(?:contact|task|appointment)__/.test(at)
  );
}

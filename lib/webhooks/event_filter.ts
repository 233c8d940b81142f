import { normalizedName } from '../base/event_name.ts';

/**
 * Returns a filter for a step's list of events. `chosen` is what a user typed or mapped: keys or labels of `choices`, or the
 * other system's event names, in any case, as a list or several in one text (`chat_finished,offline_message`). The key and
 * the label of a choice are the same event.
 */
export function eventFilter(
  chosen: readonly string[],
  choices: Readonly<Record<string, string>>,
): (name: string) => boolean {
  const keys = keysByName(choices);
  const wanted = new Set(namesIn(chosen).map((name) => keys.get(name) ?? name));
  return (name) => {
    const event = normalizedName(name);
    return wanted.has(keys.get(event) ?? event);
  };
}

/** The events in a step's list: the keys of choices, and other names as they were typed, normalized. */
export function chosenEvents(chosen: readonly string[], choices: Readonly<Record<string, string>>): string[] {
  const keys = keysByName(choices);
  const original = new Map(Object.keys(choices).map((key) => [normalizedName(key), key]));
  const names = namesIn(chosen).map((name) => {
    const key = keys.get(name);
    return (key !== undefined && original.get(key)) || name;
  });
  return [...new Set(names)];
}

/** Whether a step's list of events has at least one of the known ones, by key or by label. */
export function namesKnownEvent(
  chosen: readonly string[],
  choices: Readonly<Record<string, string>>,
): boolean {
  const keys = keysByName(choices);
  return namesIn(chosen).some((name) => keys.has(name));
}

/** The key of each choice, by its key and by its label. All are normalized. */
function keysByName(choices: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(choices).flatMap(([key, label]) =>
      [key, label].map((name) => [normalizedName(name), normalizedName(key)] as const),
    ),
  );
}

/** The normalized names in a list: each whole item and, if it contains several names, each of them. */
function namesIn(chosen: readonly string[]): string[] {
  return chosen
    .flatMap((item) => [item, ...item.split(/[,;|\n]/)])
    .map(normalizedName)
    .filter((name) => name !== '');
}

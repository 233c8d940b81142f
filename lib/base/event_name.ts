/** Normalizes an event's name: "Note Added", `note_added` and `NoteAdded` are the same. */
export function normalizedName(name: string): string {
  const text = name.normalize('NFKC').toLowerCase();
  return text.replace(/[^\p{L}\p{M}\p{N}]/gu, '') || text.trim();
}

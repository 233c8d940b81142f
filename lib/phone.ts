export function toE164(_raw: string, _country?: string): string | null {
  return null;
}

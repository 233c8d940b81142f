import { createPublicKey, verify } from 'node:crypto';

/** HighLevel's public key for webhooks, Ed25519. Source: HighLevel's webhook guide, as cited by several integrators. */
const KEY = 'MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=';
/** The header that carries the signature, base64. */
export const SIGNATURE_HEADER = 'x-ghl-signature';

/**
 * Whether HighLevel signed this body: Ed25519 over the raw text, by HighLevel's published key. HIGHLEVEL_WEBHOOK_KEY (base64
 * of a DER public key) takes its place, for the day HighLevel changes it. Never throws: what cannot be checked is false.
 */
export function isSigned(raw: string, signature: string): boolean {
  try {
    const der = Buffer.from(process.env.HIGHLEVEL_WEBHOOK_KEY || KEY, 'base64');
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return verify(null, Buffer.from(raw, 'utf8'), key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}

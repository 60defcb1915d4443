import { timingSafeEqual } from 'node:crypto'
import type { Seal } from '../../store/seal.ts'

/**
 * What a button carries: what it is about and a keyed hash over it, so that a token that was edited, or put under another
 * button, is no token. It outlives restarts: only the desk's key makes and knows them.
 */
export type Tokens = {
  /** `ref` names what is meant; `version` is what must still be so when it is pressed (a proposal's stored hash). */
  make(made: { action: string; ref: string[]; version?: string }): string
  /** What a token says it is about, not yet believed; undefined when it is no token. */
  refOf(token: string): string[] | undefined
  /** Whether the desk made this token for this action and this version. */
  isOurs(given: { action: string; token: string; version?: string }): boolean
}

export function openTokens(seal: Pick<Seal, 'lookup'>): Tokens {
  const macOf = (action: string, ref: string, version: string) => seal.lookup(JSON.stringify(['button', action, ref, version]))
  return {
    make({ action, ref, version = '' }) {
      const packed = Buffer.from(JSON.stringify(ref)).toString('base64url')
      return `${packed}.${macOf(action, packed, version)}`
    },
    refOf(token) {
      const [packed = '', mac, ...more] = token.split('.')
      if (mac === undefined || more.length > 0) return undefined
      try {
        const ref: unknown = JSON.parse(Buffer.from(packed, 'base64url').toString('utf8'))
        return Array.isArray(ref) && ref.every((part) => typeof part === 'string') ? ref : undefined
      } catch {
        return undefined
      }
    },
    isOurs({ action, token, version = '' }) {
      const dot = token.lastIndexOf('.')
      const expected = Buffer.from(macOf(action, token.slice(0, Math.max(dot, 0)), version))
      const given = Buffer.from(token.slice(dot + 1))
      return given.length === expected.length && timingSafeEqual(given, expected)
    },
  }
}

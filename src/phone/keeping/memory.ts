import { z } from 'zod'
import type { Say } from '../../messages/messages.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Seal } from '../../store/seal.ts'

/** Where a conversation stands: what the next words will most likely be about. */
const stages = ['open', 'number', 'code', 'link', 'message', 'more'] as const

/** It is ours, kept as it was. */
const AnySay = z.custom<Say>((value) => typeof value === 'object' && value !== null && 'template' in value)

/** What a call remembers between two turns; sealed at rest. */
export const Memory = z.object({
  stage: z.enum(stages).default('open'),
  /** Who the caller has proven to be. */
  clientId: z.string().optional(),
  /** A code that was texted, by its keyed hash; `clientIds` are those who have the number, none for a number that is on nobody's record (the caller is not told). */
  code: z.object({ hash: z.string(), clientIds: z.array(z.string()), expiresAt: z.string(), tries: z.number() }).optional(),
  codesSent: z.number().default(0),
  /** What the caller wanted when they were asked who they are; taken up after that. */
  wish: z.string().optional(),
  confusions: z.number().default(0),
  silences: z.number().default(0),
  /** A policy section whose link was offered. */
  link: z.string().optional(),
  linksSent: z.number().default(0),
  /** What the last turn asked (its rows in the client's thread, and what was to be said), and the words that must have been heard for it to count. */
  asked: z.object({ textIds: z.array(z.number()), mustHear: z.string(), says: z.array(AnySay) }).optional(),
  /** A question that was not heard to its end, to be asked again. */
  cut: z.array(AnySay).optional(),
  /** Whether what they were asked by text has come up in this call. */
  mentioned: z.boolean().default(false),
  /** What was said last, for "say that again". */
  last: z.array(z.string()).default([]),
  /** Whether the desk was rung and did not answer. */
  deskRang: z.boolean().default(false),
})
export type Memory = z.infer<typeof Memory>

export function sealMemory(seal: Seal, memory: Memory): string {
  return seal.seal(JSON.stringify(memory))
}

/** Throws `DeskError('corrupt')` for what was sealed with another key. */
export function openMemory(seal: Seal, sealed: string): Memory {
  const parsed = Memory.safeParse(JSON.parse(seal.open(sealed)))
  if (!parsed.success) throw new DeskError('corrupt', { message: 'a call remembers what this version cannot read' })
  return parsed.data
}

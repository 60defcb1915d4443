import type { DeskError } from '../salon/errors.ts'
import type { Action } from './action.ts'

/** What to offer instead when somebody else was first; nothing for other refusals, or when that cannot be found out now. */
export async function findAlternatives({ action, args, error }: { action: Action; args: unknown; error: DeskError }): Promise<string[]> {
  if (error.code !== 'conflict' || action.alternatives === undefined) return []
  return action.alternatives(args).catch(() => [])
}

/** "That time is no longer free. Free instead: Friday 27 November at 3:00 pm; …" */
export function sayRefusal({ words, alternatives }: { words: string; alternatives: string[] }): string {
  return alternatives.length === 0 ? words : `${words} Free instead: ${alternatives.join('; ')}.`
}

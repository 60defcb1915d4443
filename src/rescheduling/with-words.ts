import type { Answered } from '../messages/messages.ts'
import { DeskError } from '../salon/errors.ts'

/** Handlers never throw for what the platform says: a person gets the reply, with why. */
export async function withWords<Result extends Answered | undefined>(work: () => Promise<Result>): Promise<Result | Extract<Answered, { did: 'handed_over' }>> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DeskError) return { did: 'handed_over', why: error.code }
    throw error
  }
}

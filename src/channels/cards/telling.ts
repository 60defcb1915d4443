import type { Proposal } from '../../approvals/proposal.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Zone } from '../../salon/time.ts'
import { namesOf } from '../../store/people.ts'
import { type CardRoom, locationOf } from './card-room.ts'
import type { Telling } from './proposal-card.ts'

/** The zone of a proposal's location, and the names of everybody who had to do with it. */
export async function tellingOf({ room, proposal }: { room: CardRoom; proposal: Proposal }): Promise<Telling> {
  const { requestedBy, decidedBy, byHand, locationId } = proposal
  const [names, zone] = await Promise.all([namesOf(room.store.db, [requestedBy, decidedBy, byHand?.doneBy].filter((id) => id !== null && id !== undefined)), zoneOf(room, locationId)])
  return { zone, now: room.clock.now(), nameOf: (id) => names.get(id) ?? id }
}

async function zoneOf(room: CardRoom, locationId: string): Promise<Zone> {
  return locationOf(room, locationId).then(({ zone }) => zone, (error: unknown) => {
    // A card must be readable while the booking system is away, or after a location is gone.
    if (error instanceof DeskError) return 'UTC'
    throw error
  })
}

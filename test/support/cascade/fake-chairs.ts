import type { Random } from '../../../src/salon/seeded-random.ts'

/** Chairs of a booking platform that can be away, lose its answers, or say no; one key books at most once. */
export type Chair = { id: string; start: number; end: number; takenAt?: number; takenBy?: string; appointmentId?: string }
type Mode = 'up' | 'down' | 'lossy'
export type Came = { came: 'booked' | 'taken' | 'refused' | 'unavailable' | 'uncertain'; appointmentId?: string; why?: string }

export type FakeChairs = {
  chairs: Map<string, Chair>
  mode: Mode
  /** Clients whom the platform does not book. */
  refuses: Set<string>
  /** Somebody from elsewhere takes the chair, if it is free. */
  bookOnline(chairId: string, now: number): void
  isBusy(clientId: string, chairId: string): boolean
  /** What one try comes to: an earlier one is looked for first. `unsure`: an earlier try has not ended. */
  tryToBook(call: { key: string; chairId: string; clientId: string; unsure: boolean; now: number }): Came
}

export function fakeChairs(random: Random, chairs: Map<string, Chair>): FakeChairs {
  const made = new Map<string, string>()
  let number = 0
  const platform: FakeChairs = {
    chairs,
    mode: 'up',
    refuses: new Set(),
    bookOnline(chairId, now) {
      const chair = chairs.get(chairId)
      if (chair !== undefined && chair.takenBy === undefined) Object.assign(chair, { takenBy: 'online', takenAt: now, appointmentId: `online-${++number}` })
    },
    isBusy: (clientId, chairId) => {
      const own = chairs.get(chairId)
      return own !== undefined && [...chairs.values()].some((chair) => chair.id !== chairId && chair.takenBy === clientId && chair.start < own.end && own.start < chair.end)
    },
    tryToBook({ key, chairId, clientId, unsure, now }) {
      if (platform.mode === 'down') return { came: unsure ? 'uncertain' : 'unavailable' }
      const earlier = made.get(key)
      if (earlier !== undefined) return { came: 'booked', appointmentId: earlier }
      const chair = chairs.get(chairId) as Chair
      if (chair.takenBy !== undefined || chair.start <= now) return { came: 'taken' }
      if (platform.refuses.has(clientId) || platform.isBusy(clientId, chairId)) return { came: 'refused', why: 'policy_blocked' }
      if (platform.mode === 'lossy' && random.chance(0.4)) return { came: random.chance(0.5) ? 'unavailable' : 'uncertain' }
      const appointmentId = `visit-${++number}`
      Object.assign(chair, { takenBy: clientId, takenAt: now, appointmentId })
      made.set(key, appointmentId)
      return platform.mode === 'lossy' && random.chance(0.6) ? { came: 'uncertain' } : { came: 'booked', appointmentId }
    },
  }
  return platform
}

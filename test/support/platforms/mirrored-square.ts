import { square } from '../../../src/platforms/square/index.ts'
import type { Segment } from '../../../src/salon/salon.ts'
import { at, type Instant } from '../../../src/salon/time.ts'
import { type TestClock, tinyZone } from '../tiny-book.ts'
import { fakeSquare } from './fake-square.ts'
import type { FakeVisit } from './fake-book.ts'
import type { MirroredDesk } from './mirrored.ts'

export type SquareDesk = MirroredDesk<ReturnType<typeof fakeSquare>>

/** The tiny salon on Square, for what is the mirror's own and the same for every vendor. */
export const onSquare = {
  kind: square,
  credentials: { accessToken: 'EAAA-test-token-of-the-tiny-salon', signatureKey: 'square-signature-key' },
  makeFake: (clock: TestClock) => fakeSquare({ clock }),
}

/** A wall-clock time of the tiny salon, on Tuesday 24 November 2026 unless said otherwise. */
export const when = (time: string, date = '2026-11-24'): Instant => at(date, time, tinyZone)

/** Somebody at Square's screen books; a cut with Ana for Jo unless said otherwise. */
export function bookThere({ fake: { book } }: Pick<SquareDesk, 'fake'>, { start, id, clientId = 'jo', staffId = 'ana', serviceId = 'cut', ...more }: { start: Instant; id?: string; clientId?: string; staffId?: string; serviceId?: string } & Partial<Pick<FakeVisit, 'status' | 'cancelledBy' | 'locationId'>>): FakeVisit {
  return book.add({ ...(id !== undefined && { id }), clientId, locationId: 'main', status: 'booked', note: '', fields: {}, segments: segmentsAt(start, { staffId, serviceId }), ...more })
}

export function moveThere({ fake: { book } }: Pick<SquareDesk, 'fake'>, id: string, start: Instant): FakeVisit {
  return book.change(id, { segments: book.segmentsOf(book.visits.get(id)?.segments ?? [], start) })
}

function segmentsAt(start: Instant, { staffId, serviceId }: { staffId: string; serviceId: string }): Segment[] {
  const minutes: Record<string, number> = { cut: 45, color: 120, blowdry: 30, beard: 15 }
  return [{ serviceId, staffId, staffPreference: 'unknown', start, durationMin: minutes[serviceId] ?? 30, price: { minor: 0, currency: 'USD' } }]
}

import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import type { Appointment } from '../salon/salon.ts'
import { addMinutes } from '../salon/time.ts'
import type { Instant } from '../salon/time.ts'
import { featuresOf, indexCatalog } from './features.ts'
import type { Bands } from './model-files.ts'
import type { RiskModel, RiskScore } from './open-model.ts'

/**
 * Scores appointments as of a moment, by appointment id: one reading of the catalogue, one of the clients' histories, one batch
 * through the model. Throws the platform's refusal as a `DeskError`.
 */
export async function scoreAppointments({ model, platform, appointments, asOf, bands }: {
  model: RiskModel
  platform: Pick<BookingPlatform, 'catalog' | 'history'>
  appointments: Appointment[]
  asOf: Instant
  bands?: Bands
}): Promise<Map<string, RiskScore>> {
  if (appointments.length === 0) return new Map()
  const clientIds = [...new Set(appointments.map((appointment) => appointment.clientId))]
  // `knownBefore` excludes its own moment; a fact known at `asOf` counts.
  const knownBefore = addMinutes(asOf, 1 / 60_000)
  const [catalog, histories] = await Promise.all([platform.catalog(), platform.history({ clientIds, knownBefore })])
  const salon = indexCatalog(unwrap(catalog))
  const byClient = Map.groupBy(unwrap(histories), ({ appointment }) => appointment.clientId)
  const rows = appointments.map((appointment) => {
    const ofClient = byClient.get(appointment.clientId) ?? []
    const events = ofClient.find((history) => history.appointment.id === appointment.id)?.events ?? []
    return featuresOf({ history: { appointment, events }, ofClient, salon, baseRate: model.baseRate, asOf })
  })
  const scores = await model.score(rows, bands && { bands })
  return new Map(appointments.map((appointment, i) => [appointment.id, scores[i] as RiskScore]))
}

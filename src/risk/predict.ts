import { z } from 'zod'
import { ofWeekday, shrunkRate } from './features.ts'
import type { FeatureName, FeatureRow, Features } from './features.ts'
import type { Bands } from './model-files.ts'
import type { RiskModel, RiskScore } from './open-model.ts'
import { serviceKinds } from './service-kinds.ts'

const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const dayOfWeek = z.union([
  z.int().min(0).max(7).transform((day) => day || 7),
  z.string().transform((name, context) => {
    const day = dayNames.indexOf(name.trim().toLowerCase().slice(0, 3)) + 1
    if (day === 0) context.addIssue(`"${name}" is not a day of the week`)
    return day
  }),
])

/**
 * One booking to score from outside (`POST /v1/risk/predict`, `desk score`). Every feature may be missing or null, features we
 * do not know are allowed, and both are said in the answer.
 * - `booking_lead_time_hours`: from booking to start.
 * - `day_of_week`: ISO number (Monday 1 … Sunday 7; 0 is taken for Sunday) or English name.
 * - `service_category`: consultation, color, style; anything else is "other". `service_price`: listed, in the salon's currency.
 * - `client_total_visits`: the client's past bookings that have come to their end, kept or not.
 * - `client_cancellation_rate`: the share of those that were cancelled late or not kept, 0 to 1.
 * - `client_last_cancel_days_ago`: days since the last cancellation; null or missing is unknown, not never.
 * - `confirmation_status`: confirmed, or pending / unconfirmed / declined.
 * - `time_of_day` and `confirmation_channel` are accepted and never used (the first leaks in exports, the second is not in any history yet).
 */
export const predictRequest = z.object({
  appointment_id: z.string().min(1),
  client_id: z.string().min(1),
  features: z.looseObject({
    booking_lead_time_hours: z.number().nonnegative().nullish(),
    day_of_week: dayOfWeek.nullish(),
    time_of_day: z.union([z.string(), z.number()]).nullish(),
    service_category: z.string().nullish(),
    service_price: z.number().nonnegative().nullish(),
    client_total_visits: z.number().nonnegative().nullish(),
    client_cancellation_rate: z.number().min(0).max(1).nullish(),
    client_last_cancel_days_ago: z.number().nonnegative().nullish(),
    confirmation_channel: z.string().nullish(),
    confirmation_status: z.string().nullish(),
  }).default({}),
})
export type PredictRequest = z.output<typeof predictRequest>

export type PredictResponse = {
  appointment_id: string
  client_id: string
  risk_score: number
  risk_band: RiskScore['band']
  confidence: RiskScore['confidence']
  reasons: string[]
  /** Given, but without any influence on this model's score. */
  unused_features: string[]
  model: string
}

/** Which of our features each public one feeds; one that is not here is never used. */
const feeds: Record<string, readonly FeatureName[]> = {
  booking_lead_time_hours: ['leadDays'],
  day_of_week: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
  service_category: ['consultation', 'color', 'style'],
  service_price: ['price'],
  client_total_visits: ['pastVisits', 'firstVisit'],
  client_cancellation_rate: ['pastFailureRate', 'pastLateCancels'],
  client_last_cancel_days_ago: ['daysSinceCancel'],
  confirmation_status: ['confirmed'],
}

/** Scores requests in one batch, answers in their order. */
export async function predict({ model, requests, bands }: { model: RiskModel; requests: PredictRequest[]; bands?: Bands }): Promise<PredictResponse[]> {
  const scores = await model.score(requests.map((request) => rowOf(request, model)), bands && { bands })
  return requests.map((request, i) => {
    const { score, band, confidence, reasons } = scores[i] as RiskScore
    return {
      appointment_id: request.appointment_id,
      client_id: request.client_id,
      risk_score: Math.round(score * 10_000) / 10_000,
      risk_band: band,
      confidence,
      reasons,
      unused_features: unusedOf(request, model),
      model: model.id,
    }
  })
}

function unusedOf({ features }: PredictRequest, model: RiskModel): string[] {
  return Object.entries(features)
    .filter(([name, value]) => value !== undefined && value !== null && !feeds[name]?.some((feature) => model.features.includes(feature)))
    .map(([name]) => name)
}

function rowOf({ appointment_id, client_id, features: given }: PredictRequest, model: RiskModel): FeatureRow {
  const values: Features = {
    ...(given.day_of_week != null && ofWeekday(given.day_of_week)),
    ...(given.booking_lead_time_hours != null && { leadDays: given.booking_lead_time_hours / 24 }),
    ...(given.service_price != null && { price: given.service_price }),
    ...(given.service_category != null && ofCategory(given.service_category)),
    ...(given.client_last_cancel_days_ago != null && { daysSinceCancel: given.client_last_cancel_days_ago }),
    ...ofRecord(given, model.baseRate),
    ...ofConfirmation(given.confirmation_status),
  }
  return { appointmentId: appointment_id, clientId: client_id, values }
}

function ofCategory(category: string): Features {
  const { color, style } = serviceKinds({ category })
  return { consultation: Number(/consult/i.test(category)), color: Number(color), style: Number(style) }
}

function ofRecord({ client_total_visits: total, client_cancellation_rate: rate }: PredictRequest['features'], baseRate: number): Features {
  if (total == null) return rate == null ? {} : { pastFailureRate: shrunkRate({ failures: rate, bookings: 1, baseRate }) }
  if (rate == null) return { pastVisits: total, firstVisit: Number(total === 0) }
  const failures = Math.round(rate * total)
  const kept = Math.max(0, total - failures)
  return { pastVisits: kept, firstVisit: Number(kept === 0), pastLateCancels: failures, pastFailureRate: shrunkRate({ failures, bookings: total, baseRate }) }
}

function ofConfirmation(status: string | null | undefined): Features {
  const name = status?.trim().toLowerCase()
  if (name === 'confirmed') return { confirmed: 1 }
  return name !== undefined && ['pending', 'unconfirmed', 'declined', 'none', 'not_confirmed'].includes(name) ? { confirmed: 0 } : {}
}

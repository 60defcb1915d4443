import { describe, expect, test } from 'vitest'
import { openRiskModel } from '../../../src/risk/open-model.ts'
import { predict, predictRequest } from '../../../src/risk/predict.ts'

const model = await openRiskModel({ dir: 'models/risk' })
const ask = async (...features: object[]) =>
  predict({ model, requests: features.map((given, i) => predictRequest.parse({ appointment_id: `a${i}`, client_id: 'c', features: given })) })

const whole = {
  booking_lead_time_hours: 72, day_of_week: 'Friday', time_of_day: '14:00', service_category: 'style', service_price: 80,
  client_total_visits: 6, client_cancellation_rate: 0, client_last_cancel_days_ago: null, confirmation_channel: 'sms', confirmation_status: 'pending',
}

describe('predict', () => {
  test('answers in the order of the requests, with a probability, band, confidence and reasons', async () => {
    const answers = await ask(whole, { ...whole, client_cancellation_rate: 0.5, client_last_cancel_days_ago: 5 })
    expect(answers.map((answer) => answer.appointment_id)).toEqual(['a0', 'a1'])
    for (const answer of answers) {
      expect(answer.risk_score).toBeGreaterThan(0)
      expect(answer.risk_score).toBeLessThan(1)
      expect(answer.reasons.length).toBeGreaterThanOrEqual(1)
      expect(answer.reasons.length).toBeLessThanOrEqual(3)
    }
    expect(answers[1]?.risk_score).toBeGreaterThan(2 * (answers[0]?.risk_score ?? 1))
    expect(answers[1]?.reasons.join()).toMatch(/three late cancellations among six past bookings/)
    expect(answers[0]?.reasons).toContain('kept all 6 past visits')
  })

  test('names what was given and not used; the time of day never is', async () => {
    const [answer] = await ask({ ...whole, shoe_size: 44 })
    expect(answer?.unused_features.toSorted()).toEqual(['booking_lead_time_hours', 'confirmation_channel', 'confirmation_status', 'day_of_week', 'shoe_size', 'time_of_day'])
    const [morning, evening] = await ask({ ...whole, time_of_day: '08:00' }, { ...whole, time_of_day: 20 })
    expect(morning?.risk_score).toBe(evening?.risk_score)
  })

  test('with no features at all it answers about the base rate, and is not sure', async () => {
    const [answer] = await predict({ model, requests: [predictRequest.parse({ appointment_id: 'a', client_id: 'c' })] })
    expect(answer).toMatchObject({ confidence: 'low', unused_features: [] })
    expect(answer?.risk_score).toBeGreaterThan(model.baseRate / 3)
    expect(answer?.risk_score).toBeLessThan(model.baseRate * 2)
  })

  test.each([5, 'friday', 'Fri', ' FRIDAY '])('takes %j for Friday', (day) => {
    expect(predictRequest.parse({ appointment_id: 'a', client_id: 'c', features: { day_of_week: day } }).features.day_of_week).toBe(5)
  })

  test('takes 0 and 7 for Sunday', () => {
    for (const day of [0, 7]) expect(predictRequest.parse({ appointment_id: 'a', client_id: 'c', features: { day_of_week: day } }).features.day_of_week).toBe(7)
  })

  test.each([
    [{ client_id: 'c' }],
    [{ appointment_id: '', client_id: 'c' }],
    [{ appointment_id: 'a', client_id: 'c', features: { day_of_week: 'someday' } }],
    [{ appointment_id: 'a', client_id: 'c', features: { day_of_week: 8 } }],
    [{ appointment_id: 'a', client_id: 'c', features: { client_cancellation_rate: 40 } }],
    [{ appointment_id: 'a', client_id: 'c', features: { service_price: -1 } }],
    [{ appointment_id: 'a', client_id: 'c', features: { client_total_visits: 'many' } }],
  ])('refuses %j', (request) => {
    expect(predictRequest.safeParse(request).success).toBe(false)
  })
})

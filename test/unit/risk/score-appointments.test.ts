import { describe, expect, test } from 'vitest'
import { failed, ok } from '../../../src/platforms/booking-platform.ts'
import type { BookingPlatform } from '../../../src/platforms/booking-platform.ts'
import { openRiskModel } from '../../../src/risk/open-model.ts'
import { scoreAppointments } from '../../../src/risk/score-appointments.ts'
import type { AppointmentHistory } from '../../../src/salon/salon.ts'
import { startOfDay } from '../../../src/salon/time.ts'
import { booking, riskCatalog, riskHistories, riskZone } from '../../support/risk-histories.ts'

type Answers = Pick<BookingPlatform, 'catalog' | 'history'>

const model = await openRiskModel({ dir: 'models/risk' })
const asOf = startOfDay('2018-07-20', riskZone)

/** Answers like a platform: facts known before the moment asked for, of the clients asked for; and counts the questions. */
function platformWith(histories: AppointmentHistory[]): Answers & { asked: number } {
  const platform = {
    asked: 0,
    catalog: async () => ok(riskCatalog, asOf),
    history: async ({ clientIds, knownBefore = '9' }: { clientIds?: string[]; knownBefore?: string }) => {
      platform.asked++
      const wanted = new Set(clientIds)
      const known = histories.filter(({ appointment }) => wanted.has(appointment.clientId))
      return ok(known.map(({ appointment, events }) => ({ appointment, events: events.filter((event) => event.knownAt < knownBefore) })), asOf)
    },
  }
  return platform
}

describe('scoring appointments', () => {
  test('asks the platform once, and knows a fact that became known at the very moment', async () => {
    const target = booking({ client: 'C1', date: '2018-07-21', ending: 'open' })
    const platform = platformWith([target, booking({ client: 'C1', date: '2018-07-19', ending: 'no_show' })])
    const scores = await scoreAppointments({ model, platform, appointments: [target.appointment], asOf })
    expect(platform.asked).toBe(1)
    expect(scores.get(target.appointment.id)?.reasons).toContain('one no-show in the last 60 days')
  })

  test('gives the same score alone and among others', async () => {
    const platform = platformWith(riskHistories())
    const due = Array.from({ length: 30 }, (_, i) => booking({ client: `C${i}`, date: '2018-07-21', ending: 'open' }).appointment)
    const together = await scoreAppointments({ model, platform, appointments: due, asOf })
    for (const appointment of due.slice(0, 5)) {
      expect(await scoreAppointments({ model, platform, appointments: [appointment], asOf })).toEqual(new Map([[appointment.id, together.get(appointment.id)]]))
    }
  })

  test('asks nothing for nothing, and says so when the platform does not answer', async () => {
    const platform = platformWith([])
    expect(await scoreAppointments({ model, platform, appointments: [], asOf })).toEqual(new Map())
    expect(platform.asked).toBe(0)
    const down: Answers = { catalog: async () => ok(riskCatalog, asOf), history: async () => failed('unavailable', 'timeout') }
    const appointments = [booking({ client: 'C1', date: '2018-07-21', ending: 'open' }).appointment]
    await expect(scoreAppointments({ model, platform: down, appointments, asOf })).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('2,000 appointments take well under a second of our own', async () => {
    const platform = platformWith(riskHistories({ clients: 2000, visits: 3 }))
    const due = Array.from({ length: 2000 }, (_, i) => booking({ client: `C${i}`, date: '2018-07-21', ending: 'open' }).appointment)
    const began = process.cpuUsage()
    const scores = await scoreAppointments({ model, platform, appointments: due, asOf })
    const { user, system } = process.cpuUsage(began)
    expect(scores.size).toBe(2000)
    expect((user + system) / 1000).toBeLessThan(1000)
  })
})

import { expect, test } from 'vitest'
import { sayVisit } from '../../../src/bookings/tell-client.ts'
import { at } from '../../../src/salon/time.ts'
import { tinyBook, tinyZone } from '../../support/tiny-book.ts'

test.each([['ana', ['Ana']], ['team', []], ['team/America/Denver', []], ['someone', []]])('a text names %s as %j: nobody is "with The"', (staffId, said) => {
  const { catalog } = tinyBook()
  const [location] = catalog.locations
  if (location === undefined) throw new Error('no location')
  const start = at('2026-11-21', '10:00', tinyZone)
  const staff = [...catalog.staff, ...['team', 'team/America/Denver'].map((id) => ({ id, name: 'The team', locationIds: ['main'], serviceIds: ['cut'], active: true })), { id: 'someone', name: 'Nobody in particular', locationIds: ['main'], serviceIds: [], active: false }]
  const segments = [{ serviceId: 'cut', staffId, staffPreference: 'any' as const, start, durationMin: 45, price: { minor: 6500, currency: 'USD' } }]
  expect(sayVisit({ catalog: { ...catalog, staff }, location, segments, start, timeKnown: true, now: start }).staff).toEqual({ with: said })
})

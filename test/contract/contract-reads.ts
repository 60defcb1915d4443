import { describe, expect, test } from 'vitest'
import { type Contract, kindOf, value } from './booking-platform-contract.ts'

export function describeReads({ harness }: Contract, { copiesRead = true }: { copiesRead?: boolean } = {}): void {
  describe('reading', () => {
    test('the catalogue holds together', async () => {
      const { platform, salon } = harness()
      const { locations, staff, services } = value(await platform.catalog())
      expect(locations.find(({ id }) => id === salon.locationId)?.zone).toBe(salon.zone)
      expect(staff.map(({ id }) => id)).toEqual(expect.arrayContaining([salon.staff, salon.otherStaff]))
      const known = new Set(services.map(({ id }) => id))
      expect(staff.flatMap((member) => member.serviceIds).filter((id) => !known.has(id))).toEqual([])
    })

    test('appointments come in order of start and id, page by page, and each can be read by itself', async () => {
      const { platform, salon, clock } = harness()
      const range = { from: '2026-01-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z', includeCancelled: true }
      const all = value(await platform.appointments(range)).items
      expect(all.length).toBeGreaterThan(2)
      expect(all.map(({ start, id }) => `${start} ${id}`)).toEqual(all.map(({ start, id }) => `${start} ${id}`).toSorted())
      const paged: string[] = []
      for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page++) {
        const answer = value(await platform.appointments({ ...range, limit: 2, ...(cursor !== undefined && { cursor }) }))
        expect(answer.items.length).toBeLessThanOrEqual(2)
        paged.push(...answer.items.map(({ id }) => id))
        cursor = answer.cursor
      }
      expect(paged).toEqual(all.map(({ id }) => id))
      const booked = all.find(({ id }) => id === salon.booked)
      expect(value(await platform.appointment({ id: salon.booked }))).toEqual(booked)
      expect(booked).toMatchObject({ clientId: salon.client, locationId: salon.locationId, fetchedAt: clock.now() })
      expect(booked?.segments[0]?.start).toBe(booked?.start)
    })

    test('appointments are filtered by location, staff and client, and the end of the range is outside', async () => {
      const { platform, salon } = harness()
      const booked = value(await platform.appointment({ id: salon.booked }))
      const ids = async (query: object) => value(await platform.appointments({ ...salon.bookedRange, ...query })).items.map(({ id }) => id)
      expect(await ids({ locationId: salon.locationId, clientId: salon.client })).toContain(salon.booked)
      expect(await ids({ staffId: booked.segments[0]?.staffId ?? '' })).toContain(salon.booked)
      expect(await ids({ clientId: salon.otherClient })).not.toContain(salon.booked)
      expect(await ids({ to: booked.start })).not.toContain(salon.booked)
      expect(await ids({ from: booked.start })).toContain(salon.booked)
      expect(kindOf(await platform.appointments({ from: 'yesterday', to: booked.start }))).toBe('invalid')
      expect(kindOf(await platform.appointments({ from: booked.start, to: booked.start }))).toBe('invalid')
    })

    test('what is not there is not found', async () => {
      const { platform, salon } = harness()
      expect(kindOf(await platform.appointment({ id: 'nobody-has-this' }))).toBe('not_found')
      expect(kindOf(await platform.client({ id: 'nobody-has-this' }))).toBe('not_found')
      expect(value(await platform.clients({ ids: [salon.otherClient, 'nobody-has-this', salon.client] })).map(({ id }) => id)).toEqual([salon.otherClient, salon.client])
      expect(kindOf(await platform.appointments({ ...salon.bookedRange, locationId: 'nobody-has-this' }))).toBe('not_found')
    })

    test.skipIf(!copiesRead)('a client is found by phone in every usual spelling, and by e-mail in any case', async () => {
      const { platform, salon } = harness()
      const national = salon.clientPhone.replace(/^\+1/, '')
      const [area, office, line] = [national.slice(0, 3), national.slice(3, 6), national.slice(6)]
      for (const phone of [salon.clientPhone, national, `(${area}) ${office}-${line}`, `${area}.${office}.${line}`, `1 ${area} ${office} ${line}`, `+1-${area}-${office}-${line}`]) {
        expect(value(await platform.findClients({ phone })).map(({ id }) => id), phone).toEqual([salon.client])
      }
      expect(value(await platform.findClients({ phone: 'not a number' }))).toEqual([])
      const { email } = value(await platform.client({ id: salon.client }))
      if (email !== undefined) expect(value(await platform.findClients({ email: email.toUpperCase() })).map(({ id }) => id)).toEqual([salon.client])
    })

    test.skipIf(!copiesRead)('whose numbers are, many at a time; a number on nobody\'s record is left out', async () => {
      const { platform, salon } = harness()
      const [other] = value(await platform.client({ id: salon.otherClient })).phones
      const asked = [salon.clientPhone, '+12135559999', ...(other === undefined ? [] : [other])]
      expect(value(await platform.clientsByPhone({ phones: asked }))).toEqual([
        { phone: salon.clientPhone, clientIds: [salon.client] }, ...(other === undefined ? [] : [{ phone: other, clientIds: [salon.otherClient] }]),
      ])
      expect(value(await platform.clientsByPhone({ phones: [] }))).toEqual([])
    })

    test.skipIf(!copiesRead)('a client is found by any part of the name, best first, and namesakes all come', async () => {
      const { platform, salon } = harness()
      const found = value(await platform.findClients({ name: salon.firstName.toUpperCase() }))
      expect(found.slice(0, 2).map(({ id }) => id).toSorted()).toEqual([salon.client, salon.namesake].toSorted())
      const { firstName, lastName } = value(await platform.client({ id: salon.client }))
      expect(value(await platform.findClients({ name: `${firstName} ${lastName}` }))[0]?.id).toBe(salon.client)
      expect(value(await platform.findClients({ name: lastName.slice(1, 4) })).map(({ id }) => id)).toContain(salon.client)
      expect(value(await platform.findClients({ name: salon.firstName, limit: 1 }))).toHaveLength(1)
      expect(value(await platform.findClients({ name: '%' }))).toEqual([])
      expect(kindOf(await platform.findClients({}))).toBe('invalid')
    })

    test('history says what was known then, and no more', async () => {
      const { platform, salon } = harness()
      const before = new Date(Date.parse(salon.pastKnownAt) - 60_000).toISOString()
      const [then, now] = [value(await platform.history({ clientIds: [salon.pastClient], knownBefore: before })), value(await platform.history({ clientIds: [salon.pastClient] }))]
      expect(then.flatMap(({ events }) => events).filter((event) => event.knownAt > before)).toEqual([])
      const past = now.find(({ appointment }) => appointment.id === salon.past)
      expect(past?.events.some((event) => event.knownAt === salon.pastKnownAt)).toBe(true)
      expect(['booked', 'confirmed']).toContain(then.find(({ appointment }) => appointment.id === salon.past)?.appointment.status)
      expect(value(await platform.history({})).length).toBeGreaterThan(now.length)
    })

    test('with the clock set back, the book is read as it was known then', async () => {
      const { platform, salon, clock } = harness()
      clock.set(new Date(Date.parse(salon.pastKnownAt) - 60_000).toISOString())
      expect(['booked', 'confirmed']).toContain(value(await platform.appointment({ id: salon.past })).status)
    })
  })
}

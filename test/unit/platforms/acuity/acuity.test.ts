import { beforeEach, describe, expect, test } from 'vitest'
import { acuity } from '../../../../src/platforms/acuity/index.ts'
import { clientIdOf } from '../../../../src/platforms/acuity/read.ts'
import type { Outcome } from '../../../../src/platforms/booking-platform.ts'
import type { PlatformAdapter, SeenVisit } from '../../../../src/platforms/platform-adapter.ts'
import { addMinutes, at, dayRange, type Instant } from '../../../../src/salon/time.ts'
import { fakeAcuity } from '../../../support/platforms/fake-acuity.ts'
import { openAdapter } from '../../../support/platforms/open-adapter.ts'
import { testClock, tinyZone, type TestClock } from '../../../support/tiny-book.ts'

const credentials = { userId: '12345', apiKey: 'acuity-key-of-the-tiny-salon', riskFieldId: '777' }

describe('Acuity', () => {
  let clock: TestClock
  let fake: ReturnType<typeof fakeAcuity>
  let adapter: PlatformAdapter
  const open = async (more: Record<string, unknown> = {}) => {
    ;({ adapter } = openAdapter({ kind: acuity, credentials: { ...credentials, ...more }, server: fake.server, clock }))
    value(await adapter.catalog())
  }
  beforeEach(async () => {
    clock = testClock()
    fake = fakeAcuity({ clock })
    await open()
  })
  const id = (name: string) => fake.book.idOf(name)
  const seen = async (name = 'b-cut'): Promise<SeenVisit> => value(await adapter.visit({ id: id(name) }))
  const all = async (from: Instant, to: Instant): Promise<string[]> => {
    const found: string[] = []
    for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page++) {
      if (page > 500) throw new Error('it never ends')
      const answer = value(await adapter.visits({ from, to, ...(cursor !== undefined && { cursor }) }))
      found.push(...answer.items.map(({ visit }) => visit.id))
      cursor = answer.cursor
    }
    return found
  }
  const put = (start: Instant, staff = 'ana') => fake.book.add({ clientId: id('jo'), locationId: id('main'), status: 'booked', note: '', fields: {}, segments: fake.book.segmentsOf([{ serviceId: id('beard'), staffId: id(staff) }], start) })

  describe('lists hold 100 and have no cursor', () => {
    test.each([[3, 60], [31, 20], [12, 99], [4, 250]])('%i days of %i are read whole, each once', async (days, each) => {
      for (let day = 0; day < days; day++) for (let n = 0; n < each; n++) put(addMinutes(at('2027-01-01', '09:00', tinyZone), day * 1440 + n * 3), ['ana', 'bea', 'cruz'][n % 3])
      const [from, to] = [at('2027-01-01', '00:00', tinyZone), at('2027-02-01', '00:00', tinyZone)]
      const found = await all(from, to)
      expect(new Set(found).size).toBe(found.length)
      expect(found.toSorted()).toEqual(fake.book.list((visit) => visit.start >= from && visit.start < to).map((visit) => visit.id).toSorted())
    })

    test('also where a busy day holds appointments of a calendar that is gone', async () => {
      for (let n = 0; n < 120; n++) put(addMinutes(at('2027-01-01', '09:00', tinyZone), n * 3), ['ana', 'bea', 'cruz'][n % 3])
      const gone = put(at('2027-01-01', '08:00', tinyZone), 'someone-who-left')
      expect(await all(at('2027-01-01', '00:00', tinyZone), at('2027-01-02', '00:00', tinyZone))).toContain(gone.id)
    })

    test('and what cannot be read whole is not passed off as whole', async () => {
      for (let n = 0; n < 130; n++) put(addMinutes(at('2027-01-01', '09:00', tinyZone), n * 3))
      let cursor: string | undefined
      let last: Outcome<unknown> | undefined
      for (let page = 0; page < 50 && (page === 0 || cursor !== undefined); page++) {
        const answer = await adapter.visits({ from: at('2027-01-01', '00:00', tinyZone), to: at('2027-01-02', '00:00', tinyZone), ...(cursor !== undefined && { cursor }) })
        last = answer
        cursor = answer.ok ? answer.value.cursor : undefined
      }
      expect(kindOf(last)).toBe('unavailable')
    })

    test('an hour of a quiet day takes one request', async () => {
      const before = fake.server.requests.length
      expect(await all(at('2026-11-21', '10:00', tinyZone), at('2026-11-21', '11:00', tinyZone))).toEqual([id('b-cut')])
      expect(fake.server.requests.slice(before).map(({ query }) => [query.minDate, query.maxDate, query.showall])).toEqual([['2026-11-20', '2026-11-22', 'true']])
    })
  })

  test.each([['2027-03-14', '-0700'], ['2027-11-07', '-0800']])('on %s times are written and read with the offset of the hour (%s), on a machine in another zone too', async (date, offset) => {
    clock.set(at(date, '00:30', tinyZone))
    const zone = process.env.TZ
    try {
      process.env.TZ = 'Asia/Tokyo'
      const [slot] = value(await adapter.slots?.({ locationId: id('main'), wants: [{ serviceId: id('cut'), staffId: id('cruz') }], ...dayRange(date, tinyZone) }))
      if (slot === undefined) throw new Error('nothing free')
      expect(slot.start).toBe(at(date, '10:00', tinyZone))
      const made = value(await adapter.create?.({ key: 'k', slot, client: client() }))
      expect(made.visit.start).toBe(slot.start)
      expect(fake.server.requests.at(-1)?.body).toMatchObject({ datetime: `${date}T10:00:00${offset}` })
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })

  test('the hour that comes twice keeps its two halves apart', async () => {
    const [first, second] = [put('2026-11-01T08:30:00.000Z'), put('2026-11-01T09:30:00.000Z')]
    expect([value(await adapter.visit({ id: first.id })).visit.start, value(await adapter.visit({ id: second.id })).visit.start]).toEqual(['2026-11-01T08:30:00.000Z', '2026-11-01T09:30:00.000Z'])
  })

  test('a missed one is a cancelled one that says so; nothing else can be set, and no mail tells of a cancellation', async () => {
    expect(kindOf(await adapter.setStatus?.({ key: 'k', visit: await seen(), to: 'confirmed' }))).toBe('unsupported')
    expect(value(await adapter.setStatus?.({ key: 'k', visit: await seen(), to: 'no_show' })).visit.status).toBe('no_show')
    expect(fake.server.requests.at(-1)).toMatchObject({ method: 'PUT', query: { admin: 'true', noEmail: 'true' }, body: { noShow: true } })
    // A cancelled one can still be marked.
    value(await adapter.cancel?.({ key: 'k', visit: await seen('a-cut'), cancelledBy: 'client', reason: 'ill' }))
    expect(value(await adapter.setStatus?.({ key: 'k', visit: await seen('a-cut'), to: 'no_show' })).visit.status).toBe('no_show')
  })

  test('what is cancelled is known without the undocumented field too; what stands when its time is over was kept', async () => {
    fake = fakeAcuity({ clock, noCanceled: true })
    await open()
    expect([(await seen('old-cancelled')).visit.status, (await seen('old-missed')).visit.status, (await seen('old-kept')).visit.status, (await seen()).visit.status]).toEqual(['cancelled', 'no_show', 'completed', 'booked'])
    expect((await seen('old-cancelled')).visit.cancelledBy).toBe('unknown')
  })

  test('notes are an admin\'s, and what somebody wrote meanwhile stays', async () => {
    const visit = await seen()
    fake.book.change(id('b-cut'), { note: 'runs late' })
    const noted = value(await adapter.addVisitNote?.({ key: 'k', visit, text: 'likes tea', by: 'Maya', at: clock.now() }))
    expect(noted.visit.notes.map(({ text, by }) => [text, by])).toEqual([['runs late', 'salon'], ['likes tea', 'Maya']])
    expect(kindOf(await adapter.removeVisitNote?.({ key: 'k', visit, noteId: 'nothing' }))).toBe('not_found')
  })

  test('a score goes into a field of an internal form, never into labels; without a field none is written', async () => {
    value(await adapter.writeRisk?.({ visit: await seen(), score: 0.31, band: 'high', model: 'test', at: clock.now() }))
    expect(fake.server.requests.at(-1)?.body).toEqual({ fields: [{ id: 777, value: 'high 0.31' }] })
    await open({ riskFieldId: undefined })
    expect('writeRisk' in adapter).toBe(false)
    expect(value(await adapter.capabilities()).riskField).toBe('none')
  })

  test('a booking without an e-mail address is made as an admin, with its note; a second in the same chair is Acuity\'s to accept', async () => {
    const [slot] = value(await adapter.slots?.({ locationId: id('main'), wants: [{ serviceId: id('cut'), staffId: id('ana') }], from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone) }))
    if (slot === undefined) throw new Error('nothing free')
    expect(value(await adapter.create?.({ key: 'a', slot, client: client(), note: 'by the window' })).visit.notes).toMatchObject([{ text: 'by the window', by: 'desk' }])
    expect(kindOf(await adapter.create?.({ key: 'b', slot, client: client() }))).toBe('ok')
    expect(acuity.declared.conflicts).toBe('accepted')
  })

  test('free times with anybody: each time once, by whom it is; over many days only days that have some are asked', async () => {
    const before = fake.server.requests.length
    const slots = value(await adapter.slots?.({ locationId: id('main'), wants: [{ serviceId: id('beard') }], from: at('2026-11-22', '00:00', tinyZone), to: at('2026-11-28', '00:00', tinyZone), limit: 500 }))
    expect(new Set(slots.map(({ start }) => start)).size).toBe(slots.length)
    expect(slots.every(({ segments }) => segments[0]?.staffPreference === 'any' && [id('ana'), id('cruz')].includes(segments[0].staffId))).toBe(true)
    const asked = fake.server.requests.slice(before)
    expect(asked.filter(({ path }) => path.endsWith('/dates'))).toHaveLength(2)
    // Monday and Thanksgiving are shut, and Ana does not work on Sundays.
    expect(asked.filter(({ path }) => path.endsWith('/times'))).toHaveLength(3 * 2 + 1)
    expect(kindOf(await adapter.slots?.({ locationId: id('main'), wants: [{ serviceId: id('cut') }, { serviceId: id('beard') }], from: clock.now(), to: addMinutes(clock.now(), 60) }))).toBe('unsupported')
  })

  test('what moves is left out of what is taken', async () => {
    const visit = await seen()
    value(await adapter.slots?.({ locationId: id('main'), wants: [{ serviceId: id('cut'), staffId: id('bea') }], from: at('2026-11-21', '10:00', tinyZone), to: at('2026-11-21', '11:00', tinyZone), moving: visit }))
    expect(fake.server.requests.at(-1)?.query['ignoreAppointmentIDs[]']).toBe(id('b-cut'))
  })

  test.each([['not_available', 'conflict_slot'], ['reschedule_series', 'policy_blocked'], ['cancel_too_close', 'policy_blocked'], ['invalid_fields', 'invalid']])('the error %s is %s', async (error, kind) => {
    fake.server.always({ do: 'answer', status: 400, body: { status_code: 400, message: 'x', error } })
    expect(kindOf(await adapter.visit({ id: '101' }))).toBe(kind)
  })

  test.each(['abc', '12a', '', '../me', '1/cancel'])('an id like %j is not found, without a request', async (text) => {
    const before = fake.server.requests.length
    expect(kindOf(await adapter.visit({ id: text }))).toBe('not_found')
    expect(fake.server.requests.length).toBe(before)
  })

  describe('people', () => {
    const of = (firstName: string, phone: string, email = '', appointment = '1') => clientIdOf({ firstName, lastName: 'Kim', phone, email, appointment })
    test('are one by name and number however these are written', () => {
      expect(of('Dana', '+1 (213) 555-0102')).toBe(of('  dana ', '2135550102', 'dana@example.com'))
      expect(of('Dana', '', 'Dana@example.com')).toBe(of('Dana', '', 'dana@example.com', '2'))
    })
    test('and two where one of these differs, or where there is nothing to go by', () => {
      expect(of('Dana', '2135550102')).not.toBe(of('Mia', '2135550102'))
      expect(of('Dana', '2135550102')).not.toBe(of('Dana', '2135550103'))
      expect(of('Dana', '')).not.toBe(of('Dana', '', '', '2'))
    })
    test('a block without anybody is nobody\'s', async () => {
      fake.book.change(id('b-cut'), { clientId: 'nobody' })
      const { visit, client: person } = await seen()
      expect([visit.clientId, person]).toEqual(['', undefined])
    })
  })

  describe('webhooks', () => {
    const hooks = () => {
      if (adapter.webhooks === undefined) throw new Error('none')
      return adapter.webhooks
    }
    const delivery = (rawBody: string) => ({ url: 'https://desk.example.com/webhooks/acuity', rawBody, headers: {} })
    test.each([
      ['action=scheduled&id=54321&calendarID=1&appointmentTypeID=2', 'visit', '54321'], ['action=appointment.canceled&id=54321', 'visit', '54321'], ['action=changed&id=54321', 'visit', '54321'],
      ['action=order.completed&id=7', 'nothing', ''], ['action=changed&id=abc', 'nothing', ''], ['action=something.new&id=7', 'nothing', ''],
    ])('%s', (body, kind, subject) => {
      expect(hooks().read(delivery(body))).toMatchObject([{ kind, id: subject }])
    })
    test('two changes of one appointment have the same body and are two', () => {
      const body = 'action=changed&id=54321'
      const [first] = hooks().read(delivery(body)) ?? []
      clock.advance(1)
      const [second] = hooks().read(delivery(body)) ?? []
      expect(first?.dedupeKey).not.toBe(second?.dedupeKey)
    })
    test('the signature is over the raw form, not over what it says', () => {
      const genuine = fake.webhook(id('b-cut'))
      expect(hooks().verify(genuine)).toBe('signed')
      expect(hooks().verify({ ...genuine, rawBody: genuine.rawBody.split('&').toReversed().join('&') })).toBe('rejected')
    })
  })

  function client() {
    return { id: id('fay'), firstName: 'Fay', lastName: "O'Neil", phones: ['+12135550104'], consent: { sms: 'unknown' as const, email: 'unknown' as const }, tags: [], notes: [], holdings: [] }
  }
})

function value<T>(outcome: Outcome<T> | undefined): T {
  if (outcome?.ok !== true) throw new Error(`expected an answer, got ${outcome?.error.kind}: ${outcome?.error.message}`)
  return outcome.value
}

function kindOf(outcome: Outcome<unknown> | undefined): string {
  return outcome === undefined ? 'missing' : outcome.ok ? 'ok' : outcome.error.kind
}

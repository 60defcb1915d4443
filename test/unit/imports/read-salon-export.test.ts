import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'csv-parse/sync'
import { readSalonExport } from '../../../src/imports/read-salon-export.ts'
import { visitOutcome } from '../../../src/risk/outcome.ts'
import type { AppointmentHistory } from '../../../src/salon/salon.ts'

const salonExport = '../shared/data/salon'

const small: Record<string, string> = {
  'Future Bookings (All Clients)0.csv': `Code,Staff,Service,Date,Time,TimeInt
C1,S1,CUT,03/14/2018,10:00:00 AM,600
C1,S2,DYE,03/14/2018,11:00:00 AM,660
C2,S1,CUT,03/15/2018,2:10:00 PM,850
C3,S1,CUT,03/16/2018,2:10:00 PM,850
C4,S1,CUT,03/16/2018,3:10:00 PM,910
C5,S1,CUT,03/30/2018,3:10:00 PM,910
,S1,CUT,03/16/2018,5:00:00 PM,1020
C6,S1,CUT,03/17/2018,5:00:00 PM,1020
C8,S1,CON,03/17/2018,1:00:00 PM,780
`,
  'Client Cancellations0.csv': `Cancel Date,Code,Service,Staff,Booking Date,Canceled By,Days
03/10/2018,C7,CUT,S1,03/15/2018,ADMIN,5.0
03/14/2018,C8,CUT,S1,03/15/2018,ADMIN,1.0
03/16/2018,C4,CUT,S2,03/16/2018,ADMIN,0.0
03/20/2018,C9,CUT,S1,03/15/2018,ADMIN,-5.0
03/01/2018,C10,CUT,S1,03/22/2018,S1,21.0
03/21/2018,C10,DYE,S2,03/22/2018,S1,1.0
`,
  'No-Show Report0.csv': `Date,Code,Service,Staff
03/16/2018,C3,CUT,S1
03/17/2018,C8,CON,S1
`,
  'Receipt Transactions0.csv': `Receipt,Date,Description,Client,Staff,Quantity,Amount,GST,PST
1,03/14/2018,Cut,C1,S1,1,80.0,4,5
1,03/14/2018,Colour,C1,S2,1,100.0,5,6
1,03/14/2018,Shampoo,C1,S2,1,20.0,5,6
2,03/15/2018,Cut,C2,S1,1,0.0,0,0
3,03/16/2018,Cut,C4,S1,1,80.0,4,5
4,03/24/2018,Shampoo,C1,S1,1,22.0,4,5
`,
  'Service Listing0.csv': `IsActive,Code,Desc,Cate,Price,Cost
True,CUT,Cut,STYLE,80,5
True,DYE,Colour,COLOR,0,10
True,CON,Consultation,MISC,0,0
`,
  'Product Listing (Retail)0.csv': `IsActive,Code,Description,Supplier,Brand,Category,Price,On Hand,Minimum,Maximum,Cost,COG,YTD,Package
True,SH,Shampoo,X,X,RETAIL,20.0,1,1,1,1,1,1,False
`,
}

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desk-export-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function read(changes: Record<string, string | undefined> = {}) {
  for (const [name, text] of Object.entries({ ...small, ...changes })) if (text !== undefined) await writeFile(join(dir, name), text)
  return readSalonExport({ dir })
}

const endingOf = (history: AppointmentHistory | undefined) => history && visitOutcome({ history, zone: 'America/Vancouver' })?.outcome

describe('a salon export', () => {
  test('trap: several rows of a client and day are one visit, with its segments and its money', async () => {
    const { book, bad } = await read()
    expect(bad).toEqual([])
    const visits = book.appointments.filter(({ appointment }) => appointment.clientId === 'C1')
    expect(visits).toHaveLength(1)
    expect(visits[0]?.appointment).toMatchObject({ id: 'visit:C1:2018-03-14', status: 'completed', start: '2018-03-14T17:00:00.000Z', timeKnown: true })
    expect(visits[0]?.appointment.segments.map(({ serviceId, staffId }) => [serviceId, staffId])).toEqual([['CUT', 'S1'], ['DYE', 'S2']])
    expect(visits[0]?.events.find(({ kind }) => kind === 'paid')).toMatchObject({ amount: { minor: 20_000, currency: 'CAD' }, knownAt: '2018-03-15T07:00:00.000Z' })
  })

  test('each visit ends as the papers say', async () => {
    const { book } = await read()
    const endings = Object.fromEntries(book.appointments.map((history) => [history.appointment.id.slice(6), [history.appointment.status, endingOf(history)]]))
    expect(endings).toEqual({
      'C1:2018-03-14': ['completed', 'kept'],
      'C2:2018-03-15': ['completed', 'kept'], // trap: a $0 receipt is a kept visit
      'C3:2018-03-16': ['no_show', 'no_show'],
      'C4:2018-03-16': ['completed', 'kept'], // trap: moved on the same day, with a receipt
      'C5:2018-03-30': ['booked', undefined], // after the export's last day
      'C6:2018-03-17': ['unknown', undefined], // neither receipt nor report
      'C7:2018-03-15': ['cancelled', 'early_cancel'],
      'C8:2018-03-15': ['cancelled', 'late_cancel'],
      'C8:2018-03-17': ['no_show', 'no_show'],
      'C9:2018-03-15': ['cancelled', 'late_cancel'], // recorded five days after its day
      'C10:2018-03-22': ['cancelled', 'late_cancel'],
    })
  })

  test('a cancelled booking has no time of day, and only the lines that stood to the end', async () => {
    const { book } = await read()
    const cancelled = book.appointments.find(({ appointment }) => appointment.id === 'visit:C10:2018-03-22')
    expect(cancelled?.appointment).toMatchObject({ timeKnown: false })
    expect(cancelled?.appointment.segments.map(({ serviceId }) => serviceId)).toEqual(['DYE'])
    expect(cancelled?.events).toEqual([{ kind: 'cancelled', at: '2018-03-21T07:00:00.000Z', knownAt: '2018-03-22T07:00:00.000Z', by: 'unknown' }])
  })

  test('trap: a fact dated by its day is known from the next day on, and none is dated back', async () => {
    const { book } = await read()
    const after = book.appointments.find(({ appointment }) => appointment.clientId === 'C9')
    expect(after?.events[0]?.knownAt).toBe('2018-03-21T07:00:00.000Z')
    for (const { events } of book.appointments) for (const event of events) expect(event.knownAt > event.at).toBe(true)
    expect(book.appointments.flatMap(({ events }) => events).some(({ kind }) => kind === 'booked')).toBe(false)
  })

  test('clients are codes with what they bought, newest first; prices and hours come from the files', async () => {
    const { book } = await read()
    expect(book.clients.find(({ id }) => id === 'C1')).toMatchObject({
      firstName: 'C1', lastName: '', phones: [],
      holdings: [{ kind: 'product', name: 'Shampoo', bought: '2018-03-24' }, { kind: 'product', name: 'Shampoo', bought: '2018-03-14' }],
    })
    expect(book.catalog.services.find(({ id }) => id === 'CON')).toMatchObject({ consultation: true, category: 'misc' })
    expect(book.catalog.services.find(({ id }) => id === 'CUT')?.price).toEqual({ minor: 8000, currency: 'CAD' })
    expect(book.catalog.locations[0]?.hours.length).toBeGreaterThan(0)
    expect(book.catalog.staff.map(({ id }) => id)).toEqual(['S1', 'S2'])
  })

  test('what the format is known to have is a note; reading twice gives the same', async () => {
    const first = await read()
    expect(first.notes).toContainEqual({ file: 'Future Bookings (All Clients)0.csv', line: 8, reason: expect.stringContaining('no client code') })
    expect(first.notes).toContainEqual({ file: 'Client Cancellations0.csv', line: 5, reason: expect.stringContaining('after its day') })
    expect(await readSalonExport({ dir })).toEqual(first)
  })

  test('every row that cannot be read is named with its file, line and reason', async () => {
    const { bad, rows } = await read({
      'Future Bookings (All Clients)0.csv': `Code,Staff,Service,Date,Time,TimeInt
C1,S1,CUT,02/30/2018,10:00:00 AM,600
C1,S1,PERM,03/14/2018,10:00:00 AM,600
C1,S1,CUT,03/14/2018,10:00:00 AM
C1,S1,CUT,03/14/2018,25:00:00,1500
C1,S1,CUT,03/14/2018,,
C1,S1,CUT,03/14/2018,10:00:00 AM,600
`,
    })
    const file = 'Future Bookings (All Clients)0.csv'
    expect(bad.toSorted((a, b) => a.line - b.line)).toEqual([
      { file, line: 2, reason: '"02/30/2018" is not a date like 06/20/2018' },
      { file, line: 3, reason: 'service code "PERM" is not in "Service Listing0.csv"' },
      { file, line: 4, reason: 'has 5 fields, the header has 6' },
      { file, line: 5, reason: 'the time is past midnight' },
      { file, line: 6, reason: 'the time is empty' },
    ])
    expect(rows).toBe(6 + 6 + 2 + 6 + 3 + 1)
  })

  test('an unclosed quotation mark is a bad row, not a crash', async () => {
    const { bad } = await read({ 'No-Show Report0.csv': 'Date,Code,Service,Staff\n03/16/2018,C3,"CUT,S1\n03/17/2018,C8,CON,S1\n' })
    expect(bad).toEqual([{ file: 'No-Show Report0.csv', line: expect.any(Number), reason: expect.stringContaining('quotation mark') }])
  })

  test.each(Object.keys(small))('a missing or empty "%s" is named', async (file) => {
    await expect(read({ [file]: undefined })).rejects.toMatchObject({ code: 'invalid_input', userMessage: expect.stringContaining(file) })
    await expect(read({ [file]: '' })).rejects.toMatchObject({ code: 'invalid_input', userMessage: expect.stringContaining(file) })
  })

  test('a missing column is named', async () => {
    await expect(read({ 'No-Show Report0.csv': 'Date,Client,Service,Staff\n' })).rejects.toMatchObject({ code: 'invalid_input', userMessage: expect.stringContaining('"Code"') })
  })
})

describe.skipIf(!existsSync(salonExport))("the real salon's export (skipped without ../shared)", () => {
  test('reads without a bad row, and every rebuilt visit agrees with the truth table', async () => {
    const { book, bad, rows } = await readSalonExport({ dir: salonExport })
    expect(bad).toEqual([])
    expect(rows).toBe(2841)
    const truth = parse<{ Code: string; D: string; outcome: string; time: string }>(await readFile(join(salonExport, 'truth_visits.csv')), { columns: true })
      .filter(({ Code }) => Code !== '(blank)') // the one booking without a client code
    const mine = new Map(book.appointments.map((history) => [history.appointment.id, history]))
    expect(mine.size).toBe(truth.length)
    const disagreeing = truth.filter(({ Code, D, outcome, time }) => {
      const visit = mine.get(`visit:${Code}:${D}`)
      return endingOf(visit) !== outcome || visit?.appointment.timeKnown !== (time !== '')
    })
    expect(disagreeing).toEqual([])
  })
})

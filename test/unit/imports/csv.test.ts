import { describe, expect, it } from 'vitest'
import { readCsv } from '../../../src/imports/read-csv.ts'
import { csvFolder, goodFiles } from './csv-folder.ts'

const appointments = goodFiles['appointments.csv'] ?? ''

async function problems(changes: Parameters<typeof csvFolder>[0]): Promise<string[]> {
  const { bad } = await readCsv({ dir: csvFolder(changes) })
  return bad.map(({ file, line, reason }) => `${file} line ${line}: ${reason}`)
}

async function refusal(changes: Parameters<typeof csvFolder>[0]): Promise<unknown> {
  return await readCsv({ dir: csvFolder(changes) }).then(() => 'read', (error: unknown) => error)
}

describe('reading the general CSV format', () => {
  it('reads a whole salon', async () => {
    const { book, bad, notes, rows } = await readCsv({ dir: csvFolder() })
    expect({ bad, notes, rows }).toEqual({ bad: [], notes: [], rows: 12 })
    expect(book.catalog.business).toEqual({ id: 'sunny', name: 'Sunny Hair', demo: false })
    expect(book.catalog.locations[0]).toMatchObject({ zone: 'America/Los_Angeles', closures: ['2026-12-25', '2026-12-26'] })
    expect(book.catalog.locations[0]?.hours).toHaveLength(6)
    expect(book.catalog.locations[0]?.hours.at(-1)).toEqual({ weekday: 6, open: '10:00', close: '16:00' })
    expect(book.catalog.services[1]).toMatchObject({ category: 'color', price: { minor: 114_050, currency: 'USD' }, processing: { afterMin: 35, lengthMin: 40 } })
    expect(book.catalog.staff.map(({ serviceIds }) => serviceIds)).toEqual([['cut', 'color'], ['cut']])
    expect(book.clients[0]).toMatchObject({ phones: ['+15035550101'], birthday: '04-07', consent: { sms: 'in', email: 'unknown' }, createdAt: '2024-01-05T20:00:00.000Z', notes: [{ text: 'likes "short"\nand quick' }] })
    expect(book.clients[1]).toMatchObject({ id: 'C2', phones: [] })
  })

  it('makes one visit of rows with one id, and its events from the columns', async () => {
    const { book } = await readCsv({ dir: csvFolder() })
    const [two, cancelled, booked] = book.appointments
    expect(two?.appointment).toMatchObject({ id: 'A1', start: '2026-11-02T18:00:00.000Z', end: '2026-11-02T20:45:00.000Z', status: 'completed' })
    expect(two?.appointment.segments.map(({ serviceId }) => serviceId)).toEqual(['color', 'cut'])
    expect(two?.events.map(({ kind, at }) => [kind, at])).toEqual([['booked', '2026-10-20T16:30:00.000Z'], ['completed', '2026-11-02T20:45:00.000Z']])
    // A bare date is known at the end of that day only.
    expect(cancelled?.events.map(({ kind, knownAt, by }) => [kind, knownAt, by])).toEqual([['booked', '2026-10-02T06:59:00.000Z', undefined], ['cancelled', '2026-11-02T07:59:00.000Z', 'client']])
    expect(booked?.appointment).toMatchObject({ start: '2026-11-20T23:00:00.000Z', bookedAt: '2026-11-05T18:00:00.000Z', status: 'booked' })
  })

  it('reads the same twice, and reports progress', async () => {
    const dir = csvFolder()
    const seen: string[] = []
    const first = await readCsv({ dir, progress: ({ file, rows }) => seen.push(`${file} ${rows}`) })
    expect(await readCsv({ dir })).toEqual(first)
    expect(seen).toEqual(['business.csv 1', 'locations.csv 1', 'services.csv 2', 'staff.csv 2', 'clients.csv 2', 'appointments.csv 4'])
  })

  it('reads shifts, events, holdings and the waitlist when they are there', async () => {
    const { book, bad } = await readCsv({ dir: csvFolder({
      'shifts.csv': 'staff,weekdays,start,end\nm,"Mon-Wed,Fri",09:00,17:00\n',
      'events.csv': 'appointment,kind,at,by,from,to,amount\nA1,booked,2026-10-01 10:00,client,,,\nA1,moved,2026-10-05 10:00,client,2026-11-01 10:00,2026-11-02 10:00,\nA1,paid,2026-11-02 13:00,,,,120\nA1,completed,2026-11-02 12:45,,,,\n',
      'holdings.csv': 'client,kind,name,remaining,amount,expires,date\nC1,package,5 cuts,2,,2026-12-01,\nC1,balance,,,12.50,,\nC2,patch_test,,,,,2026-10-01\n',
      'waitlist.csv': 'id,client,service,staff,from,to,created_at\nW1,C2,cut,m,2026-11-21 09:00,2026-11-21 12:00,2026-11-10\nW1,C2,cut,m,2026-11-23,2026-11-24,2026-11-10\nW2,C1,color,,,,2026-11-11 12:00\n',
    }) })
    expect(bad).toEqual([])
    expect(book.shifts.map(({ weekday, locationId }) => [weekday, locationId])).toEqual([[1, 'main'], [2, 'main'], [3, 'main'], [5, 'main']])
    expect(book.appointments[0]?.events.map(({ kind }) => kind)).toEqual(['booked', 'moved', 'completed', 'paid'])
    expect(book.clients.map(({ holdings }) => holdings)).toEqual([
      [{ kind: 'package', name: '5 cuts', remaining: 2, expires: '2026-12-01' }, { kind: 'balance', amount: { minor: 1250, currency: 'USD' } }],
      [{ kind: 'patch_test', done: '2026-10-01' }],
    ])
    expect(book.waitlist.map(({ id, wanted }) => [id, wanted.length])).toEqual([['W1', 2], ['W2', 0]])
  })

  it('takes what Excel makes of it: a mark, CRLF, semicolons, decimal commas, a sep= line, UTF-16', async () => {
    const services = '\uFEFFID;Name;Category;Duration (min);Price\r\ncut;Cut;Cut;45;78,5\r\ncolor;Färbung;Color;120;1.140,50\r\n'.replace('Duration (min)', 'Duration Min')
    const { book, bad } = await readCsv({ dir: csvFolder({
      'services.csv': services,
      'staff.csv': `sep=;\r\nid;name;services\r\nm;Maya;\r\nj;Jamie;cut\r\n`,
      'clients.csv': Buffer.from('\uFEFFid\tfirst_name\nC1\tZoë\nC2\tBo\n', 'utf16le'),
    }) })
    expect(bad).toEqual([])
    expect(book.catalog.services.map(({ name, price }) => [name, price.minor])).toEqual([['Cut', 7850], ['Färbung', 114_050]])
    expect(book.clients.map(({ firstName }) => firstName)).toEqual(['Zoë', 'Bo'])
  })

  it('knows other names for columns, and says which column it does not use', async () => {
    const { bad, notes, book } = await readCsv({ dir: csvFolder({ 'clients.csv': 'Client ID,First Name,Surname,Mobile,Shoe size\nC1,Ana,Lopez,503-555-0101,38\nC2,Bo,,,\n' }) })
    expect(bad).toEqual([])
    expect(book.clients[0]).toMatchObject({ firstName: 'Ana', lastName: 'Lopez', phones: ['+15035550101'] })
    expect(notes).toEqual([{ file: 'clients.csv', line: 1, reason: 'column "Shoe size" is not used' }])
  })

  it('reads other dates when they are clear or the order is given', async () => {
    const swapped = (date: string) => appointments.replaceAll('A3,C2,j,cut,2026-11-20', `A3,C2,j,cut,${date}`)
    const start = async (date: string, order?: string) => {
      const { book } = await readCsv({ dir: csvFolder({ 'appointments.csv': swapped(date), ...(order ? { 'business.csv': `name,date_order\nSunny,${order}\n` } : {}) }) })
      return book.appointments.find(({ appointment }) => appointment.id === 'A3')?.appointment.start
    }
    expect(await start('11/20/2026')).toBe('2026-11-20T23:00:00.000Z')
    expect(await start('20.11.2026')).toBe('2026-11-20T23:00:00.000Z')
    expect(await start('06/05/2026', 'dmy')).toBe('2026-05-06T22:00:00.000Z')
    expect(await start('06/05/2026', 'mdy')).toBe('2026-06-05T22:00:00.000Z')
    expect(await problems({ 'appointments.csv': swapped('06/05/2026') })).toEqual(['appointments.csv line 5: date: "06/05/2026" can be two different days: write it like 2018-06-20, or set date_order (mdy or dmy) in business.csv'])
  })
})

describe('bad rows of the general CSV format', () => {
  it.each([
    ['a service that is not listed', 'A9,C1,m,ABC,2026-11-20,09:00,booked,,,', "service 'ABC' is not in services.csv"],
    ['a client and a staff member that are not listed', 'A9,C9,x,cut,2026-11-20,09:00,booked,,,', "staff member 'x' is not in staff.csv; client 'C9' is not in clients.csv"],
    ['a day that does not exist', 'A9,C1,m,cut,2026-02-30,09:00,booked,,,', 'date: "2026-02-30" is not a day of the calendar'],
    ['a time that does not exist', 'A9,C1,m,cut,2026-11-20,25:00,booked,,,', 'time: "25:00" is not a time like 15:00 or 3:00 pm'],
    ['no time', 'A9,C1,m,cut,2026-11-20,,booked,,,', 'time is empty: only a cancelled visit may lack it'],
    ['no client', 'A9,,m,cut,2026-11-20,09:00,booked,,,', 'client: is empty'],
    ['an unknown status', 'A9,C1,m,cut,2026-11-20,09:00,maybe,,,', 'status: "maybe" is not one of requested, booked, confirmed, arrived, in_service, completed, cancelled, no_show, declined, held'],
    ['too few fields', 'A9,C1,m', 'has 3 fields, the header has 10'],
    ['too many fields', 'A9,C1,m,cut,2026-11-20,09:00,booked,,,,,', 'has 12 fields, the header has 10'],
    ['an id used for another visit', 'A3,C1,j,cut,2026-11-21,09:00,booked,,,', 'id "A3" is already on line 5 with another client and date'],
    ['a row twice', 'A3,C2,j,cut,2026-11-20,3:00 pm,booked,,,', 'repeats line 5'],
    ['a visit over another of the same person', 'A9,C1,j,cut,2026-11-20,15:30,booked,,,', "Jamie already has a visit then (appointment 'A3' on line 5)"],
  ])('%s', async (_, row, reason) => {
    expect(await problems({ 'appointments.csv': `${appointments}\n${row}\n` })).toEqual([`appointments.csv line 6: ${reason}`])
  })

  it('lets a visit stand where a color develops and where one was cancelled', async () => {
    expect(await problems({ 'appointments.csv': `${appointments}\nA9,C2,m,cut,2026-11-02,13:00,completed,,,\nA8,C2,m,cut,2026-11-03,10:00,completed,,,\n` })).toEqual([])
    const gap = 'A9,C2,m,fringe,2026-11-02,10:40,completed,,,\n'
    expect(await problems({ 'appointments.csv': `${appointments}\n${gap}`, 'services.csv': `${goodFiles['services.csv']}fringe,Fringe,Cut,30,18,,\n` })).toEqual([])
  })

  it('names the line of the file also after line breaks inside quotes, with LF and CRLF', async () => {
    for (const end of ['\n', '\r\n']) {
      const clients = ['id,first_name,notes', 'C1,Ana,"one', '', 'three"', '', 'C2,Bo,', 'C2,Bo,again'].join(end)
      expect(await problems({ 'clients.csv': clients })).toEqual(['clients.csv line 7: id "C2" is already on line 6'])
    }
  })

  it('says that what a row refers to was itself bad', async () => {
    expect(await problems({ 'clients.csv': 'id,first_name,birthday\nC1,,\nC2,Bo,13-40\n', 'appointments.csv': 'id,client,staff,service,date,time,status\nA1,C1,m,cut,2026-11-02,10:00,booked\n' })).toEqual([
      'clients.csv line 2: first_name: is empty',
      'clients.csv line 3: birthday: "13-40" is not a day of the calendar',
      "appointments.csv line 2: client 'C1' is in clients.csv but could not be read there",
    ])
  })

  it('names what is wrong with the other files', async () => {
    expect(await problems({ 'locations.csv': 'id,name,zone,currency,hours\nmain,Main,America/Nowhere,XXQ,Mon-Fri 9-5\n', 'appointments.csv': 'id,client,staff,service,date,time,status\n' })).toEqual([
      'locations.csv line 2: zone: "America/Nowhere" is not a time zone like America/Los_Angeles; currency: "XXQ" is not a currency code like USD; hours: "9" is not a time like 15:00 or 3:00 pm',
    ])
    expect(await problems({ 'services.csv': 'id,name,duration_min,price,processing_after_min,processing_min\ncut,Cut,45,78,,\ncolor,Color,60,1.2.3,,\nx,X,60,10,40,30\ny,Y,60,10,40,\nz,Z,0,10,,\n', 'appointments.csv': 'id,client,staff,service,date,time,status\n' })).toEqual([
      'services.csv line 3: price: "1.2.3" is not an amount like 82.50',
      'services.csv line 4: the processing time ends after the service of 60 minutes',
      'services.csv line 5: processing_after_min and processing_min go together: one is empty',
      'services.csv line 6: duration_min: "0" is not a whole number from 1 to 1440',
    ])
    expect(await problems({ 'staff.csv': 'id,name,services,locations\nm,Maya,cut|perm,\nj,Jamie,,moon\n', 'appointments.csv': 'id,client,staff,service,date,time,status\n' })).toEqual([
      "staff.csv line 2: service 'perm' is not in services.csv",
      "staff.csv line 3: location 'moon' is not in locations.csv",
    ])
    expect(await problems({ 'shifts.csv': 'staff,weekdays,start,end\nm,Mon,17:00,09:00\nq,Mon,09:00,17:00\nm,Moonday,09:00,17:00\n' })).toEqual([
      'shifts.csv line 2: the shift ends at 09:00, before it starts',
      "shifts.csv line 3: staff member 'q' is not in staff.csv",
      'shifts.csv line 4: weekdays: "Moonday" is not a weekday like Mon',
    ])
    expect(await problems({ 'events.csv': 'appointment,kind,at,known_at,amount\nA7,booked,2026-10-01,,\nA1,moved,2026-10-01,,\nA1,paid,2026-10-01,,\nA1,booked,2026-10-02 10:00,2026-10-01 10:00,\n' })).toEqual([
      "events.csv line 2: appointment 'A7' is not in appointments.csv",
      'events.csv line 3: a move needs from and to',
      'events.csv line 4: a payment needs an amount',
      'events.csv line 5: known_at is before at: nothing is known before it happens',
    ])
    expect(await problems({ 'holdings.csv': 'client,kind,name,remaining\nC1,package,5 cuts,\nC7,membership,Circle,\n' })).toEqual([
      'holdings.csv line 2: remaining is empty, and a package needs it',
      "holdings.csv line 3: client 'C7' is not in clients.csv",
    ])
    expect(await problems({ 'waitlist.csv': 'id,client,service,from,to,created_at\nW1,C1,cut,2026-11-20,,2026-11-01\nW2,C1,cut,2026-11-21 12:00,2026-11-21 09:00,2026-11-01\n' })).toEqual([
      'waitlist.csv line 2: from and to go together: one is empty',
      'waitlist.csv line 3: to is not after from',
    ])
  })

  it('does not repeat a phone number that it cannot read', async () => {
    const [problem] = await problems({ 'clients.csv': 'id,first_name,phone\nC1,Ana,12\nC2,Bo,\n', 'appointments.csv': 'id,client,staff,service,date,time,status\n' })
    expect(problem).toBe('clients.csv line 2: phone: is not a number of US; write it with its country code, like +1 503 555 0123')
  })

  it('reports a quotation that is never closed on the line where it opens, and keeps the rows before it', async () => {
    const { bad, book } = await readCsv({ dir: csvFolder({ 'clients.csv': 'id,first_name\nC1,Ana\nC2,Bo\nC3,"Cy\nC4,Di\n' }) })
    expect(bad).toEqual([{ file: 'clients.csv', line: 4, reason: 'cannot be read from here on: a quotation mark is opened and not closed, or stands inside a field (write it twice there)' }])
    expect(book.clients.map(({ id }) => id)).toEqual(['C1', 'C2'])
  })

  it('asks which location when there are two', async () => {
    const two = `${goodFiles['locations.csv']}west,West,America/Los_Angeles,USD,Mon 09:00-18:00,\n`
    expect((await problems({ 'locations.csv': two }))[0]).toBe('appointments.csv line 2: location is empty, and there is more than one')
  })
})

describe('folders that are no import at all', () => {
  it('a required file is not there', async () => {
    expect(await refusal({ 'clients.csv': undefined, 'staff.csv': undefined })).toMatchObject({ code: 'invalid_input', userMessage: 'There is no "staff.csv", "clients.csv" in the folder. docs/import.md says what each file holds.' })
  })

  it('a required column is not there: it is named, with the columns that are', async () => {
    expect(await refusal({ 'staff.csv': 'id,vorname\nm,Maya\n' })).toMatchObject({ code: 'invalid_input', userMessage: '"staff.csv" has no column "name". Its columns are: "id", "vorname". See docs/import.md.' })
  })

  it('one column is there under two names', async () => {
    expect(await refusal({ 'staff.csv': 'id,name,staff_name\nm,Maya,May\n' })).toMatchObject({ userMessage: '"staff.csv" has two columns for "name": "name" and "staff_name". Remove one.' })
  })

  it('a file is empty', async () => {
    expect(await refusal({ 'clients.csv': '' })).toMatchObject({ userMessage: '"clients.csv" is empty. It needs at least its header line.' })
  })

  it('a file is not UTF-8: the line is named', async () => {
    expect(await refusal({ 'clients.csv': Buffer.from('id,first_name\nC1,Ana\nC2,Zo\xeb\n', 'latin1') })).toMatchObject({ code: 'invalid_input', userMessage: '"clients.csv" line 3 is not UTF-8 text. Save it again as "CSV UTF-8".' })
  })

  it('a file is not text', async () => {
    expect(await refusal({ 'clients.csv': Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0]) })).toMatchObject({ userMessage: '"clients.csv" line 1 is not UTF-8 text. Save it again as "CSV UTF-8".' })
  })
})

import { afterEach, describe, expect, test } from 'vitest'
import { sharedPhoneBook } from '../messages/messages-desk.ts'
import { hana, openPhoneDesk, type PhoneDesk, saidIn } from './phone-desk.ts'

let desk: PhoneDesk
afterEach(() => desk.store.close())

const wrong = (code: string) => (code === '482913' ? '482914' : '482913')
const proven = async (callId: string) => (await desk.store.db.selectFrom('phone_calls').select('client_id').where('id', '=', callId).executeTakeFirstOrThrow()).client_id

async function asks(callId = 'CA1', from: string | undefined = hana): Promise<string> {
  await desk.phone.begin({ callId, via: 'relay', ...(from === undefined ? {} : { from }) })
  const answer = await desk.says(callId, 'when is my appointment')
  expect(saidIn(answer)).toMatch(/six digits|Which mobile number/)
  return desk.code()
}

describe('a code', () => {
  test('right on the third try proves who calls; what they wanted is taken up', async () => {
    desk = await openPhoneDesk()
    const code = await asks()
    expect(saidIn(await desk.says('CA1', wrong(code)))).toMatch(/isn't the code/)
    expect(saidIn(await desk.says('CA1', wrong(code)))).toMatch(/isn't the code/)
    expect(await proven('CA1')).toBeNull()
    expect(saidIn(await desk.says('CA1', code))).toMatch(/Thank you, Hana.*Friday 27 November at 3 PM/)
    expect(await proven('CA1')).toBe('hana')
  })

  test('wrong three times is over: a person, and the right one comes too late', async () => {
    desk = await openPhoneDesk()
    const code = await asks()
    for (const again of [1, 2]) expect((await desk.says('CA1', wrong(code), { turnId: `wrong ${again}` })).next.kind).toBe('listen')
    expect((await desk.says('CA1', wrong(code))).next).toMatchObject({ kind: 'hand_over', why: 'not_verified' })
    await expect(desk.says('CA1', code)).rejects.toMatchObject({ code: 'not_found' })
    expect(await proven('CA1')).toBeNull()
  })

  test('after ten minutes it is no code any more', async () => {
    desk = await openPhoneDesk()
    const code = await asks()
    desk.clock.advance(10)
    expect((await desk.says('CA1', code)).next).toMatchObject({ kind: 'hand_over', why: 'not_verified' })
    expect(await proven('CA1')).toBeNull()
  })

  test('of another call is a wrong one', async () => {
    desk = await openPhoneDesk()
    const first = await asks('CA1')
    const second = await asks('CA2')
    expect(second).not.toBe(first)
    expect(saidIn(await desk.says('CA2', first))).toMatch(/isn't the code/)
    expect(saidIn(await desk.says('CA1', second))).toMatch(/isn't the code/)
    expect([await proven('CA1'), await proven('CA2')]).toEqual([null, null])
  })

  test('a number gets three of them an hour, whoever calls; the caller hears the same', async () => {
    desk = await openPhoneDesk()
    for (const callId of ['CA1', 'CA2', 'CA3', 'CA4', 'CA5']) await asks(callId)
    expect(desk.sent.filter(({ to }) => to === hana)).toHaveLength(3)
    desk.clock.advance(61)
    await asks('CA6')
    expect(desk.sent.filter(({ to }) => to === hana)).toHaveLength(4)
  })

  test('a call gets two of them, then a person', async () => {
    desk = await openPhoneDesk()
    await asks()
    await desk.says('CA1', 'it is under my other number')
    expect(saidIn(await desk.says('CA1', 'two one three five five five oh one oh three'))).toMatch(/six digits/)
    await desk.says('CA1', 'no it is under another number')
    expect((await desk.says('CA1', '2135550101')).next).toMatchObject({ kind: 'hand_over', why: 'not_verified' })
    expect(desk.sent.map(({ to }) => to)).toEqual([hana, '+12135550103'])
  })

  test('is nowhere in the store as it is, and no longer offered once it is used', async () => {
    desk = await openPhoneDesk()
    const code = await asks()
    const calls = await desk.store.db.selectFrom('phone_calls').selectAll().execute()
    const audit = await desk.store.db.selectFrom('audit').selectAll().execute()
    expect(JSON.stringify([calls, audit])).not.toContain(code)
    expect(JSON.stringify([calls, audit])).not.toContain(hana.slice(2))
    await desk.says('CA1', code)
    expect(saidIn(await desk.says('CA1', code))).not.toMatch(/that's it/)
  })
})

test('a number on nobody\'s record sounds the same, gets nothing, and no six digits open anything', async () => {
  desk = await openPhoneDesk()
  await desk.phone.begin({ callId: 'CA1', via: 'relay', from: hana })
  await desk.phone.begin({ callId: 'CA2', via: 'relay', from: '+12135550190' })
  const [known, unknown] = [await desk.says('CA1', 'when is my appointment'), await desk.says('CA2', 'when is my appointment')]
  expect(saidIn(unknown)).toBe(saidIn(known))
  expect(unknown.next).toEqual(known.next)
  expect(desk.sent).toHaveLength(1)
  expect(saidIn(await desk.says('CA2', desk.code()))).toMatch(/isn't the code/)
})

test('a number of two people proves neither of them', async () => {
  desk = await openPhoneDesk({ book: sharedPhoneBook() })
  await desk.phone.begin({ callId: 'CA1', via: 'relay', from: '+12135550102' })
  await desk.says('CA1', 'when is my appointment')
  const answer = await desk.says('CA1', desk.code('+12135550102'))
  expect(answer.next).toMatchObject({ kind: 'hand_over', why: 'rules' })
  expect(saidIn(answer)).not.toMatch(/Dana|Elena|November/)
  expect(await proven('CA1')).toBeNull()
})

test('without texts nobody waits for a code', async () => {
  desk = await openPhoneDesk({ connected: false })
  await desk.phone.begin({ callId: 'CA1', via: 'relay', from: hana })
  expect((await desk.says('CA1', 'when is my appointment')).next).toMatchObject({ kind: 'hand_over', why: 'not_verified' })
  expect((await desk.phone.story('CA1')).outcome).toMatch(/No code can be texted, wanted: “when is my appointment”/)
})

test('what is no number is asked for again, and then a person', async () => {
  desk = await openPhoneDesk()
  await desk.phone.begin({ callId: 'CA1', via: 'relay' })
  await desk.says('CA1', 'when is my appointment')
  expect(saidIn(await desk.says('CA1', 'uh five five five'))).toMatch(/didn't get that number/)
  expect(saidIn(await desk.says('CA1', 'one two three four five six seven eight nine ten eleven'))).toMatch(/didn't get that number/)
  expect((await desk.says('CA1', 'it is on my card')).next).toMatchObject({ kind: 'hand_over', why: 'not_verified' })
})

import { afterEach, describe, expect, test } from 'vitest'
import type { Piece } from '../../../src/phone/phone.ts'
import { hana, openPhoneDesk, type PhoneDesk, saidIn } from './phone-desk.ts'

let desk: PhoneDesk
afterEach(() => desk.store.close())

const turnsOf = async (callId = 'CA1') => desk.store.db.selectFrom('phone_turns').selectAll().where('call_id', '=', callId).orderBy('id').execute()
const confirms = async () => (await desk.store.db.selectFrom('audit').select('seq').where('action', '=', 'client.confirmed_by_text').execute()).length

/** A caller who has proven to be Hana and was asked whether to confirm. */
async function asked(): Promise<void> {
  await desk.phone.begin({ callId: 'CA1', via: 'relay', from: hana })
  await desk.says('CA1', 'i want to confirm my appointment')
  expect(saidIn(await desk.says('CA1', desk.code()))).toMatch(/Shall I confirm it/)
}

describe('a turn', () => {
  test('that comes again answers what was answered, says nothing anew and does nothing twice', async () => {
    desk = await openPhoneDesk()
    await asked()
    const first = await desk.says('CA1', 'yes', { turnId: 'yes' })
    const before = await turnsOf()
    const pieces: Piece[] = []
    expect(await desk.says('CA1', 'yes', { turnId: 'yes', say: (piece) => pieces.push(piece) })).toEqual(first)
    expect(await desk.says('CA1', 'something else', { turnId: 'yes' })).toEqual(first)
    expect(pieces).toEqual([])
    expect(await turnsOf()).toEqual(before)
    expect(await confirms()).toBe(1)
  })

  test('that comes to two instances at once is worked by one, and both answer the same', async () => {
    desk = await openPhoneDesk()
    await asked()
    const other = await desk.another()
    const turn = { callId: 'CA1', turnId: 'yes', heard: { kind: 'words' as const, words: 'yes' } }
    const [one, two] = await Promise.all([desk.phone.turn(turn), other.turn(turn)])
    expect(saidIn(one)).toMatch(/it's confirmed/)
    expect(two).toEqual(one)
    expect(await confirms()).toBe(1)
  })

  test('waits for the one before it in the same call', async () => {
    desk = await openPhoneDesk()
    await asked()
    const [first, second] = await Promise.all([desk.says('CA1', 'yes', { turnId: 'a' }), desk.says('CA1', 'yes', { turnId: 'b' })])
    expect(saidIn(first)).toMatch(/it's confirmed/)
    // By then "anything else?" was asked, and nothing is confirmed twice.
    expect(saidIn(second)).toBe('What can I do for you?')
    expect(await confirms()).toBe(1)
    expect((await turnsOf()).slice(-2).map(({ turn_id: id }) => id)).toEqual(['a', 'b'])
  })

  test('of two calls of one number at once: one effect', async () => {
    desk = await openPhoneDesk()
    await asked()
    await desk.phone.begin({ callId: 'CA2', via: 'relay', from: hana })
    await desk.says('CA2', 'i want to confirm my appointment')
    await desk.says('CA2', desk.code())
    await Promise.all([desk.says('CA1', 'yes'), desk.says('CA2', 'yes')])
    expect(await confirms()).toBe(1)
  })

  test('of a call that never began, or is over, is refused; what it was answered before is not', async () => {
    desk = await openPhoneDesk()
    await expect(desk.says('CA9', 'hello')).rejects.toMatchObject({ code: 'not_found' })
    await desk.phone.begin({ callId: 'CA1', via: 'relay', from: hana })
    const answer = await desk.says('CA1', 'what time do you close', { turnId: 'hours' })
    await desk.phone.ended({ callId: 'CA1', why: 'caller' })
    await expect(desk.says('CA1', 'hello')).rejects.toMatchObject({ code: 'not_found' })
    expect(await desk.says('CA1', 'what time do you close', { turnId: 'hours' })).toEqual(answer)
  })

  test('that goes wrong hands over without a word of what went wrong', async () => {
    desk = await openPhoneDesk({ room: { policies: () => Promise.reject(new Error('secret detail')) } })
    await desk.phone.begin({ callId: 'CA1', via: 'relay', from: hana })
    const answer = await desk.says('CA1', 'do you take walk ins')
    expect(answer.next).toMatchObject({ kind: 'hand_over', why: 'broke' })
    expect(saidIn(answer)).toMatch(/something went wrong on our side/)
    expect(saidIn(answer)).not.toMatch(/secret/)
    expect(desk.errors).toHaveLength(1)
  })
})

test('a call that begins twice is one call', async () => {
  desk = await openPhoneDesk()
  const [one, two] = await Promise.all([desk.phone.begin({ callId: 'CA1', via: 'relay', from: hana }), desk.phone.begin({ callId: 'CA1', via: 'relay', from: hana })])
  expect(two).toEqual(one)
  expect(await turnsOf()).toHaveLength(1)
})

describe('the filler', () => {
  test('is said when nothing is known after 700 ms, and is no part of the answer', async () => {
    desk = await openPhoneDesk()
    await asked()
    let release = () => {}
    const until = new Promise<void>((resolve) => { release = resolve })
    const reached = new Promise<void>((resolve) => desk.platform.failNext('catalog', { do: 'wait', until, reached: resolve }))
    const pieces: string[] = []
    const answering = desk.says('CA1', 'yes', { say: ({ words }) => pieces.push(words) })
    await reached
    expect(desk.timers.waiting.map(({ ms }) => ms)).toEqual([700])
    desk.timers.goOff()
    expect(pieces).toEqual(['One moment, I\'m looking.'])
    release()
    const answer = await answering
    expect(pieces).toEqual(['One moment, I\'m looking.', ...answer.pieces.map(({ words }) => words)])
    expect(saidIn(answer)).not.toMatch(/One moment/)
    expect((await desk.phone.story('CA1')).turns.at(-1)?.said).not.toMatch(/One moment/)
  })

  test('is not said once something was, and no timer stays behind', async () => {
    desk = await openPhoneDesk()
    await desk.phone.begin({ callId: 'CA1', via: 'relay', from: hana })
    const pieces: string[] = []
    const answer = await desk.says('CA1', 'what time do you close', { say: ({ words }) => pieces.push(words) })
    expect(desk.timers.waiting).toEqual([])
    desk.timers.goOff()
    expect(pieces).toEqual(answer.pieces.map(({ words }) => words))
  })
})

describe('the end of a call', () => {
  test('is written down once, whoever says so', async () => {
    desk = await openPhoneDesk()
    await desk.phone.begin({ callId: 'CA1', via: 'relay', from: hana })
    await Promise.all([desk.phone.ended({ callId: 'CA1', why: 'caller' }), desk.phone.ended({ callId: 'CA1', why: 'lost' })])
    expect(await desk.store.db.selectFrom('audit').select('seq').where('action', '=', 'phone.call_ended').execute()).toHaveLength(1)
    expect((await desk.phone.story('CA1')).needsPerson).toBe(false)
  })

  test('a missed call is one card, and seen to once', async () => {
    desk = await openPhoneDesk()
    const missed = { callId: 'CA7', from: hana, at: desk.clock.now(), seconds: 31, voicemailSeconds: 12 }
    await desk.phone.missed(missed)
    await desk.phone.missed(missed)
    const [line, ...others] = await desk.phone.waiting()
    expect(others).toEqual([])
    expect(line).toMatchObject({ callId: 'CA7', why: 'missed', likely: { id: 'hana', name: 'Hana Suzuki' } })
    expect(line?.client).toBeUndefined()
    await desk.phone.seenTo({ callId: 'CA7', by: 'sam' })
    await desk.phone.seenTo({ callId: 'CA7', by: 'sam' })
    expect(await desk.phone.waiting()).toEqual([])
    expect(await desk.store.db.selectFrom('audit').select('seq').where('action', '=', 'phone.seen_to').execute()).toHaveLength(1)
  })
})

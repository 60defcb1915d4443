import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { unwrap } from '../../../src/platforms/unwrap.ts'
import { at } from '../../../src/salon/time.ts'
import type { FreeChair } from '../../../src/waitlist/ranking/ranked.ts'
import { readCandidates } from '../../../src/waitlist/ranking/read-candidates.ts'
import { usualWaitlistSettings } from '../../../src/waitlist/waitlist-settings.ts'
import { type ApprovalsDesk, countChanges, maya, openApprovalsDesk, slotAt } from '../../support/approvals-desk.ts'
import { tinyZone } from '../../support/tiny-book.ts'

let desk: ApprovalsDesk
beforeEach(async () => { desk = await openApprovalsDesk() })
afterEach(() => desk.close())

const today = (time: string) => at('2026-11-21', time, tinyZone)
const chair = (from: string, to: string, more: Partial<FreeChair> = {}): FreeChair => ({ locationId: 'main', start: today(from), end: today(to), ...more })
const wait = (key: string, entry: { clientId: string; serviceId: string; staffId?: string; wanted?: { from: string; to: string }[] }) => desk.platform.waitlistAdd({ key, locationId: 'main', wanted: [], ...entry })
const read = (opening: FreeChair, serviceIds?: string[]) => readCandidates({ ...desk, settings: usualWaitlistSettings, chair: opening, ...(serviceIds === undefined ? {} : { serviceIds }) })
const rank = async (opening: FreeChair) => (await read(opening)).map(({ client, excluded, why }) => (excluded === undefined ? { client: client.id, why } : { client: client.id, why, skipped: excluded.words }))

describe('F51: who could take an opening', () => {
  test('those it suits come first, in the order they came; the others follow, each with the reason why not', async () => {
    await wait('1', { clientId: 'fay', serviceId: 'cut', staffId: 'bea' })
    await wait('2', { clientId: 'elena', serviceId: 'cut' })
    await wait('3', { clientId: 'hana', serviceId: 'cut', wanted: [{ from: today('16:00'), to: today('18:00') }] })
    await wait('4', { clientId: 'george', serviceId: 'cut', staffId: 'ana' })
    expect(await rank(chair('12:45', '14:15', { staffId: 'bea' }))).toEqual([
      { client: 'jo', why: ["waits for Women's cut since 3 days"] },
      { client: 'fay', why: ["waits for Women's cut since today", 'asked for this person'] },
      { client: 'ivan', why: ['waits for Full color since 6 days'], skipped: 'needs 120 minutes, the gap has 90' },
      { client: 'elena', why: ["waits for Women's cut since today"], skipped: "already has Women's cut on Saturday 21 November at 1:00 pm" },
      { client: 'george', why: ["waits for Women's cut since today"], skipped: 'waits for Ana Ortiz' },
      { client: 'hana', why: ["waits for Women's cut since today"], skipped: 'wants other times' },
    ])
  })

  test('somebody who cannot do it is not offered, nor a start too late to end in the gap', async () => {
    await wait('1', { clientId: 'fay', serviceId: 'color' })
    await wait('2', { clientId: 'hana', serviceId: 'cut', wanted: [{ from: today('15:30'), to: today('18:00') }] })
    const found = await rank(chair('14:00', '16:00', { staffId: 'bea' }))
    expect(found.find(({ client }) => client === 'fay')).toMatchObject({ skipped: 'Bea Novak does not do Full color' })
    expect(found.find(({ client }) => client === 'hana')).toMatchObject({ skipped: 'wants other times' })
  })

  test('an empty waitlist has nobody', async () => {
    expect(await read(chair('14:00', '16:00'), ['beard'])).toEqual([])
  })
})

describe('a fill from the waitlist', () => {
  const fill = (args: { entryId: string; slotId: string }) => desk.approvals.propose({ kind: 'waitlist_fill', args, reason: '', requestedBy: maya.id })
  const cutAt = (time: string) => slotAt({ platform: desk.platform, date: '2026-11-24', time, wants: [{ serviceId: 'cut', staffId: 'bea' }] })

  test('books the client and closes the entry, in one approval', async () => {
    const { id } = await fill({ entryId: 'w-jo', slotId: await cutAt('11:00') })
    const { proposal } = await desk.approvals.decide({ id, decision: 'approve', by: maya })
    expect(proposal).toMatchObject({ state: 'done', facts: { title: 'Book Jo Danvers from the waitlist' }, result: { said: "Jo Danvers is booked on Tuesday 24 November at 11:00 am for Women's cut with Bea Novak. The waitlist entry is closed." } })
    expect(unwrap(await desk.platform.waitlist({ ids: ['w-jo'] }))[0]?.status).toBe('filled')
    await expect(fill({ entryId: 'w-jo', slotId: await cutAt('12:00') })).rejects.toMatchObject({ code: 'stale' })
  })

  test('is refused for another service than the client waits for, and for an entry that does not exist', async () => {
    const slotId = await cutAt('11:00')
    await expect(fill({ entryId: 'w-ivan', slotId })).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(fill({ entryId: 'nobody', slotId })).rejects.toMatchObject({ code: 'not_found' })
    await wait('1', { clientId: 'fay', serviceId: 'cut', staffId: 'ana' })
    const entry = unwrap(await desk.platform.waitlist({ serviceId: 'cut' })).find(({ clientId }) => clientId === 'fay')
    expect((await fill({ entryId: entry?.id ?? '', slotId })).facts.notices).toEqual(['The client waits for another person.'])
  })

  test('F09: whoever left the list between card and click is not booked', async () => {
    const { id } = await fill({ entryId: 'w-jo', slotId: await cutAt('11:00') })
    unwrap(await desk.platform.waitlistSet({ key: 'left', id: 'w-jo', to: 'left' }))
    expect(await desk.approvals.decide({ id, decision: 'approve', by: maya })).toMatchObject({ result: 'stale', problem: 'Jo Danvers is no longer on the waitlist.' })
    expect(await countChanges(desk)).toBe(1)
  })

  test('F38: when the answer to its first half is lost, the second half is done all the same, and nothing twice', async () => {
    const { id } = await fill({ entryId: 'w-jo', slotId: await cutAt('11:00') })
    desk.platform.failNext('create', { do: 'drop' })
    desk.platform.failNext('waitlistSet', { do: 'drop' })
    for (let tries = 0; tries < 3; tries++) {
      if (tries === 0) await desk.approvals.decide({ id, decision: 'approve', by: maya })
      else await desk.approvals.catchUp()
      desk.clock.advance(6)
    }
    expect((await desk.approvals.get(id)).state).toBe('done')
    expect(await countChanges(desk)).toBe(2)
  })
})
